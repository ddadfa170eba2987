//! `execution …`.

mod cancel;
mod compare;
mod export;
pub(crate) mod list;
mod prune;
mod replay;
mod search;
mod show;
mod verify;
mod wait;

use alf_ops::Framework;
use clap::Subcommand;

use crate::output::{Ended, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List executions, the newest first
    List(list::Arguments),
    /// Show one execution: input, output, provenance, times, log
    Show(show::Arguments),
    /// Wait until a call in the background has ended, and show its answer
    Wait(wait::Arguments),
    /// Withdraw a call in the background: its processes are ended, and the record says so
    Cancel(cancel::Arguments),
    /// Write executions as lines of JSON or as a table, the newest first
    Export(export::Arguments),
    /// Make a recorded call once more and compare: exit 0 for the same answer, 5 for another one,
    /// a new failure's own code
    Replay(replay::Arguments),
    /// Make recorded calls that only read again, under this release and under another one, and compare: exit 0 for the same
    /// answers, 5 for others
    Compare(compare::Arguments),
    /// Find executions by words in their input, output, error or log
    Search(search::Arguments),
    /// Take away old executions; what goes leaves its place in the chain
    Prune(prune::Arguments),
    /// Walk the record's chain of hashes and name each row that was touched
    Verify,
}

impl Command {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        match self {
            Self::List(arguments) => arguments.carry_out(framework, output),
            Self::Show(arguments) => arguments.carry_out(framework, output),
            Self::Wait(arguments) => arguments.carry_out(framework, output),
            Self::Cancel(arguments) => arguments.carry_out(framework, output),
            Self::Export(arguments) => arguments.carry_out(framework, output),
            Self::Replay(arguments) => arguments.carry_out(framework, output),
            Self::Compare(arguments) => arguments.carry_out(framework, output),
            Self::Search(arguments) => arguments.carry_out(framework, output),
            Self::Prune(arguments) => arguments.carry_out(framework, output),
            Self::Verify => verify::carry_out(framework, output),
        }
    }
}
