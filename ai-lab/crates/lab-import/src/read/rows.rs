//! Reads every row of every table, by column name.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::cell::to_leaf;
use super::json::parse_text;
use crate::limits::Limits;
use crate::node::Node;

/// One row as it stands in its table.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) table: String,
    /// `SQLite`'s own number of the row, or its place in a table without such numbers.
    pub(super) rowid: i64,
    /// An object with one member a column.
    pub(super) columns: Node,
}

/// A table that was left alone.
#[derive(Debug)]
pub(super) struct Skipped {
    pub(super) table: String,
    pub(super) reason: String,
}

/// Everything in a database.
#[derive(Debug)]
pub(super) struct Contents {
    /// `user_version` and every entry of the schema, in the order in which they can be created again.
    pub(super) schema: Node,
    pub(super) rows: Vec<Row>,
    pub(super) skipped: Vec<Skipped>,
}

/// Why the rows could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum RowsFault {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("holds more than {limit} rows")]
    TooManyRows { limit: usize },
}

/// Text columns in which the predecessor kept whole JSON documents.
const DOCUMENT_COLUMNS: [&str; 2] = ["notes", "data"];

/// Reads the schema and all rows; the caller has begun a transaction.
pub(super) fn read_contents(
    connection: &Connection,
    limits: &Limits,
) -> Result<Contents, RowsFault> {
    let mut contents = Contents {
        schema: read_schema(connection)?,
        rows: Vec::new(),
        skipped: Vec::new(),
    };
    let mut tables = connection.prepare(
        "SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main' \
         AND name NOT IN ('sqlite_schema', 'sqlite_temp_schema') ORDER BY name",
    )?;
    let tables = tables
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<Vec<(String, String, bool)>, _>>()?;
    for (table, kind, without_rowid) in tables {
        match kind.as_str() {
            "table" | "shadow" => {
                read_table(connection, &table, without_rowid, limits, &mut contents)?;
            }
            "view" => {}
            _ => contents.skipped.push(Skipped {
                table,
                reason: format!("a {kind} table computes its rows and is not read"),
            }),
        }
    }
    Ok(contents)
}

fn read_schema(connection: &Connection) -> Result<Node, rusqlite::Error> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    // Triggers and views last: an export fills the tables before they can act.
    let mut statement = connection.prepare(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema \
         ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 WHEN 'view' THEN 2 ELSE 3 END, name",
    )?;
    let entries = statement.query_map([], |row| {
        let members = ["type", "name", "table", "sql"].into_iter().enumerate();
        members
            .map(|(at, name)| Ok((name.to_owned(), to_leaf(row.get_ref(at)?))))
            .collect::<Result<_, _>>()
            .map(Node::Object)
    })?;
    Ok(Node::Object(vec![
        ("user_version".to_owned(), Node::Leaf(version.to_string())),
        (
            "entries".to_owned(),
            Node::Array(entries.collect::<Result<_, _>>()?),
        ),
    ]))
}

fn read_table(
    connection: &Connection,
    table: &str,
    without_rowid: bool,
    limits: &Limits,
    contents: &mut Contents,
) -> Result<(), RowsFault> {
    let columns = stored_columns(connection, table)?;
    let numbered = ["rowid", "_rowid_", "oid"]
        .into_iter()
        .find(|name| !without_rowid && !columns.iter().any(|c| c.eq_ignore_ascii_case(name)));
    let list = columns
        .iter()
        .map(|c| quote(c))
        .collect::<Vec<_>>()
        .join(", ");
    let (number, order) = match numbered {
        Some(name) => (name, format!(" ORDER BY {name}")),
        None => ("0", String::new()),
    };
    let mut statement = connection.prepare(&format!(
        "SELECT {number}, {list} FROM main.{}{order}",
        quote(table)
    ))?;
    let mut rows = statement.query([])?;
    let mut place = 0;
    while let Some(row) = rows.next()? {
        if contents.rows.len() >= limits.rows {
            return Err(RowsFault::TooManyRows { limit: limits.rows });
        }
        place += 1;
        let members = columns
            .iter()
            .enumerate()
            .map(|(at, name)| Ok((name.clone(), to_leaf(row.get_ref(at + 1)?))))
            .collect::<Result<Vec<_>, rusqlite::Error>>()?;
        contents.rows.push(Row {
            table: table.to_owned(),
            rowid: if numbered.is_some() {
                row.get(0)?
            } else {
                place
            },
            columns: Node::Object(members),
        });
    }
    Ok(())
}

/// The columns with a value of their own; generated ones follow from the schema.
fn stored_columns(connection: &Connection, table: &str) -> Result<Vec<String>, rusqlite::Error> {
    connection
        .prepare("SELECT name FROM pragma_table_xinfo(?1) WHERE hidden = 0 ORDER BY cid")?
        .query_map([table], |row| row.get(0))?
        .collect()
}

/// A name as SQL takes it, whatever it holds.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The JSON documents that a row keeps in its text columns, by column.
pub(super) fn embedded(row: &Row, depth: usize) -> BTreeMap<String, Node> {
    DOCUMENT_COLUMNS
        .into_iter()
        .filter_map(|column| {
            let text = row.columns.member(column)?.as_text()?;
            let root = parse_text(&text, depth).ok()?;
            match root {
                Node::Object(_) => Some((column.to_owned(), root)),
                Node::Array(_) | Node::Leaf(_) => None,
            }
        })
        .collect()
}
