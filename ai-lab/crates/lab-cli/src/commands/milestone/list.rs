//! `ai-lab milestone list`

use lab_ops::milestone::{self, MilestoneRow};
use serde::Serialize;

use crate::context::Context;
use crate::failure::CommandError;

/// List milestones, without those that are completed, cancelled or put away
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Of this project.
    #[arg(long)]
    project: Option<String>,

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
    milestones: Vec<MilestoneRow>,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let project = args.project.as_ref();
    let milestones = milestone::list(&context.lab()?, context.by()?.at, project, args.all)?;
    if args.json {
        return context.output.json(&Answer { milestones });
    }
    if milestones.is_empty() {
        return context.output.line("no milestones");
    }
    let cells = |row: MilestoneRow| {
        let percent = row
            .percent
            .map(|percent| format!("{percent}% of {}", row.items_total));
        vec![
            row.label,
            row.status.to_owned(),
            row.due.unwrap_or_default(),
            percent.unwrap_or_default(),
            row.title,
        ]
    };
    let head = ["milestone", "status", "due", "done", "title"];
    context.output.table(
        &head,
        &milestones.into_iter().map(cells).collect::<Vec<_>>(),
    )
}
