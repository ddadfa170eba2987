//! `session export`.

use std::path::PathBuf;

use alf_ops::{Framework, export_session, session_markdown};
use clap::{Args, ValueEnum};

use crate::new_file::{NewFile, Overwrite};
use crate::output::{Ended, Output};
use crate::render::style::{GOOD, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The session's id, or its beginning
    id: String,
    /// A page for people, or a document for programs
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
    /// Write it there instead of to standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long, requires = "output")]
    force: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Markdown,
    Json,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let export = export_session(framework, &self.id)?;
        // --json asks for the document, as everywhere.
        let as_json = output.is_json() || matches!(self.format, Format::Json);
        let Some(path) = self.output else {
            if as_json {
                output.say_json(&export)?;
            } else {
                for line in session_markdown(&export).lines() {
                    output.say(crate::render::style::harmless(line))?;
                }
            }
            return Ok(0);
        };
        let text = if as_json {
            serde_json::to_string_pretty(&export).map_err(std::io::Error::from)? + "\n"
        } else {
            session_markdown(&export)
        };
        NewFile::written(&path, Overwrite::only_if(self.force), text.as_bytes())?;
        let told = format!("{} {}", styled(GOOD, "✓"), path.display());
        output.note(told)?;
        Ok(0)
    }
}
