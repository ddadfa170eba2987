//! `release show`.

use std::path::PathBuf;

use alf_ops::{Framework, show_release};
use clap::Args;
use semver::Version;

use crate::output::{Ended, Output};
use crate::render::amount::instant;
use crate::render::style::harmless;
use crate::render::table::{right, table, text};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which release
    #[arg(value_name = "VERSION")]
    release: Version,
    /// The folder of releases: the one that holds `index.json`
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let shown = show_release(framework, &self.from, &self.release)?;
        if output.is_json() {
            output.say_json(&shown)?;
            return Ok(0);
        }
        let release = &shown.release;
        output.say(format_args!(
            "{} {} of {}, signed by `{}`",
            release.name,
            release.version,
            instant(release.released_at_ms),
            harmless(&shown.signed_by)
        ))?;
        let contract = release.contract;
        output.say(format_args!(
            "contract {}.{}",
            contract.major, contract.minor
        ))?;
        for (name, schema) in &release.schemas {
            let name = harmless(name);
            output.say(format_args!(
                "schema of {name} {}.{}",
                schema.major, schema.minor
            ))?;
        }
        for change in &release.changes {
            output.say(format_args!("- {}", harmless(change)))?;
        }
        for archive in &release.archives {
            output.say(format_args!(
                "\n{}: {}, tree {}",
                harmless(&archive.target),
                archive.file,
                archive.tree
            ))?;
            let mut rows = table(&["file", "bytes", "sha256"]);
            right(&mut rows, &[1]);
            for file in archive.files.files() {
                rows.add_row([
                    file.path.to_string(),
                    file.bytes.to_string(),
                    file.sha256.as_str()[..16].to_owned(),
                ]);
            }
            output.say(text(&rows))?;
        }
        Ok(0)
    }
}
