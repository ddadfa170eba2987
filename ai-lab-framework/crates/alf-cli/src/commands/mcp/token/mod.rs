//! `mcp token …`.

mod create;
mod list;
mod revoke;

use alf_ops::Framework;
use clap::Subcommand;

use crate::output::{Ended, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a token and print it: this once, and never again
    Create(create::Arguments),
    /// List tokens with what they are for and until when; never a token itself
    List,
    /// Take a token back: the next request with it is refused
    Revoke(revoke::Arguments),
}

impl Command {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        match self {
            Self::Create(arguments) => arguments.carry_out(framework, output),
            Self::List => list::carry_out(framework, output),
            Self::Revoke(arguments) => arguments.carry_out(framework, output),
        }
    }
}
