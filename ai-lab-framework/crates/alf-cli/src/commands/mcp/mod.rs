//! `mcp …`.

mod choice;
mod clients;
mod serve;
mod token;
mod tools;

use alf_ops::Framework;
use clap::Subcommand;

use crate::output::{Ended, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the lab's tools to an agent, over standard input and output or over HTTP
    Serve(serve::Arguments),
    /// List what an agent would be offered, and what not and why
    Tools(tools::Arguments),
    /// Show which client may call what, by clients.toml in the home and config/clients.toml in the lab
    Clients,
    /// Make, list and take back tokens for clients that come over HTTP
    #[command(subcommand)]
    Token(token::Command),
}

impl Command {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        match self {
            Self::Serve(arguments) => arguments.carry_out(framework, output),
            Self::Tools(arguments) => arguments.carry_out(framework, output),
            Self::Clients => clients::carry_out(framework, output),
            Self::Token(command) => command.carry_out(framework, output),
        }
    }
}
