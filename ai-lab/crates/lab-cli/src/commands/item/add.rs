//! `ai-lab item add`

use lab_ops::item::{self, NewItem};

use super::fields::Fields;
use crate::context::Context;
use crate::failure::CommandError;
use crate::words::filled;

/// Add an item
///
/// It is called by its project's prefix and the next number, such as FRM-021; a part by its whole and a
/// number, such as FRM-021-1; without both, such as ITEM-001.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What is to be done, in one line.
    #[arg(value_parser = filled)]
    title: String,

    #[command(flatten)]
    fields: Fields,

    /// Not yet meant to be worked on.
    #[arg(long)]
    draft: bool,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let mut fields = args.fields.into_edit(context.by()?.at.day_utc())?;
    fields.patch.is_draft = args.draft.then_some(true);
    let added = item::add(
        &context.lab()?,
        &context.by()?,
        NewItem {
            title: args.title,
            fields,
        },
    )?;
    if args.json {
        return context.output.json(&added);
    }
    context.output.title(&added.label, &added.title)
}
