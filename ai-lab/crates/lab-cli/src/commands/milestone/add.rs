//! `ai-lab milestone add`

use lab_ops::milestone::{self, NewMilestone};

use super::fields::Fields;
use crate::context::Context;
use crate::failure::CommandError;
use crate::words::filled;

/// Add a milestone
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Its name.
    #[arg(value_parser = filled)]
    title: String,

    #[command(flatten)]
    fields: Fields,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let new = NewMilestone {
        title: args.title,
        fields: args.fields.into_edit(context.by()?.at.day_utc())?,
    };
    let added = milestone::add(&context.lab()?, &context.by()?, new)?;
    if args.json {
        return context.output.json(&added);
    }
    context.output.title(&added.row.label, &added.row.title)
}
