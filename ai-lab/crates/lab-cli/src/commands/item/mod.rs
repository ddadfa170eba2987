//! `ai-lab item`

mod add;
mod block;
mod cancel;
mod claim;
mod done;
mod edit;
mod editor;
mod fields;
mod list;
mod ready;
mod release;
mod reopen;
mod review;
mod show;
mod start;
mod stepped;
mod unblock;
mod why_blocked;

pub(crate) use editor::edit_in_editor;
pub(crate) use show::{as_lines, criteria};

use clap::Subcommand;

use crate::context::Context;
use crate::failure::CommandError;

/// Work items: what is to be done
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Add(add::Args),
    List(list::Args),
    Ready(ready::Args),
    Show(show::Args),
    Edit(Box<edit::Args>),
    WhyBlocked(why_blocked::Args),
    Claim(claim::Args),
    Release(release::Args),
    Start(start::Args),
    Review(review::Args),
    Done(done::Args),
    Block(block::Args),
    Unblock(unblock::Args),
    Cancel(cancel::Args),
    Reopen(reopen::Args),
}

pub(crate) fn run(args: Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    match args.command {
        Command::Add(args) => add::run(args, context),
        Command::List(args) => list::run(args, context),
        Command::Ready(args) => ready::run(&args, context),
        Command::Show(args) => show::run(&args, context),
        Command::Edit(args) => edit::run(*args, context),
        Command::WhyBlocked(args) => why_blocked::run(&args, context),
        Command::Claim(args) => claim::run(&args, context),
        Command::Release(args) => release::run(&args, context),
        Command::Start(args) => start::run(&args, context),
        Command::Review(args) => review::run(&args, context),
        Command::Done(args) => done::run(&args, context),
        Command::Block(args) => block::run(&args, context),
        Command::Unblock(args) => unblock::run(&args, context),
        Command::Cancel(args) => cancel::run(&args, context),
        Command::Reopen(args) => reopen::run(&args, context),
    }
}
