//! `execution …`.

pub(crate) mod list;
mod show;
mod verify;

use alf_ops::Framework;
use clap::Subcommand;

use crate::output::{Ended, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List executions, the newest first
    List(list::Arguments),
    /// Show one execution: input, output, provenance, times, log
    Show(show::Arguments),
    /// Walk the record's chain of hashes and name each row that was touched
    Verify,
}

impl Command {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        match self {
            Self::List(arguments) => arguments.carry_out(framework, output),
            Self::Show(arguments) => arguments.carry_out(framework, output),
            Self::Verify => verify::carry_out(framework, output),
        }
    }
}
