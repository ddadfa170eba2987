//! `ai-lab item unblock`

use lab_ops::item;

use super::stepped::show;
use crate::context::Context;
use crate::failure::CommandError;
use crate::seen::Seen;

/// Let an item go on where it stood
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which item: its label, or as much of it as no other item has.
    item: String,

    /// What became of that which kept it.
    resolution: Option<String>,

    #[command(flatten)]
    seen: Seen,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let stepped = item::unblock(
        &context.lab()?,
        &context.by_seen(args.seen)?,
        &args.item,
        args.resolution.as_deref(),
    )?;
    show(&stepped, args.json, context)
}
