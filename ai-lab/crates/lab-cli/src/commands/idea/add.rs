//! `ai-lab idea add`

use lab_ops::idea::{self, NewIdea};

use super::fields::Fields;
use crate::context::Context;
use crate::failure::CommandError;
use crate::words::filled;

/// Add an idea
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The idea in one line.
    #[arg(value_parser = filled)]
    title: String,

    #[command(flatten)]
    fields: Fields,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let new = NewIdea {
        title: args.title,
        fields: args.fields.into_edit(),
    };
    let added = idea::add(&context.lab()?, &context.by()?, new)?;
    if args.json {
        return context.output.json(&added);
    }
    context.output.title(&added.row.label, &added.row.title)
}
