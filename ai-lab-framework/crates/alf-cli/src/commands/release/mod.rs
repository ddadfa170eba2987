//! `release …`.

mod fetch;
mod list;
mod resolve;
mod show;
mod trust;

use alf_ops::Framework;
use clap::Subcommand;

use crate::output::{Ended, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List what a folder of releases offers
    List(list::Arguments),
    /// Show one release of a folder, with every file of it
    Show(show::Arguments),
    /// Say which release of a folder is the newest that will do, and why the others are not
    Resolve(resolve::Arguments),
    /// Look at a release of a folder and unpack it into the store
    Fetch(fetch::Arguments),
    /// Say whose signatures are believed on this machine
    #[command(subcommand)]
    Trust(trust::Command),
}

impl Command {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        match self {
            Self::List(arguments) => arguments.carry_out(framework, output),
            Self::Show(arguments) => arguments.carry_out(framework, output),
            Self::Resolve(arguments) => arguments.carry_out(framework, output),
            Self::Fetch(arguments) => arguments.carry_out(framework, output),
            Self::Trust(command) => command.carry_out(framework, output),
        }
    }
}
