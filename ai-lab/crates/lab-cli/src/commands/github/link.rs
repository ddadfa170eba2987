//! `ai-lab github link`

use lab_model::RepoName;
use lab_ops::github;

use crate::context::Context;
use crate::failure::CommandError;

/// Link a repository to the project whose items are its issues
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// owner/name, or the address of its page.
    #[arg(value_name = "OWNER/NAME")]
    full_name: RepoName,

    /// The project.
    #[arg(long)]
    project: String,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let linked = github::link(
        &context.lab()?,
        &context.by()?,
        &args.full_name,
        &args.project,
    )?;
    if args.json {
        return context.output.json(&linked);
    }
    context.output.title(&linked.label, &linked.full_name)?;
    context
        .output
        .dim("`ai-lab github sync --plan` shows what would be done")
}
