//! Which entities to load, as a query for their uids.

use lab_model::{EntityKind, Uid};
use rusqlite::types::Value;

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
    pub(super) fn items(filter: &ItemFilter) -> Self {
        let mut conditions = Conditions::default();
        conditions.one_of("i.status", filter.statuses.iter());
        conditions.one_of("i.priority", filter.priorities.iter());
        conditions.equal("i.project_uid", filter.project.as_ref());
        conditions.equal("i.milestone_uid", filter.milestone.as_ref());
        conditions.equal("i.parent_uid", filter.parent.as_ref());
        for tag in &filter.labels {
            let tag = conditions.parameter(tag.to_string());
            conditions.clauses.push(format!(
                "EXISTS (SELECT 1 FROM tags WHERE tags.uid = i.uid AND tags.tag = {tag} COLLATE NOCASE)"
            ));
        }
        if let Some(text) = &filter.text {
            let pattern = conditions.parameter(format!("%{}%", escaped(text)));
            let columns = ["l.label", "i.title", "i.description", "i.notes"];
            let any = columns.map(|column| format!("{column} LIKE {pattern} ESCAPE '\\'"));
            conditions.clauses.push(format!("({})", any.join(" OR ")));
        }
        if !filter.all {
            conditions.clauses.push("e.archived = 0".to_owned());
            if filter.statuses.is_empty() {
                conditions
                    .clauses
                    .push("i.status NOT IN ('done', 'cancelled')".to_owned());
            }
        }
        conditions.into_selection()
    }
}

/// Clauses that must all hold.
#[derive(Default)]
struct Conditions {
    clauses: Vec<String>,
    parameters: Vec<Value>,
}

impl Conditions {
    /// Binds a value and answers with its place.
    fn parameter(&mut self, value: String) -> String {
        self.parameters.push(value.into());
        format!("?{}", self.parameters.len())
    }

    fn equal(&mut self, column: &str, value: Option<&Uid>) {
        if let Some(value) = value {
            let place = self.parameter(value.to_string());
            self.clauses.push(format!("{column} = {place}"));
        }
    }

    fn one_of(&mut self, column: &str, values: impl Iterator<Item = impl ToString>) {
        let places: Vec<String> = values
            .map(|value| self.parameter(value.to_string()))
            .collect();
        if !places.is_empty() {
            self.clauses
                .push(format!("{column} IN ({})", places.join(", ")));
        }
    }

    fn into_selection(self) -> Selection {
        let mut sql = "SELECT i.uid FROM work_items AS i JOIN entities AS e ON e.uid = i.uid \
                       JOIN entity_labels AS l ON l.uid = i.uid AND l.is_current = 1"
            .to_owned();
        if !self.clauses.is_empty() {
            sql.push_str(" WHERE ");
            sql.push_str(&self.clauses.join(" AND "));
        }
        Selection {
            sql,
            parameters: self.parameters,
        }
    }
}

/// A text whose `%` and `_` stand for themselves.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}
