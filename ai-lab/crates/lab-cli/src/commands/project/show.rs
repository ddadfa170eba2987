//! `ai-lab project show`

use lab_ops::project::{self, ProjectView};

use crate::commands::item::criteria;

use crate::context::Context;
use crate::failure::CommandError;
use crate::output::Output;

/// Show a project with everything about it
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which one: its label, or as much of it as no other has.
    project: String,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let view = project::show(&context.lab()?, context.by()?.at, &args.project)?;
    if args.json {
        return context.output.json(&view);
    }
    page(&view, context.output)
}

fn page(view: &ProjectView, output: &mut Output) -> Result<(), CommandError> {
    let row = &view.row;
    let progress = row.percent.map(|percent| {
        format!(
            "{percent}%, {} of {} items",
            row.items_done, row.items_total
        )
    });
    output.title(&row.label, &row.name)?;
    output.fields(&[
        ("status", Some(row.status.to_owned())),
        ("priority", Some(row.priority.to_owned())),
        ("progress", progress),
        ("prefix", row.prefix.clone()),
        ("category", view.category.clone()),
        ("visibility", Some(view.visibility.to_owned())),
        ("health", row.health.map(str::to_owned)),
        ("owner", view.owner.clone()),
        (
            "tags",
            (!view.tags.is_empty()).then(|| view.tags.join(", ")),
        ),
        ("start", view.start.clone()),
        ("target", row.target.clone()),
        ("source idea", view.source_idea.clone()),
        (
            "repository",
            view.repo.clone().or(view.repository_url.clone()),
        ),
        ("put away", view.archived.then(|| "yes".to_owned())),
    ])?;
    output.numbered("team", &view.team)?;
    output.numbered("objectives", &view.objectives)?;
    output.numbered("deliverables", &view.deliverables)?;
    output.numbered("technologies", &view.technologies)?;
    output.numbered("risks", &view.risks)?;
    output.numbered("acceptance criteria", &criteria(&view.criteria))?;
    output.text("vision", view.vision.as_deref().unwrap_or_default())?;
    output.text("description", &view.description)?;
    output.text("notes", view.notes.as_deref().unwrap_or_default())
}
