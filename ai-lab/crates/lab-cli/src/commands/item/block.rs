//! `ai-lab item block`

use lab_ops::item;

use super::stepped::show;
use crate::context::Context;
use crate::failure::CommandError;

/// Stop an item, and say why
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which item: its label, or as much of it as no other item has.
    item: String,

    /// What keeps it from going on.
    reason: String,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let stepped = item::block(&context.lab()?, &context.by()?, &args.item, &args.reason)?;
    show(&stepped, args.json, context)
}
