//! `ai-lab github status`

use lab_ops::github::{self, Standing};
use serde::Serialize;

use crate::context::Context;
use crate::failure::CommandError;

/// Show how far the exchange with each repository has come
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// The shape of the JSON answer.
#[derive(Serialize)]
struct Answer {
    repos: Vec<Standing>,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let repos = github::status(&context.lab()?, context.by()?.at)?;
    if args.json {
        return context.output.json(&Answer { repos });
    }
    if repos.is_empty() {
        return context.output.line("no repositories");
    }
    let cells = |row: &Standing| {
        vec![
            row.label.clone(),
            row.repo.clone(),
            row.project
                .clone()
                .unwrap_or_else(|| "not linked".to_owned()),
            format!("{} of {}", row.linked, row.issues),
            row.waiting.to_string(),
            row.conflicts.to_string(),
            row.synced.clone().unwrap_or_else(|| "never".to_owned()),
        ]
    };
    let rows: Vec<Vec<String>> = repos.iter().map(cells).collect();
    let head = [
        "repo",
        "name",
        "project",
        "linked",
        "waiting",
        "conflicts",
        "synced",
    ];
    context.output.table(&head, &rows)?;
    let gone: Vec<String> = repos.into_iter().flat_map(|row| row.gone).collect();
    context.output.entries("issue gone there, item kept", &gone)
}
