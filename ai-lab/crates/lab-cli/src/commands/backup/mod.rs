//! `ai-lab backup`

mod create;
mod list;
mod prune;
mod restore;
mod schedule;
mod verify;

use crate::context::Context;
use crate::failure::CommandError;

/// Make, list, check, put back, prune and schedule backups
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Create(create::Args),
    List(list::Args),
    Verify(verify::Args),
    Restore(restore::Args),
    Prune(prune::Args),
    Schedule(schedule::Args),
}

pub(crate) fn run(args: Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    match args.command {
        Command::Create(args) => create::run(&args, context),
        Command::List(args) => list::run(&args, context),
        Command::Verify(args) => verify::run(&args, context),
        Command::Restore(args) => restore::run(&args, context),
        Command::Prune(args) => prune::run(&args, context),
        Command::Schedule(args) => schedule::run(&args, context),
    }
}

/// A size as people read it.
fn size(bytes: u64) -> String {
    format!("{} KiB", bytes.div_ceil(1024))
}
