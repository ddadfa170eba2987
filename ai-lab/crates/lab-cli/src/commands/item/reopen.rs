//! `ai-lab item reopen`

use lab_ops::item;

use super::stepped::show;
use crate::context::Context;
use crate::failure::CommandError;
use crate::seen::Seen;

/// Put an item back to where it is not begun
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which item: its label, or as much of it as no other item has.
    item: String,

    #[command(flatten)]
    seen: Seen,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let stepped = item::reopen(&context.lab()?, &context.by_seen(args.seen)?, &args.item)?;
    show(&stepped, args.json, context)
}
