//! Where a value comes from: a prompt, a variable, a file, standard input.

use std::path::PathBuf;

use ai_lab_contract::{ErrorClass, SecretName};
use alf_ops::{Failure, Framework};
use clap::Args;

use crate::door::{Place, is_stdin_a_terminal, read_input};
use crate::prompt::{Answer, hidden_answer};

/// The most that is read, in bytes: more than the longest secret, so that a longer one is refused as what it is.
const INPUT_BYTES: u64 = 131_072;

#[derive(Debug, Args)]
pub(super) struct Source {
    /// - reads the value from standard input; without it, it is asked for at the terminal
    // Any words are taken, to be refused here: clap would repeat what may be the value.
    #[arg(value_name = "-", conflicts_with_all = ["from_env", "from_file"])]
    words: Vec<String>,
    /// Take it from this variable
    #[arg(long, value_name = "VAR", conflicts_with = "from_file")]
    from_env: Option<String>,
    /// Take it from this file
    #[arg(long, value_name = "PATH")]
    from_file: Option<PathBuf>,
}

impl Source {
    /// The value as it came; one line end behind it may still be there.
    pub(super) fn bytes(
        self,
        framework: &Framework,
        name: &SecretName,
    ) -> Result<Vec<u8>, Failure> {
        match self.words.as_slice() {
            [] => {}
            [word] if word == "-" => return read("standard input", &Place::Stdin),
            _ => return Err(on_the_command_line()),
        }
        if let Some(path) = self.from_file {
            return read_file(path);
        }
        if let Some(variable) = self.from_env {
            let value = framework.surroundings().variables.get(&variable);
            return value
                .map(|value| value.clone().into_bytes())
                .ok_or_else(|| {
                    let told = format!("the variable `{variable}` is not set, or is no text");
                    Failure::new(ErrorClass::NotFound, told)
                        .with_hint("A variable has to be exported to be seen here.")
                });
        }
        asked(name)
    }
}

/// Reads a file with values.
pub(super) fn read_file(path: PathBuf) -> Result<Vec<u8>, Failure> {
    let name = path.display().to_string();
    read(&name, &Place::File(path))
}

fn read(name: &str, place: &Place) -> Result<Vec<u8>, Failure> {
    read_input(place, INPUT_BYTES).map_err(|error| {
        Failure::caused(
            ErrorClass::InvalidInput,
            format!("cannot read {name}"),
            error,
        )
    })
}

/// Says nothing of the words: they may be the value.
fn on_the_command_line() -> Failure {
    let told = "a value is never taken from the command line: every account can read it there, and the shell keeps it";
    let hint = "If that was the value, change it where it is used. Leave it out to be asked; --from-env, --from-file and - read it.";
    Failure::new(ErrorClass::Usage, told).with_hint(hint)
}

fn asked(name: &SecretName) -> Result<Vec<u8>, Failure> {
    if !is_stdin_a_terminal() {
        let told = "there is no terminal to ask at";
        let hint = "Say where the value comes from: --from-env VAR, --from-file PATH, or - for standard input.";
        return Err(Failure::new(ErrorClass::Usage, told).with_hint(hint));
    }
    let answer = hidden_answer(&format!("Value of {name} (not shown): ")).map_err(|error| {
        Failure::caused(ErrorClass::Environment, "cannot ask at the terminal", error)
    })?;
    match answer {
        Answer::Given(value) => Ok(value),
        Answer::Withdrawn => Err(Failure::new(ErrorClass::Cancelled, "nothing was changed")),
    }
}
