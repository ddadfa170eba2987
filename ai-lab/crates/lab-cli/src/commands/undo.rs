//! `ai-lab undo` and `ai-lab redo`

use lab_ops::history::{TookBack, Undo, redo, undo};

use super::log::show;
use crate::context::Context;
use crate::failure::CommandError;
use crate::words::write_number;

/// How many changes of each write are shown.
const FEW: usize = 4;

/// Take back what you did last; what was added is put away
///
/// Refused where something that it changed was changed again since.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many of your own changes, or one by its id, such as w57, whoever made it.
    #[arg(value_name = "COUNT|WRITE", default_value = "1", value_parser = what)]
    what: Undo,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// Take your last undo back
#[derive(Debug, clap::Args)]
pub(crate) struct RedoArgs {
    /// How many of them.
    #[arg(value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    count: u32,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

fn what(text: &str) -> Result<Undo, String> {
    if text.starts_with(['w', 'W']) {
        return write_number(text).map(Undo::Write);
    }
    match text.parse() {
        Ok(count) if (1..=1000).contains(&count) => Ok(Undo::Last(count)),
        Ok(_) | Err(_) => {
            Err("it is neither a number from 1 to 1000 nor an id such as w57".to_owned())
        }
    }
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let took_back = undo(&context.lab()?, &context.by()?, args.what)?;
    answer(&took_back, args.json, context)
}

pub(crate) fn run_redo(args: &RedoArgs, context: &mut Context<'_>) -> Result<(), CommandError> {
    let took_back = redo(&context.lab()?, &context.by()?, args.count)?;
    answer(&took_back, args.json, context)
}

fn answer(took_back: &TookBack, json: bool, context: &mut Context<'_>) -> Result<(), CommandError> {
    if json {
        return context.output.json(took_back);
    }
    context.output.line("taken back:")?;
    took_back
        .took_back
        .iter()
        .try_for_each(|write| show(write, FEW, context.output))
}
