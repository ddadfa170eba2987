//! `ai-lab item list`

use lab_model::{ItemStatus, Priority, Tag};
use lab_ops::item::{self, ItemQuery, ItemRow};
use serde::Serialize;

use crate::context::Context;
use crate::failure::CommandError;
use crate::output::Output;
use crate::words::word;

/// List items, without those that are done, cancelled or put away
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Of this status; may be given several times.
    #[arg(long, value_name = "WORD", value_parser = word::<ItemStatus>())]
    status: Vec<ItemStatus>,

    /// Of this priority; may be given several times.
    #[arg(long, value_name = "WORD", value_parser = word::<Priority>())]
    priority: Vec<Priority>,

    /// Of this project.
    #[arg(long)]
    project: Option<String>,

    /// Of this milestone.
    #[arg(long)]
    milestone: Option<String>,

    /// Parts of this item.
    #[arg(long, value_name = "ITEM")]
    parent: Option<String>,

    /// With this label, in the sense of a tag; given several times, with all of them.
    #[arg(long)]
    label: Vec<Tag>,

    /// With this text in label, title, description or notes.
    #[arg(long)]
    text: Option<String>,

    /// Those that are done, cancelled or put away too.
    #[arg(long)]
    all: bool,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// The shape of the JSON answer.
#[derive(Serialize)]
struct Answer<'a> {
    items: &'a [ItemRow],
}

pub(super) fn run(args: Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let query = ItemQuery {
        statuses: args.status,
        priorities: args.priority,
        project: args.project,
        milestone: args.milestone,
        parent: args.parent,
        labels: args.label,
        text: args.text,
        all: args.all,
    };
    let rows = item::list(&context.lab()?, context.by()?.at, query)?;
    show(&rows, args.json, "no items", context.output)
}

/// Writes rows of items, or says that there are none.
pub(super) fn show(
    rows: &[ItemRow],
    json: bool,
    none: &str,
    output: &mut Output,
) -> Result<(), CommandError> {
    if json {
        return output.json(&Answer { items: rows });
    }
    if rows.is_empty() {
        return output.line(none);
    }
    let cells = |row: &ItemRow| {
        vec![
            row.label.clone(),
            row.status.to_owned(),
            row.priority.to_owned(),
            row.due.clone().unwrap_or_default(),
            row.title.clone(),
        ]
    };
    output.table(
        &["item", "status", "priority", "due", "title"],
        rows.iter().map(cells).collect(),
    )
}
