//! `ai-lab project list`

use lab_ops::project::{self, ProjectRow};
use serde::Serialize;

use crate::context::Context;
use crate::failure::CommandError;

/// List projects, without those that are completed, cancelled or put away
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Those that are completed, cancelled or put away too.
    #[arg(long)]
    all: bool,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// The shape of the JSON answer.
#[derive(Serialize)]
struct Answer {
    projects: Vec<ProjectRow>,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let projects = project::list(&context.lab()?, context.by()?.at, args.all)?;
    if args.json {
        return context.output.json(&Answer { projects });
    }
    if projects.is_empty() {
        return context.output.line("no projects");
    }
    let cells = |row: ProjectRow| {
        let percent = row
            .percent
            .map(|percent| format!("{percent}% of {}", row.items_total));
        vec![
            row.label,
            row.prefix.unwrap_or_default(),
            row.status.to_owned(),
            row.priority.to_owned(),
            percent.unwrap_or_default(),
            row.name,
        ]
    };
    let head = ["project", "prefix", "status", "priority", "done", "name"];
    context
        .output
        .table(&head, &projects.into_iter().map(cells).collect::<Vec<_>>())
}
