//! `ai-lab framework`

mod bundle;
mod ground;
mod history;
mod install;
mod pin;
mod quarantine;
mod status;

pub(crate) use ground::{Ground, recover_first, show};

use crate::context::Context;
use crate::failure::CommandError;

/// Look at the lab's framework, install what the lock says, pin versions, carry releases by hand
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Status(status::Args),
    History(history::Args),
    Install(install::Args),
    Pin(pin::Args),
    Quarantine(quarantine::Args),
    Bundle(bundle::Args),
}

pub(crate) fn run(args: Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    match args.command {
        Command::Status(args) => status::run(&args, context),
        Command::History(args) => history::run(&args, context),
        Command::Install(args) => install::run(&args, context),
        Command::Pin(args) => pin::run(&args, context),
        Command::Quarantine(args) => quarantine::run(args, context),
        Command::Bundle(args) => bundle::run(&args, context),
    }
}
