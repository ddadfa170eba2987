//! `ai-lab item show`

use lab_ops::item::{self, CriterionView, DependencyView, ItemView};

use crate::context::Context;
use crate::failure::CommandError;
use crate::output::Output;

/// Show an item with everything about it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which item: its label, or as much of it as no other item has.
    item: String,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let view = item::show(&context.lab()?, context.by()?.at, &args.item)?;
    if args.json {
        return context.output.json(&view);
    }
    page(&view, context.output)
}

fn page(view: &ItemView, output: &mut Output) -> Result<(), CommandError> {
    let row = &view.row;
    let hours = |hours: Option<f64>| hours.map(|hours| format!("{hours} h"));
    output.title(&row.label, &row.title)?;
    output.fields(&[
        ("status", Some(row.status.to_owned())),
        ("priority", Some(row.priority.to_owned())),
        ("type", Some(row.item_type.to_owned())),
        ("category", view.category.clone()),
        ("project", row.project.clone()),
        ("parent", row.parent.clone()),
        ("milestone", row.milestone.clone()),
        ("assignee", row.assignee.clone()),
        (
            "claimed",
            view.claim
                .as_ref()
                .map(|claim| format!("by {} until {}", claim.by, claim.until)),
        ),
        ("author", view.author.clone()),
        (
            "labels",
            (!row.labels.is_empty()).then(|| row.labels.join(", ")),
        ),
        ("due", row.due.clone()),
        ("estimate", hours(view.estimated_hours)),
        ("spent", hours(view.spent_hours)),
        (
            "github",
            view.github.as_ref().map(|it| {
                format!(
                    "{} #{}",
                    it.repo.as_deref().unwrap_or("(no repository)"),
                    it.number
                )
            }),
        ),
        (
            "also known as",
            (!view.aliases.is_empty()).then(|| view.aliases.join(", ")),
        ),
        ("created", view.created_at.clone()),
        ("updated", row.updated_at.clone()),
        ("started", view.started_at.clone()),
        ("settled", view.settled_at.clone()),
        ("put away", view.archived.then(|| "yes".to_owned())),
        ("draft", view.is_draft.then(|| "yes".to_owned())),
    ])?;
    work(view, output)
}

/// Writes what is to be done, and what stands in the way.
fn work(view: &ItemView, output: &mut Output) -> Result<(), CommandError> {
    if view.row.status == "todo" {
        let ready = if view.ready {
            vec!["now".to_owned()]
        } else {
            view.hindrances.clone()
        };
        output.entries("can be started", &ready)?;
    }
    output.entries("blocked by", &view.blockers)?;
    output.entries(
        "depends on",
        &view.dependencies.iter().map(dependency).collect::<Vec<_>>(),
    )?;
    output.entries("parts", &view.parts)?;
    output.numbered("acceptance criteria", &criteria(&view.criteria))?;
    output.text("description", &view.description)?;
    output.text("notes", view.notes.as_deref().unwrap_or_default())
}

fn dependency(dependency: &DependencyView) -> String {
    format!(
        "{} ({})",
        dependency.label,
        dependency.status.unwrap_or("unknown")
    )
}

/// Criteria with a tick each, and what shows that they hold.
pub(crate) fn criteria(criteria: &[CriterionView]) -> Vec<String> {
    let line = |it: &CriterionView| {
        let tick = if it.done { "[x]" } else { "[ ]" };
        let evidence = it
            .evidence
            .as_ref()
            .map(|text| format!(" ({text})"))
            .unwrap_or_default();
        format!("{tick} {}{evidence}", it.text)
    };
    criteria.iter().map(line).collect()
}

/// The item as lines of text, for a board.
pub(crate) fn as_lines(view: &ItemView) -> Vec<String> {
    let row = &view.row;
    let mut lines = vec![row.title.clone(), String::new()];
    let facts = [
        ("status", Some(row.status.to_owned())),
        ("priority", Some(row.priority.to_owned())),
        ("type", Some(row.item_type.to_owned())),
        ("project", row.project.clone()),
        ("parent", row.parent.clone()),
        ("milestone", row.milestone.clone()),
        ("assignee", row.assignee.clone()),
        ("due", row.due.clone()),
        (
            "labels",
            (!row.labels.is_empty()).then(|| row.labels.join(", ")),
        ),
        (
            "estimate",
            view.estimated_hours.map(|hours| format!("{hours} h")),
        ),
        ("spent", view.spent_hours.map(|hours| format!("{hours} h"))),
    ];
    let told = facts
        .into_iter()
        .filter_map(|(name, fact)| fact.map(|fact| (name, fact)));
    lines.extend(told.map(|(name, fact)| format!("{name:<10}{fact}")));
    let hindrances = if row.status == "todo" {
        &view.hindrances
    } else {
        &view.blockers
    };
    let lists = [
        ("in the way", hindrances.clone()),
        (
            "depends on",
            view.dependencies.iter().map(dependency).collect(),
        ),
        ("parts", view.parts.clone()),
        ("acceptance criteria", criteria(&view.criteria)),
        (
            "description",
            view.description.lines().map(str::to_owned).collect(),
        ),
        (
            "notes",
            view.notes
                .iter()
                .flat_map(|notes| notes.lines().map(str::to_owned))
                .collect(),
        ),
    ];
    for (name, entries) in lists {
        if !entries.is_empty() {
            lines.extend([String::new(), name.to_owned()]);
            lines.extend(entries.into_iter().map(|entry| format!("  {entry}")));
        }
    }
    lines
}
