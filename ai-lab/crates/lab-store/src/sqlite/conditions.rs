//! From a filter to SQL: every condition, and which of them an index is walked by.

use lab_model::Tag;
use rusqlite::Connection;
use rusqlite::types::Value;

use super::words::Words;
use crate::{DueFilter, ItemFilter};

/// Up to how many rows a condition may let through to be looked up one by one and then sorted; where more would,
/// the items are walked in order and tested instead.
pub(super) const FEW: u32 = 500;

/// How many items are looked at to count those that pass: beyond it a count takes as long as the lab is large.
const MOST_WALKED: u32 = 2_000;

/// Conditions on `work_items AS i` that must all hold, with their parameters.
#[derive(Debug)]
pub(super) struct Conditions {
    /// The one that an index is walked by: every other column is kept from choosing one.
    leading: Option<String>,
    clauses: Vec<String>,
    pub(super) parameters: Vec<Value>,
    /// Whether counting would take long: what is looked for has to be gathered first.
    pub(super) is_slow: bool,
}

impl Conditions {
    /// The conditions of a filter. The one that is met least often leads, as far as that is known.
    pub(super) fn of(connection: &Connection, filter: &ItemFilter) -> rusqlite::Result<Self> {
        let mut all = Self {
            leading: None,
            clauses: Vec::new(),
            parameters: Vec::new(),
            is_slow: false,
        };
        if let Some(text) = &filter.text {
            all.text(connection, text)?;
        }
        for tag in &filter.labels {
            all.tag(connection, tag)?;
        }
        all.names("i.parent_uid", &filter.parents);
        all.names("i.milestone_uid", &filter.milestones);
        all.names("i.assignee", &filter.assignees);
        all.words("i.stand", &filter.stands);
        all.names("i.project_uid", &filter.projects);
        if let Some(due) = filter.due {
            all.due(connection, due)?;
        }
        all.words("i.status", &filter.statuses);
        all.words("i.item_type", &filter.types);
        all.words("i.priority", &filter.priorities);
        for tag in &filter.without_labels {
            let tag = all.parameter(tag.as_str().to_owned());
            all.clauses.push(format!("NOT {}", has_tag(&tag)));
        }
        if !filter.all && filter.stands.is_empty() {
            if filter.statuses.is_empty() {
                all.add("i.listed", true, |column| format!("{column} = 1"));
            } else {
                all.clauses.push("+i.archived = 0".to_owned());
            }
        }
        Ok(all)
    }

