//! Why an item cannot go on, down to what can.

use std::collections::BTreeSet;

use lab_model::ready::hindrances;
use lab_model::{Dependency, EntityKind, Moment, Uid, WorkItem};
use lab_store::{Reader, StoreError};
use serde::Serialize;

use super::view::{sentences, statuses_of_dependencies};
use crate::names::{Labels, OrMissing};
use crate::{Lab, LabError};

/// How many items are told: a lab in which everything waits for everything is no answer.
const MOST_ITEMS: usize = 200;

/// Why an item cannot go on. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WhyBlocked {
    /// The item asked about, then everything that it waits for, each once, in the order in which it is met.
    pub items: Vec<Hindered>,
    /// The labels of those that could be started now, so that the rest may follow.
    pub could_start: Vec<String>,
    /// Whether there is more than is told.
    pub is_cut: bool,
}

/// An item on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hindered {
    /// What people call it.
    pub label: String,
    /// What is to be done.
    pub title: String,
    /// Where it stands.
    pub status: &'static str,
    /// How many waits lie between it and the item asked about.
    pub depth: usize,
    /// What stands in its way.
    pub hindrances: Vec<String>,
}

/// Follows what an item waits for, and what that waits for.
pub fn why_blocked(lab: &Lab, at: Moment, item: &str) -> Result<WhyBlocked, LabError> {
    lab.read(at, |tx| {
        let start = tx.resolve(EntityKind::Item, item)?;
        let mut told = WhyBlocked {
            items: Vec::new(),
            could_start: Vec::new(),
            is_cut: false,
        };
        let mut met = BTreeSet::from([start.clone()]);
        let mut to_tell = vec![(start, 0)];
        while let Some((uid, depth)) = to_tell.pop() {
            if told.items.len() >= MOST_ITEMS {
                told.is_cut = true;
                break;
            }
            let item = tx.item(&uid)?.or_missing(EntityKind::Item, &uid)?;
            let (row, waits) = hindered(tx, &item, depth)?;
            if row.hindrances.is_empty() {
                told.could_start.push(row.label.clone());
            }
            told.items.push(row);
            let new: Vec<Uid> = waits
                .into_iter()
                .filter(|it| met.insert(it.clone()))
                .collect();
            // From the back: what is met first is told first.
            to_tell.extend(new.into_iter().rev().map(|uid| (uid, depth + 1)));
        }
        Ok(told)
    })
}

/// An item with what stands in its way, and the items that it waits for.
fn hindered(
    tx: &dyn Reader,
    item: &WorkItem,
    depth: usize,
) -> Result<(Hindered, Vec<Uid>), StoreError> {
    let statuses = statuses_of_dependencies(tx, item)?;
    let found = hindrances(item, |uid| statuses.get(uid).copied());
    let mut waits: Vec<Uid> = item
        .dependencies
        .iter()
        .filter_map(|dependency| match dependency {
            Dependency::On(uid) => Some(uid),
            Dependency::Unresolved(_) => None,
        })
        .filter(|uid| item.parent.as_ref() != Some(uid))
        .filter(|uid| !statuses.get(uid).is_some_and(|it| it.is_settled()))
        .cloned()
        .collect();
    let labels = Labels::of_these(tx, waits.iter())?;
    waits.sort_by_cached_key(|uid| labels.name(uid));
    let row = Hindered {
        label: item.head.label.to_string(),
        title: item.title.clone(),
        status: item.status.as_str(),
        depth,
        hindrances: sentences(&found, &labels),
    };
    Ok((row, waits))
}
