//! `ai-lab github`

mod comment;
mod comments;
mod conflicts;
mod line;
mod link;
mod resolve;
mod status;
mod sync;
mod webhook;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::CommandError;

/// Items and milestones as issues and milestones on GitHub, both ways
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Link(link::Args),
    Sync(sync::Args),
    Status(status::Args),
    Conflicts(conflicts::Args),
    Resolve(resolve::Args),
    Comments(comments::Args),
    Comment(comment::Args),
    /// Ring where GitHub says that something changed
    #[command(subcommand)]
    Webhook(webhook::Command),
}

pub(crate) fn run(args: Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    match args.command {
        Command::Link(args) => link::run(&args, context),
        Command::Sync(args) => sync::run(args, context),
        Command::Status(args) => status::run(&args, context),
        Command::Conflicts(args) => conflicts::run(&args, context),
        Command::Resolve(args) => resolve::run(&args, context),
        Command::Comments(args) => comments::run(&args, context),
        Command::Comment(args) => comment::run(&args, context),
        Command::Webhook(command) => webhook::run(command, context),
    }
}