    /// All of them as what follows a table's name; empty without any.
    pub(super) fn sql(&self) -> String {
        let all: Vec<&str> = self
            .leading
            .iter()
            .chain(&self.clauses)
            .map(String::as_str)
            .collect();
        if all.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", all.join(" AND "))
        }
    }

    /// A query for how many of the first few items were looked at, and how many of them pass.
    pub(super) fn counting(&mut self) -> (String, u32) {
        let limit = self.parameter(i64::from(MOST_WALKED) + 1);
        let leading = self.leading.as_ref();
        let leading = leading.map_or(String::new(), |clause| format!(" WHERE {clause}"));
        let pass = if self.clauses.is_empty() {
            "1".to_owned()
        } else {
            self.clauses.join(" AND ")
        };
        let sql = format!(
            "SELECT count(*) AS walked, count(*) FILTER (WHERE {pass}) AS passed \
             FROM (SELECT i.* FROM work_items AS i{leading} LIMIT {limit}) AS i"
        );
        (sql, MOST_WALKED)
    }

    /// One more, about parameters that were bound before.
    pub(super) fn push(&mut self, clause: String) {
        self.clauses.push(clause);
    }

    /// Binds a value and answers with its place.
    pub(super) fn parameter(&mut self, value: impl Into<Value>) -> String {
        self.parameters.push(value.into());
        format!("?{}", self.parameters.len())
    }

    /// Adds a condition on a column. The first that may lead is left to an index.
    fn add(&mut self, column: &str, may_lead: bool, clause: impl FnOnce(&str) -> String) {
        if may_lead && self.leading.is_none() {
            self.leading = Some(clause(column));
        } else {
            self.clauses.push(clause(&format!("+{column}")));
        }
    }

    fn words(&mut self, column: &str, words: &[impl ToString]) {
        if words.is_empty() {
            return;
        }
        let places: Vec<String> = words
            .iter()
            .map(|word| self.parameter(word.to_string()))
            .collect();
        // Of several values the rows would have to be sorted: one value leads, or none.
        self.add(column, places.len() == 1, |column| {
            is_one_of(column, &places)
        });
    }

    fn names(&mut self, column: &str, names: &[Option<impl ToString>]) {
        if names.is_empty() {
            return;
        }
        let places: Vec<String> = names
            .iter()
            .flatten()
            .map(|name| self.parameter(name.to_string()))
            .collect();
        let with_none = names.iter().any(Option::is_none);
        let lead = places.len() == 1 && !with_none;
        self.add(column, lead, |column| {
            let mut either = Vec::new();
            if !places.is_empty() {
                either.push(is_one_of(column, &places));
            }
            if with_none {
                either.push(format!("{column} IS NULL"));
            }
            format!("({})", either.join(" OR "))
        });
    }

    fn tag(&mut self, connection: &Connection, tag: &Tag) -> rusqlite::Result<()> {
        let count =
            "SELECT count(*) FROM (SELECT 1 FROM tags WHERE tag = ?1 COLLATE NOCASE LIMIT ?2)";
        let few = self.leading.is_none()
            && counted(connection, count, tag.as_str().to_owned().into(), FEW)? <= FEW;
        let tag = self.parameter(tag.as_str().to_owned());
        if few {
            self.leading = Some(format!(
                "i.uid IN (SELECT uid FROM tags WHERE tag = {tag} COLLATE NOCASE)"
            ));
        } else {
            self.clauses.push(has_tag(&tag));
        }
        Ok(())
    }

    fn due(&mut self, connection: &Connection, due: DueFilter) -> rusqlite::Result<()> {
        let (from, to) = match due {
            DueFilter::Never => {
                self.clauses.push("i.due_day IS NULL".to_owned());
                return Ok(());
            }
            DueFilter::Between(from, to) => (from, to),
        };
        let from = from.map_or(String::new(), |day| day.to_string());
        // Above every digit.
        let to = to.map_or("~".to_owned(), |day| day.to_string());
        let count = "SELECT count(*) FROM (SELECT 1 FROM work_items \
                     WHERE due_day >= substr(?1, 1, 10) AND due_day <= substr(?1, 12) LIMIT ?2)";
        let bounds = format!("{from:10} {to}");
        let few = self.leading.is_none() && counted(connection, count, bounds.into(), FEW)? <= FEW;
        let (from, to) = (self.parameter(from), self.parameter(to));
        self.add("i.due_day", few, |column| {
            format!("{column} >= {from} AND {column} <= {to}")
        });
        Ok(())
    }

    fn text(&mut self, connection: &Connection, text: &str) -> rusqlite::Result<()> {
        let Some(words) = Words::of(text) else {
            self.clauses.push("0".to_owned());
            return Ok(());
        };
        let few = !words.are_had_by_more_than(connection, FEW)?;
        let words = self.parameter(words.begun());
        if few {
            self.leading = Some(format!(
                "i.uid IN (SELECT s.uid FROM search_words AS w JOIN searched AS s ON s.seq = w.rowid \
                 WHERE w.search_words MATCH {words})"
            ));
        } else {
            self.is_slow = true;
            self.clauses.push(format!(
                "(SELECT s.seq FROM searched AS s WHERE s.uid = i.uid) \
                 IN (SELECT w.rowid FROM search_words AS w WHERE w.search_words MATCH {words})"
            ));
        }
        Ok(())
    }
}

/// What a query counts that stops at its second parameter: at most one more than so many.
fn counted(connection: &Connection, sql: &str, value: Value, most: u32) -> rusqlite::Result<u32> {
    connection
        .prepare_cached(sql)?
        .query_row([value, Value::from(most + 1)], |row| row.get(0))
}

fn is_one_of(column: &str, places: &[String]) -> String {
    match places {
        [place] => format!("{column} = {place}"),
        [..] => format!("{column} IN ({})", places.join(", ")),
    }
}

fn has_tag(place: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM tags WHERE tags.uid = i.uid AND tags.tag = {place} COLLATE NOCASE)"
    )
}
