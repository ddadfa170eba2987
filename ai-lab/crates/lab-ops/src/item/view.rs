//! What an item looks like from outside.

use std::collections::BTreeMap;

use lab_model::ready::{Hindrance, hindrances};
use lab_model::{Dependency, ItemStatus, Label, Uid, WorkItem};
use lab_store::{ItemLine, Reader, StoreError};
use serde::Serialize;

use crate::names::Labels;

/// An item as one row of a listing. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ItemRow {
    /// What people call it.
    pub label: String,
    /// What is to be done, in one line.
    pub title: String,
    /// Where it stands.
    pub status: &'static str,
    /// How much it matters.
    pub priority: &'static str,
    /// What kind of work it is.
    #[serde(rename = "type")]
    pub item_type: &'static str,
    /// Its project's label.
    pub project: Option<String>,
    /// The label of the item it is a part of.
    pub parent: Option<String>,
    /// Its milestone's label.
    pub milestone: Option<String>,
    /// Who does it.
    pub assignee: Option<String>,
    /// By which day it should be done.
    pub due: Option<String>,
    /// Labels, in the sense of tags.
    pub labels: Vec<String>,
    /// When it was last changed.
    pub updated_at: Option<String>,
}

impl ItemRow {
    pub(crate) fn new(item: &WorkItem, labels: &Labels) -> Self {
        Self {
            label: item.head.label.to_string(),
            title: item.title.clone(),
            status: item.status.as_str(),
            priority: item.priority.as_str(),
            item_type: item.item_type.as_str(),
            project: labels.option(item.project.as_ref()),
            parent: labels.option(item.parent.as_ref()),
            milestone: labels.option(item.milestone.as_ref()),
            assignee: item.assignee.clone(),
            due: item.due.map(|day| day.to_string()),
            labels: item.labels.iter().map(ToString::to_string).collect(),
            updated_at: item.head.updated_at.map(|at| at.to_string()),
        }
    }

    /// A row as the store lists it.
    pub(crate) fn of_line(line: ItemLine) -> Self {
        let name = |label: Option<Label>| label.map(|label| label.to_string());
        Self {
            label: line.label.to_string(),
            title: line.title,
            status: line.status.as_str(),
            priority: line.priority.as_str(),
            item_type: line.item_type.as_str(),
            project: name(line.project),
            parent: name(line.parent),
            milestone: name(line.milestone),
            assignee: line.assignee,
            due: line.due.map(|day| day.to_string()),
            labels: line.labels.iter().map(ToString::to_string).collect(),
            updated_at: line.updated_at.map(|at| at.to_string()),
        }
    }

    /// Rows of items.
    pub(crate) fn all(tx: &dyn Reader, items: &[WorkItem]) -> Result<Vec<Self>, StoreError> {
        let pointed_to = items.iter().flat_map(|item| {
            [&item.project, &item.milestone, &item.parent]
                .into_iter()
                .filter_map(Option::as_ref)
        });
        let labels = Labels::of_these(tx, pointed_to)?;
        Ok(items.iter().map(|item| Self::new(item, &labels)).collect())
    }
}

/// A page of a listing. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ItemRows {
    /// The page.
    pub items: Vec<ItemRow>,
    /// How many there are in all; so many or more where [`ItemRows::total_is_exact`] is false.
    pub total: u64,
    /// Whether counting went to the end.
    pub total_is_exact: bool,
    /// What to give as `--after` for the next page; `null` on the last.
    pub next: Option<String>,
}

/// Everything about an item.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ItemView {
    /// What a listing shows.
    #[serde(flatten)]
    pub row: ItemRow,
    /// Its identity.
    pub uid: String,
    /// How often it was written.
    pub revision: u64,
    /// Labels that it had before.
    pub aliases: Vec<String>,
    /// What is to be done, at length.
    pub description: String,
    /// The person's own word for its kind.
    pub category: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// What has to be settled first.
    pub dependencies: Vec<DependencyView>,
    /// The labels of its parts.
    pub parts: Vec<String>,
    /// What must hold when it is done.
    pub criteria: Vec<CriterionView>,
    /// What keeps it from going on: open blockers only.
    pub blockers: Vec<String>,
    /// Whether it can be started now.
    pub ready: bool,
    /// What stands in the way of starting it.
    pub hindrances: Vec<String>,
    /// How long it should take.
    pub estimated_hours: Option<f64>,
    /// How long it took so far; `null` is unknown.
    pub spent_hours: Option<f64>,
    /// Whatever else is worth keeping.
    pub notes: Option<String>,
    /// Where an import found it.
    pub file_path: Option<String>,
    /// Its issue on GitHub.
    pub github: Option<GithubView>,
    /// Who said to be at it.
    pub claim: Option<ClaimView>,
    /// Not yet meant to be worked on.
    pub is_draft: bool,
    /// Put away.
    pub archived: bool,
    /// When it came to be.
    pub created_at: Option<String>,
    /// When it was started first.
    pub started_at: Option<String>,
    /// When it was settled.
    pub settled_at: Option<String>,
}

/// Who said to be at an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClaimView {
    /// Who, such as `agent:reviewer`.
    pub by: String,
    /// Until when; afterwards anyone may claim the item.
    pub until: String,
}

/// What has to be settled first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DependencyView {
    /// Its label.
    pub label: String,
    /// Where it stands; `null` where the label names nothing known.
    pub status: Option<&'static str>,
}

