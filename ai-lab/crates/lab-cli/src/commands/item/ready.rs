//! `ai-lab item ready`

use lab_ops::item;

use super::list::show;
use crate::context::Context;
use crate::failure::CommandError;
use crate::paging::Pages;
use crate::words::query_words;

/// List what can be started now, the most pressing first
///
/// Ready is: to do, no draft, not put away, no open blocker, every dependency done or cancelled.
#[derive(Debug, clap::Args)]
#[command(after_long_help = query_words())]
pub(crate) struct Args {
    /// What to list, in words such as `prio:high.. project:HS`; --help explains them.
    #[arg(value_name = "WORDS")]
    words: Vec<String>,

    #[command(flatten)]
    pages: Pages,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let paging = args.pages.paging(args.json, context.output);
    let rows = item::ready(&context.lab()?, &context.by()?, &args.words, paging)?;
    show(&rows, args.json, "nothing is ready", context.output)
}
