//! What can be started now, and what stands in the way of the rest.

use crate::words::words;
use crate::{Dependency, ItemStatus, Uid, WorkItem};

words! {
    /// What can happen to an item next: one word for status, blockers and dependencies together.
    Stand, "stand", {
        /// It can be started now.
        Ready = "ready",
        /// It is to do, and another item has to be settled first.
        Waiting = "waiting",
        /// A blocker holds, or it is blocked as a whole.
        Blocked = "blocked",
        /// Someone is at it, or it waits for someone's look.
        UnderWay = "under_way",
        /// Not yet meant to be worked on.
        Draft = "draft",
        /// Done or cancelled.
        Settled = "settled",
        /// Put away.
        Away = "away",
    }
}

/// Where an item stands, everything considered; [`Stand::Ready`] exactly where [`is_ready`].
pub fn stand(item: &WorkItem, status_of: impl Fn(&Uid) -> Option<ItemStatus>) -> Stand {
    if item.head.archived {
        return Stand::Away;
    }
    let held = item.open_blockers().next().is_some();
    match item.status {
        ItemStatus::Done | ItemStatus::Cancelled => Stand::Settled,
        ItemStatus::Blocked => Stand::Blocked,
        ItemStatus::Todo | ItemStatus::InProgress | ItemStatus::Review if held => Stand::Blocked,
        ItemStatus::InProgress | ItemStatus::Review => Stand::UnderWay,
        ItemStatus::Todo if item.is_draft => Stand::Draft,
        ItemStatus::Todo if unsettled(item, status_of).next().is_some() => Stand::Waiting,
        ItemStatus::Todo => Stand::Ready,
    }
}

/// Why an item cannot be started now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// It is under way or settled, or blocked as a whole.
    Status(ItemStatus),
    /// It is a draft.
    Draft,
    /// It is put away.
    Archived,
    /// A blocker holds: its text.
    Blocker(String),
    /// Another item is not settled.
    Waits(Uid),
    /// A label that names nothing known.
    Unresolved(String),
}

/// Everything that stands in the way of starting an item; nothing means that it is ready.
///
/// Ready is: to do, no draft, not put away, no open blocker, every dependency settled. A dependency on the
/// own parent is parentage and no dependency: a part cannot wait for its whole. `status_of` tells the
/// status of another item; `None` for one that is not there, which hinders.
pub fn hindrances(
    item: &WorkItem,
    status_of: impl Fn(&Uid) -> Option<ItemStatus>,
) -> Vec<Hindrance> {
    let mut found = Vec::new();
    if item.status != ItemStatus::Todo {
        found.push(Hindrance::Status(item.status));
    }
    if item.is_draft {
        found.push(Hindrance::Draft);
    }
    if item.head.archived {
        found.push(Hindrance::Archived);
    }
    found.extend(
        item.open_blockers()
            .map(|blocker| Hindrance::Blocker(blocker.text.clone())),
    );
    found.extend(unsettled(item, status_of));
    found
}

/// Whether an item can be started now; see [`hindrances`].
pub fn is_ready(item: &WorkItem, status_of: impl Fn(&Uid) -> Option<ItemStatus>) -> bool {
    hindrances(item, status_of).is_empty()
}

/// The dependencies that are not settled, the own parent aside.
pub(crate) fn unsettled(
    item: &WorkItem,
    status_of: impl Fn(&Uid) -> Option<ItemStatus>,
) -> impl Iterator<Item = Hindrance> {
    item.dependencies
        .iter()
        .filter_map(move |dependency| match dependency {
            Dependency::On(uid) if item.parent.as_ref() == Some(uid) => None,
            Dependency::On(uid) if status_of(uid).is_some_and(ItemStatus::is_settled) => None,
            Dependency::On(uid) => Some(Hindrance::Waits(uid.clone())),
            Dependency::Unresolved(label) => Some(Hindrance::Unresolved(label.clone())),
        })
}

#[cfg(test)]
mod tests;