/// An acceptance criterion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CriterionView {
    /// What must hold.
    pub text: String,
    /// Whether it holds.
    pub done: bool,
    /// What shows it.
    pub evidence: Option<String>,
}

/// An issue on GitHub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GithubView {
    /// The repository's label; `null` where the number alone is known.
    pub repo: Option<String>,
    /// The number.
    pub number: u64,
}

/// Looks an item up with all that it points to.
pub(crate) fn view(tx: &dyn Reader, uid: &Uid) -> Result<Option<ItemView>, StoreError> {
    let Some(item) = tx.item(uid)? else {
        return Ok(None);
    };
    let on = item.dependencies.iter().filter_map(|it| match it {
        Dependency::On(uid) => Some(uid),
        Dependency::Unresolved(_) => None,
    });
    let repo = item.github.as_ref().and_then(|link| link.repo.as_ref());
    let pointed_to = [&item.project, &item.milestone, &item.parent];
    let pointed_to = pointed_to.into_iter().filter_map(Option::as_ref);
    let labels = Labels::of_these(tx, pointed_to.chain(repo).chain(on))?;
    let statuses = statuses_of_dependencies(tx, &item)?;
    let parts = tx.parts_of(uid)?;
    let found = hindrances(&item, |uid| statuses.get(uid).copied());
    let aliases = tx.aliases(uid)?;
    Ok(Some(ItemView {
        aliases: aliases.iter().map(Label::to_string).collect(),
        dependencies: dependencies(&item, &labels, &statuses),
        parts: parts.iter().map(Label::to_string).collect(),
        ready: found.is_empty(),
        hindrances: sentences(&found, &labels),
        ..of_item(&item, &labels)
    }))
}

/// The statuses of what an item depends on.
pub(crate) fn statuses_of_dependencies(
    tx: &dyn Reader,
    item: &WorkItem,
) -> Result<BTreeMap<Uid, ItemStatus>, StoreError> {
    let mut statuses = BTreeMap::new();
    for dependency in &item.dependencies {
        if let Dependency::On(uid) = dependency
            && let Some(status) = tx.item_status(uid)?
        {
            statuses.insert(uid.clone(), status);
        }
    }
    Ok(statuses)
}

/// What the item itself tells.
fn of_item(item: &WorkItem, labels: &Labels) -> ItemView {
    let time = |at: Option<lab_model::Moment>| at.map(|at| at.to_string());
    ItemView {
        row: ItemRow::new(item, labels),
        uid: item.head.uid.to_string(),
        revision: item.head.revision,
        aliases: Vec::new(),
        description: item.description.clone(),
        category: item.category.clone(),
        author: item.author.clone(),
        dependencies: Vec::new(),
        parts: Vec::new(),
        criteria: item.criteria.iter().map(CriterionView::new).collect(),
        blockers: item
            .open_blockers()
            .map(|blocker| blocker.text.clone())
            .collect(),
        ready: false,
        hindrances: Vec::new(),
        estimated_hours: item.estimated_hours.map(f64::from),
        spent_hours: item.total_spent().map(f64::from),
        notes: item.notes.clone(),
        file_path: item.file_path.clone(),
        github: item.github.as_ref().map(|link| GithubView {
            repo: labels.option(link.repo.as_ref()),
            number: link.number,
        }),
        claim: item.claim.as_ref().map(|claim| ClaimView {
            by: claim.by.to_string(),
            until: claim.until.to_string(),
        }),
        is_draft: item.is_draft,
        archived: item.head.archived,
        created_at: time(item.head.created_at),
        started_at: time(item.started_at),
        settled_at: time(item.settled_at),
    }
}

impl CriterionView {
    pub(crate) fn new(criterion: &lab_model::Criterion) -> Self {
        Self {
            text: criterion.text.clone(),
            done: criterion.done,
            evidence: criterion.evidence.clone(),
        }
    }
}

fn dependencies(
    item: &WorkItem,
    labels: &Labels,
    statuses: &BTreeMap<Uid, ItemStatus>,
) -> Vec<DependencyView> {
    let view = |dependency: &Dependency| match dependency {
        Dependency::On(uid) => DependencyView {
            label: labels.name(uid),
            status: statuses.get(uid).map(|status| status.as_str()),
        },
        Dependency::Unresolved(label) => DependencyView {
            label: label.clone(),
            status: None,
        },
    };
    let mut views: Vec<DependencyView> = item.dependencies.iter().map(view).collect();
    views.sort_by(|a, b| a.label.cmp(&b.label));
    views
}

/// Everything that stands in the way, in words, in an order that does not depend on uids.
pub(crate) fn sentences(hindrances: &[Hindrance], labels: &Labels) -> Vec<String> {
    let mut sentences: Vec<String> = hindrances
        .iter()
        .map(|hindrance| sentence(hindrance, labels))
        .collect();
    sentences.sort();
    sentences
}

fn sentence(hindrance: &Hindrance, labels: &Labels) -> String {
    match hindrance {
        Hindrance::Status(status) => format!("it is {status}"),
        Hindrance::Draft => "it is a draft".to_owned(),
        Hindrance::Archived => "it is put away".to_owned(),
        Hindrance::Blocker(text) => format!("blocked: {text}"),
        Hindrance::Waits(uid) => format!("waits for {}", labels.name(uid)),
        Hindrance::Unresolved(label) => format!("waits for {label}, which nobody knows"),
    }
}
