//! `ai-lab milestone show`

use lab_ops::milestone::{self, MilestoneView};

use crate::context::Context;
use crate::failure::CommandError;
use crate::output::Output;

/// Show a milestone with everything about it
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which one: its label, or as much of it as no other has.
    milestone: String,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let view = milestone::show(&context.lab()?, context.by()?.at, &args.milestone)?;
    if args.json {
        return context.output.json(&view);
    }
    page(&view, context.output)
}

fn page(view: &MilestoneView, output: &mut Output) -> Result<(), CommandError> {
    let row = &view.row;
    let progress = row.percent.map(|percent| {
        format!(
            "{percent}%, {} of {} items",
            row.items_done, row.items_total
        )
    });
    output.title(&row.label, &row.title)?;
    output.fields(&[
        ("status", Some(row.status.to_owned())),
        ("progress", progress),
        ("project", row.project.clone()),
        ("due", row.due.clone()),
        ("completed", view.completed_at.clone()),
        ("put away", view.archived.then(|| "yes".to_owned())),
    ])?;
    output.entries("depends on", &view.dependencies)?;
    output.entries("items", &view.items)?;
    output.text("description", &view.description)?;
    output.text("notes", view.notes.as_deref().unwrap_or_default())
}
