//! The command line's tree: a folder a noun, a file a verb.
//!
//! A command file holds its arguments, whose docs are the help, and a `run` that resolves them, calls one
//! operation and shows the answer. To add one: a file, a `mod`, a variant and an arm.

mod completions;
mod init;
mod run;
mod tool;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::CommandError;

/// Every command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(init::Args),
    Run(run::Args),
    Tool(tool::Args),
    Completions(completions::Args),
}

impl Command {
    /// Carries the command out.
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<(), CommandError> {
        match self {
            Self::Init(args) => init::run(&args, context),
            Self::Run(args) => run::run(&args, context),
            Self::Tool(args) => tool::run(&args, context),
            Self::Completions(args) => completions::run(&args, context),
        }
    }
}
