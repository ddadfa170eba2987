//! `ai-lab project add`

use lab_ops::project::{self, NewProject};

use super::fields::Fields;
use crate::context::Context;
use crate::failure::CommandError;
use crate::words::filled;

/// Add a project
///
/// The labels of its items begin with its prefix; without `--prefix` one is made from the name.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Its name.
    #[arg(value_parser = filled)]
    name: String,

    #[command(flatten)]
    fields: Fields,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let new = NewProject {
        name: args.name,
        fields: args.fields.into_edit(context.by()?.at.day_utc())?,
    };
    let added = project::add(&context.lab()?, &context.by()?, new)?;
    if args.json {
        return context.output.json(&added);
    }
    context.output.title(&added.row.label, &added.row.name)
}
