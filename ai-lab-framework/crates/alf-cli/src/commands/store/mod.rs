//! `store …`.

mod collect;
mod list;
mod protect;

use alf_ops::Framework;
use clap::Subcommand;

use crate::output::{Ended, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the releases in the store
    List,
    /// Remove the releases that no lab and no process uses
    Collect(collect::Arguments),
    /// Keep a release from being changed by more than its digests: the immutable flag, or another owner
    Protect(protect::Arguments),
}

impl Command {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        match self {
            Self::List => list::carry_out(framework, output),
            Self::Collect(arguments) => arguments.carry_out(framework, output),
            Self::Protect(arguments) => arguments.carry_out(framework, output),
        }
    }
}
