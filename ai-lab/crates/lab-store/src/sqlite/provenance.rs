//! Imported values and kept documents.

use lab_model::{Attachment, EntityKind, ImportedValue, Moment, Uid};
use rusqlite::{Connection, Row, params};

use super::row::{moment, parsed, parsed_option, text};

/// The rows of one entity, or all of them.
const OF: &str = "WHERE ?1 IS NULL OR t.uid = ?1";

pub(super) fn keep_value(
    connection: &Connection,
    value: &ImportedValue,
    at: Moment,
) -> rusqlite::Result<bool> {
    let kept = connection
        .prepare_cached(
            "INSERT INTO imported_values (source, record, field, kind, raw, uid, went_to, decision, kept_ms) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
             ON CONFLICT (source, record, field, kind, raw) DO NOTHING",
        )?
        .execute(params![
            value.source,
            value.record,
            value.field,
            value.kind.as_str(),
            value.raw,
            text(value.entity.as_ref().map(|(_, uid)| uid)),
            value.went_to,
            value.decision,
            at.ms(),
        ])?;
    Ok(kept == 1)
}

pub(super) fn values(
    connection: &Connection,
    entity: Option<&Uid>,
) -> rusqlite::Result<Vec<ImportedValue>> {
    let sql = format!(
        "SELECT t.*, e.kind AS entity_kind FROM imported_values AS t \
         LEFT JOIN entities AS e ON e.uid = t.uid {OF} ORDER BY t.imported_value_seq"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement
        .query_map([text(entity)], |row| {
            Ok(ImportedValue {
                source: row.get("source")?,
                record: row.get("record")?,
                field: row.get("field")?,
                kind: parsed(row, "kind")?,
                raw: row.get("raw")?,
                entity: owner(row)?,
                went_to: row.get("went_to")?,
                decision: row.get("decision")?,
            })
        })?
        .collect()
}

pub(super) fn keep_attachment(
    connection: &Connection,
    attachment: &Attachment,
) -> rusqlite::Result<bool> {
    let owner = attachment.entity.as_ref().map(|(_, uid)| uid);
    let there: bool = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM attachments WHERE uid IS ?1 AND name = ?2 AND content = ?3)",
        )?
        .query_row(params![text(owner), attachment.name, attachment.content], |row| row.get(0))?;
    if there {
        return Ok(false);
    }
    connection
        .prepare_cached(
            "INSERT INTO attachments (attachment_uid, uid, name, media_type, kept_ms, content) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            attachment.uid.as_str(),
            text(owner),
            attachment.name,
            attachment.media_type,
            attachment.kept_at.ms(),
            attachment.content,
        ])?;
    Ok(true)
}

pub(super) fn attachments(
    connection: &Connection,
    entity: Option<&Uid>,
) -> rusqlite::Result<Vec<Attachment>> {
    let sql = format!(
        "SELECT t.*, e.kind AS entity_kind FROM attachments AS t \
         LEFT JOIN entities AS e ON e.uid = t.uid {OF} ORDER BY t.kept_ms, t.attachment_uid"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement
        .query_map([text(entity)], |row| {
            Ok(Attachment {
                uid: parsed(row, "attachment_uid")?,
                entity: owner(row)?,
                name: row.get("name")?,
                media_type: row.get("media_type")?,
                kept_at: moment(row, "kept_ms")?,
                content: row.get("content")?,
            })
        })?
        .collect()
}

fn owner(row: &Row<'_>) -> rusqlite::Result<Option<(EntityKind, Uid)>> {
    let kind = parsed_option(row, "entity_kind")?;
    let uid = parsed_option(row, "uid")?;
    Ok(kind.zip(uid))
}
