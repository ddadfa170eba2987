//! What waits for what, and that nothing waits for itself.

use std::collections::{BTreeMap, BTreeSet};

use lab_model::{Cycle, EntityKind, Label, Uid, find_cycle};
use rusqlite::Connection;

use super::names;
use super::row::parsed;
use crate::StoreError;

/// Edges from an entity to what it waits for.
pub(super) type Edges = BTreeMap<Uid, BTreeSet<Uid>>;

/// What depends on what within a kind; an item's edge to its own parent is parentage.
pub(super) fn dependencies(connection: &Connection, kind: EntityKind) -> rusqlite::Result<Edges> {
    load(
        connection,
        "SELECT d.uid AS from_uid, d.on_uid AS to_uid FROM dependencies AS d \
         LEFT JOIN work_items AS i ON i.uid = d.uid \
         WHERE d.kind = ?1 AND d.on_uid IS NOT i.parent_uid",
        kind,
    )
}

/// Which item is a part of which.
fn parents(connection: &Connection) -> rusqlite::Result<Edges> {
    let sql = "SELECT uid AS from_uid, parent_uid AS to_uid FROM work_items \
               WHERE parent_uid IS NOT NULL AND ?1 IS NOT NULL";
    load(connection, sql, EntityKind::Item)
}

fn load(connection: &Connection, sql: &str, kind: EntityKind) -> rusqlite::Result<Edges> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([kind.as_str()])?;
    let mut edges = Edges::new();
    while let Some(row) = rows.next()? {
        edges
            .entry(parsed(row, "from_uid")?)
            .or_default()
            .insert(parsed(row, "to_uid")?);
    }
    Ok(edges)
}

/// Up to how many changed entities only what they lead to is looked at.
const FEW: usize = 200;

/// Refuses changed entities from which a way leads back to themselves.
///
/// A new circle has a new edge, and every new edge starts at an entity that was changed.
pub(super) fn check(
    connection: &Connection,
    changed: &BTreeMap<EntityKind, BTreeSet<Uid>>,
) -> Result<(), StoreError> {
    for (kind, uids) in changed {
        let few = uids.len() <= FEW;
        let edges = if few {
            reached(connection, uids, DEPENDENCIES_OF)?
        } else {
            dependencies(connection, *kind)?
        };
        refuse(connection, find_cycle(&edges))?;
        if *kind == EntityKind::Item {
            let edges = if few {
                reached(connection, uids, PARENT_OF)?
            } else {
                parents(connection)?
            };
            refuse(connection, find_cycle(&edges))?;
        }
    }
    Ok(())
}

/// What one entity depends on; an item's edge to its own parent is parentage.
const DEPENDENCIES_OF: &str = "SELECT d.on_uid AS to_uid FROM dependencies AS d \
     LEFT JOIN work_items AS i ON i.uid = d.uid \
     WHERE d.uid = ?1 AND d.on_uid IS NOT i.parent_uid";

/// What one item is a part of.
const PARENT_OF: &str =
    "SELECT parent_uid AS to_uid FROM work_items WHERE uid = ?1 AND parent_uid IS NOT NULL";

/// Every edge on a way that begins at one of some entities.
fn reached(
    connection: &Connection,
    from: &BTreeSet<Uid>,
    edges_of: &str,
) -> rusqlite::Result<Edges> {
    let mut statement = connection.prepare_cached(edges_of)?;
    let mut edges = Edges::new();
    let mut to_visit: Vec<Uid> = from.iter().cloned().collect();
    while let Some(at) = to_visit.pop() {
        if edges.contains_key(&at) {
            continue;
        }
        let to: BTreeSet<Uid> = statement
            .query_map([at.as_str()], |row| parsed(row, "to_uid"))?
            .collect::<rusqlite::Result<_>>()?;
        to_visit.extend(to.iter().cloned());
        edges.insert(at, to);
    }
    Ok(edges)
}

fn refuse(connection: &Connection, cycle: Option<Cycle>) -> Result<(), StoreError> {
    let Some(cycle) = cycle else { return Ok(()) };
    // The last is the first again: off with it, and on again once the smallest label leads.
    let around = cycle.path.iter().skip(1);
    let mut labels = around
        .map(|uid| names::label_of(connection, uid))
        .collect::<rusqlite::Result<Option<Vec<Label>>>>()?
        .unwrap_or_default();
    let lead = (0..labels.len()).min_by(|a, b| Label::counting_order(&labels[*a], &labels[*b]));
    labels.rotate_left(lead.unwrap_or(0));
    labels.extend(labels.first().cloned());
    Err(StoreError::Cycle {
        path: labels.iter().map(Label::to_string).collect(),
    })
}
