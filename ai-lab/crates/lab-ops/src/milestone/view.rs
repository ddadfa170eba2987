//! What a milestone looks like from outside.

use lab_model::{Dependency, Milestone, Progress, Uid};
use lab_store::{ItemFilter, ItemOrder, PageRequest, Reader, StoreError};
use serde::Serialize;

use crate::names::Labels;

/// A milestone as one row of a listing. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MilestoneRow {
    /// What people call it.
    pub label: String,
    /// Its name.
    pub title: String,
    /// Its project's label.
    pub project: Option<String>,
    /// Where it stands.
    pub status: &'static str,
    /// By which day it should be reached.
    pub due: Option<String>,
    /// Items that are done.
    pub items_done: u64,
    /// Items that are done or still to be done.
    pub items_total: u64,
    /// Whole percent, rounded down; `null` without items.
    pub percent: Option<u64>,
}

/// Everything about a milestone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MilestoneView {
    /// What a listing shows.
    #[serde(flatten)]
    pub row: MilestoneRow,
    /// Its identity.
    pub uid: String,
    /// How often it was written.
    pub revision: u64,
    /// What it is.
    pub description: String,
    /// When it was reached.
    pub completed_at: Option<String>,
    /// Whatever else is worth keeping.
    pub notes: Option<String>,
    /// Milestones that come first.
    pub dependencies: Vec<String>,
    /// The labels of its items.
    pub items: Vec<String>,
    /// Put away.
    pub archived: bool,
}

impl MilestoneRow {
    pub(crate) fn new(milestone: &Milestone, progress: Progress, labels: &Labels) -> Self {
        Self {
            label: milestone.head.label.to_string(),
            title: milestone.title.clone(),
            project: labels.option(milestone.project.as_ref()),
            status: milestone.status.as_str(),
            due: milestone.due.map(|day| day.to_string()),
            items_done: progress.done,
            items_total: progress.total,
            percent: progress.percent(),
        }
    }
}

/// Looks a milestone up with its items.
pub(crate) fn view(tx: &dyn Reader, uid: &Uid) -> Result<Option<MilestoneView>, StoreError> {
    let Some(milestone) = tx.milestone(uid)? else {
        return Ok(None);
    };
    let on = milestone.dependencies.iter().filter_map(|it| match it {
        Dependency::On(uid) => Some(uid),
        Dependency::Unresolved(_) => None,
    });
    let labels = Labels::of_these(tx, milestone.project.iter().chain(on))?;
    let filter = ItemFilter {
        milestones: vec![Some(uid.clone())],
        all: true,
        ..ItemFilter::default()
    };
    let page = tx.item_page(&filter, ItemOrder::Label, &PageRequest::default())?;
    let progress = tx.tallies(Some(uid))?.progress();
    Ok(Some(MilestoneView {
        row: MilestoneRow::new(&milestone, progress, &labels),
        uid: uid.to_string(),
        revision: milestone.head.revision,
        completed_at: milestone.completed_at.map(|at| at.to_string()),
        dependencies: labels.dependencies(&milestone.dependencies),
        items: page.lines.iter().map(|it| it.label.to_string()).collect(),
        archived: milestone.head.archived,
        description: milestone.description,
        notes: milestone.notes,
    }))
}
