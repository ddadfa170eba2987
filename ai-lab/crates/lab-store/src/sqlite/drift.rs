//! What somebody changed of a database's schema behind the software's back.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use super::migrations::{Migration, target};
use crate::opening::SchemaVersion;

/// Each table, column, index, view and trigger that is not as the migrations up to `from` make it, by name.
///
/// Of a schema that this release does not know, made by a later one, nothing can be said.
pub(super) fn drift(
    connection: &Connection,
    from: SchemaVersion,
    migrations: &[Migration],
) -> rusqlite::Result<Vec<String>> {
    let known = target(migrations);
    if from.major != known.major || from.minor > known.minor {
        return Ok(Vec::new());
    }
    let made = Connection::open_in_memory()?;
    for (_, migration) in (1..=from.minor).zip(migrations) {
        made.execute_batch(migration.sql)?;
    }
    let (expected, found) = (schema(&made)?, schema(connection)?);
    let mut drifted = Vec::new();
    for name in expected.keys().chain(found.keys()).collect::<BTreeSet<_>>() {
        match (expected.get(name), found.get(name)) {
            (None, _) => drifted.push(format!("{name} was added")),
            (_, None) => drifted.push(format!("{name} was removed")),
            (Some(expected), Some(found)) if flat(expected) == flat(found) => {}
            (Some(_), Some(_)) => drifted.extend(changed(&made, connection, name)?),
        }
    }
    Ok(drifted)
}

/// What makes each thing of a schema, by kind and name.
pub(super) fn schema(connection: &Connection) -> rusqlite::Result<BTreeMap<String, String>> {
    let mut statement = connection.prepare(
        "SELECT type || ' ' || name, sql FROM sqlite_schema \
         WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// A statement without its layout: line ends and blanks say nothing.
fn flat(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The columns that differ of a table; the thing itself where none does.
fn changed(made: &Connection, found: &Connection, name: &str) -> rusqlite::Result<Vec<String>> {
    let Some(table) = name.strip_prefix("table ") else {
        return Ok(vec![format!("{name} is another")]);
    };
    let (expected, found) = (columns(made, table)?, columns(found, table)?);
    let names: BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
    let of = |column: &String| {
        let what = match (expected.get(column), found.get(column)) {
            (None, _) => "was added",
            (_, None) => "was removed",
            (Some(expected), Some(found)) if expected == found => return None,
            (Some(_), Some(_)) => "is another",
        };
        Some(format!("{name}: column {column} {what}"))
    };
    let columns: Vec<String> = names.into_iter().filter_map(of).collect();
    if columns.is_empty() {
        return Ok(vec![format!("{name} is declared otherwise")]);
    }
    Ok(columns)
}

/// The columns of a table, each with its type, whether it must have a value, its default and its place in the key.
fn columns(connection: &Connection, table: &str) -> rusqlite::Result<BTreeMap<String, String>> {
    let mut statement = connection.prepare(
        "SELECT name, type || ' ' || \"notnull\" || ' ' || coalesce(dflt_value, '') || ' ' || pk \
         FROM pragma_table_xinfo(?1)",
    )?;
    let rows = statement.query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}
