//! `mcp …`.

mod clients;
mod token;

use alf_ops::Framework;
use clap::Subcommand;

use crate::output::{Ended, Output};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show which client may call what, by clients.toml in the home and config/clients.toml in the lab
    Clients,
    /// Make, list and take back tokens for clients that come over HTTP
    #[command(subcommand)]
    Token(token::Command),
}

impl Command {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        match self {
            Self::Clients => clients::carry_out(framework, output),
            Self::Token(command) => command.carry_out(framework, output),
        }
    }
}
