//! `ai-lab idea list`

use lab_model::IdeaStatus;
use lab_ops::idea::{self, IdeaQuery, IdeaRow};
use serde::Serialize;

use crate::context::Context;
use crate::failure::CommandError;
use crate::words::word;

/// List ideas, without those that are converted, implemented or put away
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Of this status; may be given several times.
    #[arg(long, value_name = "WORD", value_parser = word::<IdeaStatus>())]
    status: Vec<IdeaStatus>,

    /// Those that are converted, implemented or put away too.
    #[arg(long)]
    all: bool,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// The shape of the JSON answer.
#[derive(Serialize)]
struct Answer {
    ideas: Vec<IdeaRow>,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let query = IdeaQuery {
        statuses: args.status.clone(),
        all: args.all,
    };
    let ideas = idea::list(&context.lab()?, context.by()?.at, &query)?;
    if args.json {
        return context.output.json(&Answer { ideas });
    }
    if ideas.is_empty() {
        return context.output.line("no ideas");
    }
    let cells = |row: IdeaRow| {
        vec![
            row.label,
            row.status.to_owned(),
            row.priority.to_owned(),
            row.effort.unwrap_or_default(),
            row.title,
        ]
    };
    let head = ["idea", "status", "priority", "effort", "title"];
    context
        .output
        .table(&head, &ideas.into_iter().map(cells).collect::<Vec<_>>())
}
