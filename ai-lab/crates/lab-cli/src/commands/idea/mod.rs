//! `ai-lab idea`

mod add;
mod convert;
mod edit;
mod fields;
mod list;
mod refine;
mod show;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::CommandError;

/// Ideas: what may become work
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Add(add::Args),
    List(list::Args),
    Show(show::Args),
    Edit(edit::Args),
    Refine(refine::Args),
    Convert(convert::Args),
}

pub(crate) fn run(args: Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    match args.command {
        Command::Add(args) => add::run(args, context),
        Command::List(args) => list::run(&args, context),
        Command::Show(args) => show::run(&args, context),
        Command::Edit(args) => edit::run(args, context),
        Command::Refine(args) => refine::run(args, context),
        Command::Convert(args) => convert::run(args, context),
    }
}
