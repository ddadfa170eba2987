#![doc = include_str!("../README.md")]
//!
//! Owns finding, greeting and calling the framework's program. Refuses to know the environment, the
//! framework's database and how a tool runs. Start reading at [`Framework`].

mod answer;
mod call;
mod child;
mod handshake;
mod limits;
mod locate;

pub use answer::{Completed, Durations, ExecutionError, Refusal};
pub use call::{Call, CallError};
pub use child::ChildError;
pub use handshake::{Greeting, HandshakeError};
pub use limits::Limits;
pub use locate::{LocateError, PROGRAM, Places, locate};

use std::path::{Path, PathBuf};

/// What a command of the framework wrote, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its standard output, whole; at most [`Limits::answer_bytes`].
    pub stdout: Vec<u8>,
    /// Its exit code; `None` if a signal ended it.
    pub code: Option<i32>,
}

/// An installed framework that speaks this crate's contract.
#[derive(Clone, Debug)]
pub struct Framework {
    program: PathBuf,
    greeting: Greeting,
    limits: Limits,
}

impl Framework {
    /// Greets the program and checks that both speak the same contract.
    pub fn connect(program: &Path, limits: Limits) -> Result<Self, HandshakeError> {
        let greeting = handshake::greet(program, &limits)?;
        Ok(Self {
            program: program.to_path_buf(),
            greeting,
            limits,
        })
    }

    /// What it said of itself.
    pub fn greeting(&self) -> &Greeting {
        &self.greeting
    }

    /// Where it is.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Calls one action, with `folder` as the working folder: the lab whose tools are meant.
    ///
    /// `Err` says that nothing ran or that the answer was lost; a tool that failed is a [`Completed`] with
    /// an `error`, and is recorded like any other.
    pub fn run(&self, folder: &Path, call: &Call) -> Result<Completed, CallError> {
        call::run(&self.program, &self.limits, folder, call)
    }

    /// Runs a command of the framework and gives what it wrote on its standard output; its standard error is this
    /// process's own. A command has no limit of time of its own here.
    pub fn ask(&self, folder: &Path, arguments: &[&str]) -> Result<Said, ChildError> {
        let reply = child::ask(child::Question {
            program: &self.program,
            folder: Some(folder),
            arguments,
            input: Vec::new(),
            most: self.limits.answer_bytes,
            patience: None,
        })?;
        Ok(Said {
            stdout: reply.stdout,
            code: reply.code,
        })
    }

    /// Runs a command of the framework with this process's own standard input, output and error, for a
    /// person to use. Gives the exit code; `None` if a signal ended it.
    pub fn hand_over(&self, folder: &Path, arguments: &[&str]) -> Result<Option<i32>, ChildError> {
        child::hand_over(&self.program, folder, arguments)
    }
}
