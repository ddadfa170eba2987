//! `ai-lab repo list`

use lab_ops::repo::{self, RepoView};
use serde::Serialize;

use crate::context::Context;
use crate::failure::CommandError;

/// List the repositories that the lab knows
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// The shape of the JSON answer.
#[derive(Serialize)]
struct Answer {
    repos: Vec<RepoView>,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let repos = repo::list(&context.lab()?, context.by()?.at)?;
    if args.json {
        return context.output.json(&Answer { repos });
    }
    if repos.is_empty() {
        return context.output.line("no repositories");
    }
    let cells = |row: RepoView| vec![row.label, row.project.unwrap_or_default(), row.full_name];
    let rows = repos.into_iter().map(cells).collect::<Vec<_>>();
    context.output.table(&["repo", "project", "name"], &rows)
}
