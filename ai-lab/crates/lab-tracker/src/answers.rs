//! What an agent is told. Fields are left out where there is nothing to tell.

use lab_ops::item::{CriterionView, DependencyView, ItemRow, ItemView};
use schemars::JsonSchema;
use serde::Serialize;

use crate::budget::{Room, cut, entries};

/// A page of items.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Rows {
    /// The items of the page.
    pub(crate) items: Vec<Row>,
    /// How many there are in all; so many or more where `more` is true.
    pub(crate) total: u64,
    /// Counting stopped there.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) more: bool,
    /// What to add to the same call for the next page; left out on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

/// An item in a listing.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Row {
    /// Its label.
    pub(crate) id: String,
    /// Where it stands.
    pub(crate) status: String,
    /// How much it matters, where that is not medium.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) priority: Option<String>,
    /// By which day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) due: Option<String>,
    /// Who does it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assignee: Option<String>,
    /// What is to be done.
    pub(crate) title: String,
    /// Where a word was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) snippet: Option<String>,
}

/// The characters of a title in a listing.
const TITLE_CHARACTERS: usize = 120;

impl Row {
    /// A row of a listing.
    pub(crate) fn of(row: &ItemRow) -> Self {
        Self {
            id: cut(&row.label, TITLE_CHARACTERS),
            status: row.status.to_owned(),
            priority: (row.priority != "medium").then(|| row.priority.to_owned()),
            due: row.due.clone(),
            assignee: row
                .assignee
                .as_ref()
                .map(|name| cut(name, TITLE_CHARACTERS)),
            title: cut(&row.title, TITLE_CHARACTERS),
            snippet: None,
        }
    }
}

/// An item.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct Item {
    /// Its label.
    pub(crate) id: String,
    /// Give it back with a change: a later one refuses it.
    pub(crate) version: u64,
    /// What is to be done, in one line.
    pub(crate) title: String,
    /// Where it stands.
    pub(crate) status: String,
    /// How much it matters.
    pub(crate) priority: String,
    /// What kind of work it is.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// Its project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) project: Option<String>,
    /// The item that it is a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parent: Option<String>,
    /// Its milestone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) milestone: Option<String>,
    /// Who does it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assignee: Option<String>,
    /// Who has claimed it, and until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) claimed: Option<String>,
    /// By which day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) due: Option<String>,
    /// How many hours it should take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) estimated_hours: Option<f64>,
    /// How many it took so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) spent_hours: Option<f64>,
    /// Labels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) labels: Vec<String>,
    /// What has to be settled first, with where it stands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) depends_on: Vec<String>,
    /// What stands in the way of starting it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) hindrances: Vec<String>,
    /// Its parts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) parts: Vec<String>,
    /// What must hold when it is done, numbered from 1; `[x]` holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) criteria: Vec<String>,
    /// What is to be done, at length.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) description: String,
    /// Whatever else is worth knowing.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) notes: String,
    /// What it is a part of, at length, where that helps to begin.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) parent_description: String,
    /// The labels of parts made by this call.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) made: Vec<String>,
    /// How to go on.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) go_on: String,
}

impl Item {
    /// Everything that there is room for.
    pub(crate) fn of(view: &ItemView, room: Room) -> Self {
        let row = &view.row;
        let text = |text: &String| cut(text, room.text);
        let name = |name: &Option<String>| name.as_ref().map(text);
        let hindrances = if row.status == "todo" {
            &view.hindrances
        } else {
            &view.blockers
        };
        Self {
            id: text(&row.label),
            version: view.revision,
            title: text(&row.title),
            status: row.status.to_owned(),
            priority: row.priority.to_owned(),
            kind: row.item_type.to_owned(),
            project: name(&row.project),
            parent: name(&row.parent),
            milestone: name(&row.milestone),
            assignee: name(&row.assignee),
            claimed: view
                .claim
                .as_ref()
                .map(|claim| cut(&format!("{} until {}", claim.by, claim.until), room.text)),
            due: row.due.clone(),
            estimated_hours: view.estimated_hours,
            spent_hours: view.spent_hours,
            labels: entries(&row.labels, room, Clone::clone),
            depends_on: entries(&view.dependencies, room, dependency),
            hindrances: entries(hindrances, room, Clone::clone),
            parts: entries(&view.parts, room, Clone::clone),
            criteria: criteria(&view.criteria, room),
            description: text(&view.description),
            notes: view.notes.as_ref().map(text).unwrap_or_default(),
            ..Self::default()
        }
    }
}

fn dependency(on: &DependencyView) -> String {
    format!("{} ({})", on.label, on.status.unwrap_or("unknown"))
}

fn criteria(all: &[CriterionView], room: Room) -> Vec<String> {
    let numbered: Vec<(usize, &CriterionView)> = (1..).zip(all).collect();
    entries(&numbered, room, |(number, it)| {
        let tick = if it.done { 'x' } else { ' ' };
        let evidence = it.evidence.as_deref().map(|text| format!(" ({text})"));
        format!(
            "{number}. [{tick}] {}{}",
            it.text,
            evidence.unwrap_or_default()
        )
    })
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes by reference"
)]
const fn is_false(value: &bool) -> bool {
    !*value
}
