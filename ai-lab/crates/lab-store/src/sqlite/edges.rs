//! What waits for what, and that nothing waits for itself.

use std::collections::{BTreeMap, BTreeSet};

use lab_model::{Cycle, EntityKind, Uid, find_cycle};
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
    let name = |uid: &Uid| match names::label_of(connection, uid) {
        Ok(Some(label)) => Ok(label.to_string()),
        Ok(None) => Ok(uid.to_string()),
        Err(error) => Err(StoreError::from(error)),
    };
    Err(StoreError::Cycle {
        path: cycle.path.iter().map(name).collect::<Result<_, _>>()?,
    })
}
