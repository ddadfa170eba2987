//! `ai-lab github conflicts`

use lab_ops::github::{self, ConflictRow};
use serde::Serialize;

use crate::context::Context;
use crate::failure::CommandError;

/// List what the lab and GitHub say differently
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// The shape of the JSON answer.
#[derive(Serialize)]
struct Answer {
    conflicts: Vec<ConflictRow>,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let conflicts = github::conflicts(&context.lab()?, context.by()?.at)?;
    if args.json {
        return context.output.json(&Answer { conflicts });
    }
    if conflicts.is_empty() {
        return context.output.line("no conflicts");
    }
    let shown = |value: Option<String>| value.unwrap_or_else(|| "(nothing)".to_owned());
    let cells = |row: ConflictRow| {
        let number = format!("#{}", row.number);
        vec![
            row.label,
            number,
            row.field,
            shown(row.local),
            shown(row.remote),
        ]
    };
    let rows: Vec<Vec<String>> = conflicts.into_iter().map(cells).collect();
    context
        .output
        .table(&["item", "issue", "field", "here", "there"], &rows)?;
    context
        .output
        .dim("`ai-lab github resolve LABEL --take local|remote` settles one")
}
