//! `ai-lab item release`

use lab_ops::item;

use super::stepped::show;
use crate::context::Context;
use crate::failure::CommandError;
use crate::seen::Seen;

/// Let go of an item that was claimed
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which item: its label, or as much of it as no other item has.
    item: String,

    /// Although someone else is at it, for this reason; the reason is kept.
    #[arg(long, value_name = "REASON")]
    force: Option<String>,

    #[command(flatten)]
    seen: Seen,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let (lab, by) = (context.lab()?, context.by_seen(args.seen)?);
    let stepped = item::release(&lab, &by, &args.item, args.force.as_deref())?;
    show(&stepped, args.json, context)
}
