//! Which entities to load, as a query for their uids.

use lab_model::{EntityKind, Uid};
use rusqlite::Connection;
use rusqlite::types::Value;

use super::conditions::Conditions;
use crate::ItemFilter;

/// A query with one column of uids, and its parameters.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    /// The query; its parameters are `?1`, `?2`, …
    pub(super) sql: String,
    /// The parameters.
    pub(super) parameters: Vec<Value>,
}

impl Selection {
    /// Exactly this one.
    pub(super) fn one(uid: &Uid) -> Self {
        Self {
            sql: "SELECT ?1".to_owned(),
            parameters: vec![uid.to_string().into()],
        }
    }

    /// All of a kind.
    pub(super) fn all(kind: EntityKind) -> Self {
        Self {
            sql: "SELECT uid FROM entities WHERE kind = ?1".to_owned(),
            parameters: vec![kind.to_string().into()],
        }
    }

    /// These, in any order.
    pub(super) fn these(uids: &[Uid]) -> Self {
        // One parameter, however many there are; a uid has nothing that JSON would escape.
        let quoted: Vec<String> = uids.iter().map(|uid| format!("\"{uid}\"")).collect();
        Self {
            sql: "SELECT value FROM json_each(?1)".to_owned(),
            parameters: vec![format!("[{}]", quoted.join(",")).into()],
        }
    }

    /// The items that pass a filter.
    pub(super) fn items(connection: &Connection, filter: &ItemFilter) -> rusqlite::Result<Self> {
        let conditions = Conditions::of(connection, filter)?;
        Ok(Self {
            sql: format!("SELECT i.uid FROM work_items AS i{}", conditions.sql()),
            parameters: conditions.parameters,
        })
    }
}
