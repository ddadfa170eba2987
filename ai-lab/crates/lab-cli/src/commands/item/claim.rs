//! `ai-lab item claim`

use std::time::Duration;

use lab_ops::item;

use super::stepped::show;
use crate::context::Context;
use crate::failure::CommandError;
use crate::seen::Seen;
use crate::words::lease;

/// Take an item for a while: begin it, and keep others from taking it
///
/// Taken again it is kept for longer; a claim that has ended is nobody's.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which item: its label, or as much of it as no other item has.
    item: String,

    /// For how long, such as 30m, 2h or 3d; at most 30 days.
    #[arg(long, value_name = "TIME", default_value = "2h", value_parser = lease)]
    lease: Duration,

    /// Take it although someone else is at it, for this reason; the reason is kept.
    #[arg(long, value_name = "REASON")]
    steal: Option<String>,

    #[command(flatten)]
    seen: Seen,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let (lab, by) = (context.lab()?, context.by_seen(args.seen)?);
    let stepped = item::claim(&lab, &by, &args.item, args.lease, args.steal.as_deref())?;
    show(&stepped, args.json, context)
}
