//! `ai-lab repo add`

use lab_model::RepoName;
use lab_ops::repo::{self, NewRepo};

use super::fields::Fields;
use crate::context::Context;
use crate::failure::CommandError;
/// Add a repository
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// owner/name, or the address of its page.
    #[arg(value_name = "OWNER/NAME")]
    full_name: RepoName,

    #[command(flatten)]
    fields: Fields,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let new = NewRepo {
        full_name: args.full_name,
        fields: args.fields.into_edit(),
    };
    let added = repo::add(&context.lab()?, &context.by()?, new)?;
    if args.json {
        return context.output.json(&added);
    }
    context.output.title(&added.label, &added.full_name)
}
