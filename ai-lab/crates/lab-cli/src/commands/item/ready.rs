//! `ai-lab item ready`

use lab_ops::item;

use super::list::show;
use crate::context::Context;
use crate::failure::CommandError;

/// List what can be started now, the most pressing first
///
/// Ready is: to do, no draft, not put away, no open blocker, every dependency done or cancelled.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// At most so many.
    #[arg(long, value_name = "COUNT")]
    limit: Option<u32>,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let rows = item::ready(&context.lab()?, context.by()?.at, args.limit)?;
    show(&rows, args.json, "nothing is ready", context.output)
}
