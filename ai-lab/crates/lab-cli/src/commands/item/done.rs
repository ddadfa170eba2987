//! `ai-lab item done`

use lab_ops::item;

use super::stepped::show;
use crate::context::Context;
use crate::failure::CommandError;
use crate::seen::Seen;

/// Finish an item; refused while criteria, blockers or dependencies are open
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which item: its label, or as much of it as no other item has.
    item: String,

    /// Finish it although something is open, for this reason; the reason is kept.
    #[arg(long, value_name = "REASON")]
    force: Option<String>,

    #[command(flatten)]
    seen: Seen,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let stepped = item::done(
        &context.lab()?,
        &context.by_seen(args.seen)?,
        &args.item,
        args.force.as_deref(),
    )?;
    show(&stepped, args.json, context)
}
