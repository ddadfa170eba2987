//! `ai-lab service`

mod install;
mod remove;
mod status;

use crate::context::Context;
use crate::failure::CommandError;

/// Have systemd update the lab's framework in its window, run the lab's MCP server, and watch the home server
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Install(install::Args),
    Remove(remove::Args),
    Status(status::Args),
}

pub(crate) fn run(args: Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    match args.command {
        Command::Install(args) => install::run(&args, context),
        Command::Remove(args) => remove::run(&args, context),
        Command::Status(args) => status::run(&args, context),
    }
}
