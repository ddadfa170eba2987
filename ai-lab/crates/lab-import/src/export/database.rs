//! Writes a database with the predecessor's schema and rows.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::plan::{DatabaseExport, TableExport};
use crate::node::Node;
use crate::read::cell::{from_leaf, is_raw_text};
use crate::read::quote;

/// Why a database could not be written again.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// `SQLite` said no.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// A kept value is none that a column had.
    #[error("row {row} of {table} has an unreadable value in {column}")]
    Value {
        /// The table.
        table: String,
        /// The row's number.
        row: i64,
        /// The column.
        column: String,
    },
}

/// What was written of one database.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) rows: usize,
    pub(super) left_out: Vec<String>,
}

/// Writes a new database file; nothing may be at that path.
pub(super) fn write_database(
    path: &Path,
    database: &DatabaseExport,
) -> Result<Written, DatabaseError> {
    let mut connection = Connection::open(path)?;
    // The rows are the predecessor's, violations included.
    connection.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA trusted_schema = OFF")?;
    let transaction = connection.transaction()?;
    let mut written = Written::default();
    let entries = entries(&database.schema);
    // Tables first, then their rows, then what could act on rows: indexes, views, triggers.
    for entry in entries.iter().filter(|entry| entry.kind == "table") {
        create(&transaction, entry, &mut written)?;
    }
    for (name, table) in &database.tables {
        written.rows += fill(&transaction, name, table)?;
    }
    for entry in entries.iter().filter(|entry| entry.kind != "table") {
        create(&transaction, entry, &mut written)?;
    }
    if let Some(Node::Leaf(version)) = database.schema.member("user_version")
        && let Ok(version) = version.parse::<i32>()
    {
        transaction.pragma_update(None, "user_version", version)?;
    }
    transaction.commit()?;
    Ok(written)
}

struct Entry {
    kind: String,
    name: String,
    sql: String,
}

/// The schema's entries with a statement of their own; `SQLite` makes the rest by itself.
fn entries(schema: &Node) -> Vec<Entry> {
    let Some(Node::Array(entries)) = schema.member("entries") else {
        return Vec::new();
    };
    let text = |entry: &Node, name: &str| entry.member(name).and_then(Node::as_text);
    entries
        .iter()
        .filter_map(|entry| {
            Some(Entry {
                kind: text(entry, "type")?,
                name: text(entry, "name")?,
                sql: text(entry, "sql")?,
            })
        })
        .collect()
}

fn create(
    connection: &Connection,
    entry: &Entry,
    written: &mut Written,
) -> Result<(), DatabaseError> {
    let is_made_by_itself = entry.name.starts_with("sqlite_");
    let is_virtual = entry.sql.to_ascii_uppercase().starts_with("CREATE VIRTUAL");
    if is_virtual {
        written
            .left_out
            .push(format!("{} {}", entry.kind, entry.name));
    } else if !is_made_by_itself {
        connection.execute_batch(&entry.sql)?;
    }
    Ok(())
}

fn fill(connection: &Connection, name: &str, table: &TableExport) -> Result<usize, DatabaseError> {
    if name == "sqlite_sequence" {
        // Inserting counted up already; what was kept is the truth.
        connection.execute_batch("DELETE FROM sqlite_sequence")?;
    } else if name == "sqlite_stat1" {
        connection.execute_batch("ANALYZE; DELETE FROM sqlite_stat1")?;
    }
    let without_rowid: bool = connection.query_row(
        "SELECT coalesce(max(wr), 0) FROM pragma_table_list WHERE schema = 'main' AND name = ?1",
        [name],
        |row| row.get(0),
    )?;
    for (number, row) in &table.rows {
        insert(connection, name, (!without_rowid).then_some(*number), row)?;
    }
    Ok(table.rows.len())
}

fn insert(
    connection: &Connection,
    table: &str,
    number: Option<i64>,
    row: &Node,
) -> Result<(), DatabaseError> {
    let Node::Object(members) = row else {
        return Ok(());
    };
    let numbered = ["rowid", "_rowid_", "oid"].into_iter().find(|name| {
        !members
            .iter()
            .any(|(column, _)| column.eq_ignore_ascii_case(name))
    });
    let mut columns: Vec<String> = Vec::new();
    let mut places: Vec<&str> = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    if let (Some(name), Some(number)) = (numbered, number) {
        columns.push(name.to_owned());
        places.push("?");
        values.push(Value::Integer(number));
    }
    for (column, value) in members {
        let text = value.to_text();
        columns.push(quote(column));
        // Text that is not UTF-8 can only be bound as bytes.
        places.push(if is_raw_text(&text) {
            "CAST(? AS TEXT)"
        } else {
            "?"
        });
        values.push(from_leaf(&text).ok_or_else(|| DatabaseError::Value {
            table: table.to_owned(),
            row: number.unwrap_or(0),
            column: column.clone(),
        })?);
    }
    let sql = format!(
        "INSERT INTO main.{} ({}) VALUES ({})",
        quote(table),
        columns.join(", "),
        places.join(", ")
    );
    connection
        .prepare_cached(&sql)?
        .execute(params_from_iter(values))?;
    Ok(())
}
