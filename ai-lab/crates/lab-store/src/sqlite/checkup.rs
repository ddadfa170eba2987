//! Looks at a database from end to end.

use std::collections::BTreeMap;

use lab_model::EntityKind;
use rusqlite::Connection;

use super::dangling;
use super::row::{count, parsed};
use crate::checkup::{Checkup, MOST_FINDINGS};
use crate::{SchemaVersion, StoreError};

pub(super) fn check_up(connection: &Connection) -> Result<Checkup, StoreError> {
    let number = |sql: &str| connection.query_row(sql, [], |row| count(row, "n"));
    let word = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0));
    let user_version = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(Checkup {
        schema: SchemaVersion::from_user_version(user_version)
            .expect("a database with another version was not opened"),
        sqlite_version: rusqlite::version().to_owned(),
        journal_mode: word("PRAGMA journal_mode")?,
        bytes: number(
            "SELECT page_count * page_size AS n FROM pragma_page_count, pragma_page_size",
        )?,
        entities: entities(connection)?,
        log: (
            number("SELECT count(*) AS n FROM writes")?,
            number("SELECT count(*) AS n FROM operations")?,
        ),
        damage: damage(connection)?,
        dangling: dangling(connection)?,
    })
}

fn entities(connection: &Connection) -> rusqlite::Result<BTreeMap<EntityKind, u64>> {
    let mut found: BTreeMap<EntityKind, u64> =
        EntityKind::ALL.iter().map(|kind| (*kind, 0)).collect();
    let mut statement =
        connection.prepare("SELECT kind, count(*) AS n FROM entities GROUP BY kind")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        found.insert(parsed(row, "kind")?, count(row, "n")?);
    }
    Ok(found)
}

fn damage(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(&format!("PRAGMA integrity_check({MOST_FINDINGS})"))?;
    let mut found = statement
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    found.retain(|finding| finding != "ok");
    Ok(found)
}
