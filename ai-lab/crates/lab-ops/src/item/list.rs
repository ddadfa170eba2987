//! Lists items.

use lab_model::{EntityKind, ItemStatus, Moment, Priority, Tag};
use lab_store::ItemFilter;

use super::ItemRow;
use crate::names::resolve_option;
use crate::{Lab, LabError};

/// Which items to list; the default is those that are neither settled nor put away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemQuery {
    /// Of these statuses.
    pub statuses: Vec<ItemStatus>,
    /// Of these priorities.
    pub priorities: Vec<Priority>,
    /// Of the project of this name.
    pub project: Option<String>,
    /// Of the milestone of this name.
    pub milestone: Option<String>,
    /// Parts of the item of this name.
    pub parent: Option<String>,
    /// With every one of these labels, in the sense of tags.
    pub labels: Vec<Tag>,
    /// With this text somewhere.
    pub text: Option<String>,
    /// Settled and put-away ones too.
    pub all: bool,
}

/// Lists items by label.
pub fn list(lab: &Lab, at: Moment, query: ItemQuery) -> Result<Vec<ItemRow>, LabError> {
    lab.read(at, |tx| {
        let filter = ItemFilter {
            project: resolve_option(tx, EntityKind::Project, query.project.as_ref())?,
            milestone: resolve_option(tx, EntityKind::Milestone, query.milestone.as_ref())?,
            parent: resolve_option(tx, EntityKind::Item, query.parent.as_ref())?,
            statuses: query.statuses,
            priorities: query.priorities,
            labels: query.labels,
            text: query.text,
            all: query.all,
        };
        let items = tx.items(&filter)?;
        Ok(ItemRow::all(tx, &items)?)
    })
}
