//! `ai-lab repo show`

use lab_ops::repo::{self, RepoView};

use crate::context::Context;
use crate::failure::CommandError;
use crate::output::Output;

/// Show a repository with everything about it
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which one: its label, or as much of it as no other has.
    repo: String,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let view = repo::show(&context.lab()?, context.by()?.at, &args.repo)?;
    if args.json {
        return context.output.json(&view);
    }
    page(&view, context.output)
}

fn page(view: &RepoView, output: &mut Output) -> Result<(), CommandError> {
    output.title(&view.label, &view.full_name)?;
    output.fields(&[
        ("page", Some(view.url.clone())),
        ("visibility", view.visibility.map(str::to_owned)),
        ("project", view.project.clone()),
        ("put away", view.archived.then(|| "yes".to_owned())),
    ])?;
    output.text("description", &view.description)?;
    output.text("notes", view.notes.as_deref().unwrap_or_default())
}
