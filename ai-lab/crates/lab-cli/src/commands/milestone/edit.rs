//! `ai-lab milestone edit`

use lab_ops::milestone;

use super::fields::{Changes, Fields};
use crate::context::Context;
use crate::failure::CommandError;
use crate::seen::Seen;

/// Change a milestone
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which one: its label, or as much of it as no other has.
    milestone: String,

    #[command(flatten)]
    fields: Fields,

    #[command(flatten)]
    changes: Changes,

    #[command(flatten)]
    seen: Seen,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let mut edit = args.fields.into_edit(context.by()?.at.day_utc())?;
    args.changes.join(&mut edit);
    let changed = milestone::edit(
        &context.lab()?,
        &context.by_seen(args.seen)?,
        &args.milestone,
        edit,
    )?;
    if args.json {
        return context.output.json(&changed);
    }
    context.output.title(&changed.row.label, &changed.row.title)
}
