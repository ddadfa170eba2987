//! How a command fails: a class, a message with its causes, a hint.

use std::fmt::Display;
use std::io;
use std::path::PathBuf;

use ai_lab_contract::ErrorClass;
use lab_ops::Failure;

/// What a command that only looks ends with when it finds something to do; no class of failures has it.
const THERE_IS_WORK: u8 = 10;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(crate) enum CommandError {
    /// An operation failed.
    Operation(Box<dyn Failure>),
    /// An argument was understood as text but not as what it names.
    Argument {
        /// Which, as written on the command line.
        name: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// A variable of the environment is wrong.
    Variable {
        /// Which.
        name: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// Another program has told it already, on the same terminal; only its exit code is left to give.
    Told(ErrorClass),
    /// Nothing failed: what was looked for is there, and the exit code says so to scripts.
    ThereIsWork,
    /// What a person wrote in an editor could not be taken over; it is kept there.
    Kept(Box<Self>, PathBuf),
    /// The working folder is gone.
    NoWorkingFolder,
    /// The reader of the output has gone; no failure.
    ClosedPipe,
    /// The output could not be written.
    Output(io::Error),
}

impl CommandError {
    pub(crate) fn variable(name: &'static str, problem: &dyn Display) -> Self {
        Self::Variable {
            name,
            problem: problem.to_string(),
        }
    }

    pub(crate) fn argument(name: &'static str, problem: &dyn Display) -> Self {
        Self::Argument {
            name,
            problem: problem.to_string(),
        }
    }

    /// What a failed write of output means: nothing, where the reader has gone.
    pub(crate) fn writing(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::ClosedPipe
        } else {
            Self::Output(error)
        }
    }

    /// What the program ends with: mostly the exit code of a row of the table of failures.
    pub(crate) fn exit_code(&self) -> u8 {
        let class = match self {
            Self::ThereIsWork => return THERE_IS_WORK,
            Self::Operation(failure) => failure.class(),
            Self::Told(class) => *class,
            Self::Kept(error, _) => return error.exit_code(),
            Self::Argument { .. } => ErrorClass::Usage,
            Self::Variable { .. } => ErrorClass::Config,
            Self::NoWorkingFolder | Self::ClosedPipe | Self::Output(_) => ErrorClass::Environment,
        };
        class.exit_code()
    }

    /// What failed, then why, level by level.
    pub(crate) fn messages(&self) -> Vec<String> {
        match self {
            Self::Operation(failure) => {
                let mut messages = vec![failure.to_string()];
                let mut cause = failure.source();
                while let Some(error) = cause {
                    messages.push(error.to_string());
                    cause = error.source();
                }
                messages
            }
            Self::Told(_) | Self::ThereIsWork => Vec::new(),
            Self::Kept(error, place) => {
                let mut messages = error.messages();
                messages.push(format!("what was written is kept: {}", place.display()));
                messages
            }
            Self::Argument { name, problem } => vec![format!("{name}: {problem}")],
            Self::Variable { name, problem } => {
                vec![format!("the environment is wrong: {name}: {problem}")]
            }
            Self::NoWorkingFolder => vec!["the working folder is gone".to_owned()],
            Self::ClosedPipe => vec!["the output was closed".to_owned()],
            Self::Output(error) => vec![
                "the output could not be written".to_owned(),
                error.to_string(),
            ],
        }
    }

    /// A sentence naming the next command.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Operation(failure) => failure.hint(),
            Self::Kept(error, _) => error.hint(),
            Self::Argument { .. } => Some("`--help` shows what the command takes".to_owned()),
            Self::Variable { name, .. } => Some(format!("`unset {name}` goes back to the default")),
            Self::NoWorkingFolder => {
                Some("`cd` somewhere else, or name the lab by `--lab DIR`".to_owned())
            }
            Self::Told(_) | Self::ThereIsWork | Self::ClosedPipe | Self::Output(_) => None,
        }
    }
}

impl<F: Failure> From<F> for CommandError {
    fn from(failure: F) -> Self {
        Self::Operation(Box::new(failure))
    }
}
