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

/// Refuses kinds whose edges go round in a circle.
pub(super) fn check(
    connection: &Connection,
    kinds: &BTreeSet<EntityKind>,
) -> Result<(), StoreError> {
    for kind in kinds {
        refuse(connection, find_cycle(&dependencies(connection, *kind)?))?;
        if *kind == EntityKind::Item {
            refuse(connection, find_cycle(&parents(connection)?))?;
        }
    }
    Ok(())
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
