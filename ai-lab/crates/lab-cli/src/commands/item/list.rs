//! `ai-lab item list`

use lab_model::{ItemStatus, Priority, Tag};
use lab_ops::item::{self, ItemQuery, ItemRows};

use crate::context::Context;
use crate::failure::CommandError;
use crate::output::Output;
use crate::paging::Pages;
use crate::words::{query_words, word};

/// List items, without those that are done, cancelled or put away
#[derive(Debug, clap::Args)]
#[command(after_long_help = query_words())]
pub(crate) struct Args {
    /// What to list, in words such as `status:todo prio:high.. due:<14d pump`; --help explains them.
    #[arg(value_name = "WORDS")]
    words: Vec<String>,

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

    /// With these words, or what they begin, in label, title, description or notes.
    #[arg(long)]
    text: Option<String>,

    /// Those that are done, cancelled or put away too.
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    pages: Pages,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let named = |name: Option<String>| name.map(Some).into_iter().collect();
    let flags = ItemQuery {
        statuses: args.status,
        priorities: args.priority,
        projects: named(args.project),
        milestones: named(args.milestone),
        parents: named(args.parent),
        labels: args.label,
        text: args.text,
        all: args.all,
        ..ItemQuery::default()
    };
    let paging = args.pages.paging(args.json, context.output);
    let rows = item::list(&context.lab()?, &context.by()?, &args.words, flags, paging)?;
    show(&rows, args.json, "no items", context.output)
}

/// Writes a page of items and how to go on, or says that there are none.
pub(super) fn show(
    rows: &ItemRows,
    json: bool,
    none: &str,
    output: &mut Output,
) -> Result<(), CommandError> {
    if json {
        return output.json(rows);
    }
    if rows.items.is_empty() {
        return output.line(none);
    }
    let cells = |row: &item::ItemRow| {
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
        &rows.items.iter().map(cells).collect::<Vec<_>>(),
    )?;
    match &rows.next {
        None => Ok(()),
        Some(next) => output.more(rows.items.len(), rows.total, rows.total_is_exact, next),
    }
}
