//! `ai-lab idea show`

use lab_ops::idea::{self, IdeaView};

use crate::commands::item::criteria;

use crate::context::Context;
use crate::failure::CommandError;
use crate::output::Output;

/// Show an idea with everything about it
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which one: its label, or as much of it as no other has.
    idea: String,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let view = idea::show(&context.lab()?, context.by()?.at, &args.idea)?;
    if args.json {
        return context.output.json(&view);
    }
    page(&view, context.output)
}

/// Writes an idea with everything about it.
pub(super) fn page(view: &IdeaView, output: &mut Output) -> Result<(), CommandError> {
    let row = &view.row;
    output.title(&row.label, &row.title)?;
    output.fields(&[
        ("status", Some(row.status.to_owned())),
        ("priority", Some(row.priority.to_owned())),
        ("category", row.category.clone()),
        ("effort", row.effort.clone()),
        ("project", row.related_project.clone()),
        ("for", view.target_audience.clone()),
        ("author", view.author.clone()),
        (
            "tags",
            (!view.tags.is_empty()).then(|| view.tags.join(", ")),
        ),
        (
            "depends on",
            (!view.dependencies.is_empty()).then(|| view.dependencies.join(", ")),
        ),
        ("created", view.created_at.clone()),
        ("updated", view.updated_at.clone()),
        ("put away", view.archived.then(|| "yes".to_owned())),
    ])?;
    output.numbered("open_questions", &view.open_questions)?;
    output.numbered("next_steps", &view.next_steps)?;
    output.numbered("benefits", &view.benefits)?;
    output.numbered("prerequisites", &view.prerequisites)?;
    output.numbered("acceptance criteria", &criteria(&view.criteria))?;
    output.text("description", &view.description)?;
    output.text("notes", view.notes.as_deref().unwrap_or_default())
}
