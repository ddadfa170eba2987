//! The common part of entities.

use lab_model::{EntityKind, Head, Moment, Uid};
use rusqlite::{Connection, Row, params};

use super::row::{count, integer, moment_option, ms, parsed};

/// The columns of [`read_head`], from `entities` as `e` and `entity_labels` as `l`.
pub(super) const HEAD: &str = "e.uid, l.label, e.revision, e.created_ms, e.updated_ms, e.archived";

/// The two tables joined to a kind's own, which is called `t`.
pub(super) const JOINS: &str = "JOIN entities AS e ON e.uid = t.uid \
     JOIN entity_labels AS l ON l.uid = t.uid AND l.is_current = 1";

/// Reads the columns [`HEAD`].
pub(super) fn read_head(row: &Row<'_>) -> rusqlite::Result<Head> {
    Ok(Head {
        uid: parsed(row, "uid")?,
        label: parsed(row, "label")?,
        revision: count(row, "revision")?,
        created_at: moment_option(row, "created_ms")?,
        updated_at: moment_option(row, "updated_ms")?,
        archived: row.get("archived")?,
    })
}

/// Writes a new entity's common part, as revision 1.
pub(super) fn insert_head(
    connection: &Connection,
    kind: EntityKind,
    head: &Head,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO entities (uid, kind, revision, created_ms, updated_ms, archived) \
             VALUES (?1, ?2, 1, ?3, ?4, ?5)",
        )?
        .execute(params![
            head.uid.as_str(),
            kind.as_str(),
            ms(head.created_at),
            ms(head.updated_at),
            head.archived,
        ])?;
    Ok(())
}

/// Writes a changed entity's common part.
pub(super) fn update_head(
    connection: &Connection,
    head: &Head,
    revision: u64,
    at: Moment,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE entities SET revision = ?2, created_ms = ?3, updated_ms = ?4, archived = ?5 \
             WHERE uid = ?1",
        )?
        .execute(params![
            head.uid.as_str(),
            integer(revision)?,
            ms(head.created_at),
            at.ms(),
            head.archived,
        ])?;
    Ok(())
}

/// Whether such an entity is there, and of which kind.
pub(super) fn kind_of(connection: &Connection, uid: &Uid) -> rusqlite::Result<Option<EntityKind>> {
    use rusqlite::OptionalExtension;
    connection
        .prepare_cached("SELECT kind FROM entities WHERE uid = ?1")?
        .query_row([uid.as_str()], |row| parsed(row, "kind"))
        .optional()
}
