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
    command: Verb,
}

/// What is done with items; each verb works without `item` too.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Add(add::Args),
    #[command(visible_alias = "ls")]
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
    run_verb(args.command, context)
}

/// Carries a verb out.
pub(crate) fn run_verb(verb: Verb, context: &mut Context<'_>) -> Result<(), CommandError> {
    match verb {
        Verb::Add(args) => add::run(args, context),
        Verb::List(args) => list::run(args, context),
        Verb::Ready(args) => ready::run(&args, context),
        Verb::Show(args) => show::run(&args, context),
        Verb::Edit(args) => edit::run(*args, context),
        Verb::WhyBlocked(args) => why_blocked::run(&args, context),
        Verb::Claim(args) => claim::run(&args, context),
        Verb::Release(args) => release::run(&args, context),
        Verb::Start(args) => start::run(&args, context),
        Verb::Review(args) => review::run(&args, context),
        Verb::Done(args) => done::run(&args, context),
        Verb::Block(args) => block::run(&args, context),
        Verb::Unblock(args) => unblock::run(&args, context),
        Verb::Cancel(args) => cancel::run(&args, context),
        Verb::Reopen(args) => reopen::run(&args, context),
    }
}
