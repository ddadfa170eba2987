//! `secret …`. None of them prints a value.

mod grant;
mod import;
mod lend;
mod list;
mod remove;
mod revoke;
mod rotate;
mod set;
mod source;

use alf_ops::Framework;
use clap::Subcommand;

use crate::output::{Ended, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Keep a secret; its value is asked for, or read, and never taken from the command line
    Set(set::Arguments),
    /// List secrets with where they are kept and who gets them; never a value
    List,
    /// Take a secret away, and all its grants
    Remove(remove::Arguments),
    /// Let a tool have a secret that its manifest asks for
    Grant(grant::Arguments),
    /// Take a secret from a tool
    Revoke(revoke::Arguments),
    /// Start a program that reads a secret from its standard input
    ///
    /// The secret is all that the program reads there, without a line end. It shows in no argument and no variable, and
    /// the log says to which program it was lent.
    Lend(lend::Arguments),
    /// Keep many at once: from variables or from a .env file
    Import(import::Arguments),
    /// Give a secret another value; tells where the old one still stands
    Rotate(rotate::Arguments),
}

impl Command {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        match self {
            Self::Set(arguments) => arguments.carry_out(framework, output),
            Self::List => list::carry_out(framework, output),
            Self::Remove(arguments) => arguments.carry_out(framework, output),
            Self::Grant(arguments) => arguments.carry_out(framework, output),
            Self::Revoke(arguments) => arguments.carry_out(framework, output),
            Self::Lend(arguments) => arguments.carry_out(framework),
            Self::Import(arguments) => arguments.carry_out(framework, output),
            Self::Rotate(arguments) => arguments.carry_out(framework, output),
        }
    }
}
