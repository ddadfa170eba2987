//! `config edit`.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use alf_ops::{ConfigScope, Failure, Framework, edited_configuration, text_to_edit};
use clap::Args;

use super::{Scope, show};
use crate::commands::CommandError;
use crate::door::{answer, is_a_person_there, run_editor};
use crate::output::{Ended, Output};
use crate::render::style::{HINT, harmless, styled};

/// The longest text that is taken back from the editor, in bytes.
const TEXT_BYTES: u64 = 262_144;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The tool's name
    tool: String,
    #[command(flatten)]
    scope: Scope,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let scope = self.scope.chosen();
        let offered = text_to_edit(framework, &self.tool, scope)?;
        let folder = framework.surroundings().home.join("edit");
        let file = Draft::new(&folder, &self.tool, &offered)?;
        loop {
            run_editor(&file.path)?;
            let text = file.text()?;
            if text == offered {
                file.discard();
                output.note("nothing was changed")?;
                return Ok(0);
            }
            match edited_configuration(framework, &self.tool, scope, &text) {
                Ok(change) => {
                    file.discard();
                    return show(&change, output);
                }
                Err(failure) => ask(failure, scope, &file, output)?,
            }
        }
    }
}

/// Tells what is wrong and asks whether to go on; what was written stays either way.
fn ask(
    failure: Failure,
    scope: ConfigScope,
    file: &Draft,
    output: &mut Output,
) -> Result<(), CommandError> {
    let kept = format!("What you wrote is kept in {}.", file.path.display());
    if !is_a_person_there() {
        return Err(failure.with_hint(kept).into());
    }
    for line in failure.chain() {
        output.note(harmless(&line))?;
    }
    output.note(styled(HINT, &kept))?;
    output.note("Edit again? [Y/n]")?;
    if answer()?.trim().eq_ignore_ascii_case("n") {
        let whose = match scope {
            ConfigScope::Lab => "the lab",
            ConfigScope::User => "you",
        };
        let told = format!("nothing was changed for {whose}");
        let failure = Failure::new(ErrorClass::Cancelled, told);
        return Err(failure.with_hint(kept).into());
    }
    Ok(())
}

/// The text while it is edited. It stays when the program ends before it was taken.
struct Draft {
    path: PathBuf,
}

impl Draft {
    fn new(folder: &Path, tool: &str, text: &str) -> Result<Self, Failure> {
        let path = folder.join(format!("{tool}-{}.toml", std::process::id()));
        let written = fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .and_then(|()| {
                fs::OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .open(&path)
            })
            .and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|error| cannot_use(&path, error))?;
        Ok(Self { path })
    }

    fn text(&self) -> Result<String, Failure> {
        let place = crate::door::Place::File(self.path.clone());
        let bytes = crate::door::read_input(&place, TEXT_BYTES)
            .map_err(|error| cannot_use(&self.path, error))?;
        String::from_utf8(bytes).map_err(|error| {
            let told = format!("{} is no UTF-8", self.path.display());
            Failure::caused(ErrorClass::InvalidInput, told, error)
        })
    }

    fn discard(&self) {
        // A draft that cannot be taken away harms nobody.
        let _left_behind = fs::remove_file(&self.path);
    }
}

fn cannot_use(path: &Path, error: io::Error) -> Failure {
    let told = format!("cannot use {}", path.display());
    Failure::caused(ErrorClass::Environment, told, error)
}
