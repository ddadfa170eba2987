//! What each kind of entity brings along to be stored.

use lab_model::{Entity, EntityKind, Label, Uid};
use rusqlite::{Connection, OptionalExtension};

use super::row::parsed;
use super::selection::Selection;
use crate::StoreError;

/// An entity with tables of its own.
pub(super) trait Stored: Entity + Clone {
    /// Loads the selected ones, by label.
    fn load(connection: &Connection, selection: &Selection) -> rusqlite::Result<Vec<Self>>;

    /// Refuses what another entity has already and only one may have.
    fn check_unique(&self, connection: &Connection) -> Result<(), StoreError>;

    /// Writes its own row, new or changed.
    fn save_row(&self, connection: &Connection) -> rusqlite::Result<()>;

    /// Writes its parts that differ from those before; `None` for a new entity.
    fn save_parts(&self, connection: &Connection, before: Option<&Self>) -> rusqlite::Result<()>;
}

/// Whether a part is to be written: it changed, or is there in a new entity.
pub(super) fn differs<S, T: PartialEq + Default>(
    before: Option<&S>,
    now: &S,
    part: impl Fn(&S) -> &T,
) -> bool {
    match before {
        Some(before) => part(before) != part(now),
        None => *part(now) != T::default(),
    }
}

/// Sorts by label the way people count: `FRM-9` before `FRM-10`.
pub(super) fn by_label<S: Entity>(mut entities: Vec<S>) -> Vec<S> {
    entities.sort_by(|a, b| Label::counting_order(&a.head().label, &b.head().label));
    entities
}

/// Refuses a name that a query finds with another entity.
pub(super) fn check_free(
    connection: &Connection,
    kind: EntityKind,
    uid: &Uid,
    name: &str,
    sql: &str,
) -> Result<(), StoreError> {
    let owner: Option<Uid> = connection
        .prepare_cached(sql)?
        .query_row([name], |row| parsed(row, "uid"))
        .optional()?;
    match owner {
        Some(owner) if owner != *uid => Err(StoreError::Taken {
            kind,
            name: name.to_owned(),
        }),
        Some(_) | None => Ok(()),
    }
}

/// Inserts a row, or changes the one of the same uid; the first column is the uid.
///
/// Not `REPLACE`, which would delete whatever else stands in the way.
pub(super) fn upsert(table: &str, columns: &[&str]) -> String {
    let places: Vec<String> = (1..=columns.len())
        .map(|number| format!("?{number}"))
        .collect();
    let changes: Vec<String> = columns
        .iter()
        .skip(1)
        .map(|column| format!("{column} = excluded.{column}"))
        .collect();
    format!(
        "INSERT INTO {table} ({}) VALUES ({}) ON CONFLICT (uid) DO UPDATE SET {}",
        columns.join(", "),
        places.join(", "),
        changes.join(", ")
    )
}
