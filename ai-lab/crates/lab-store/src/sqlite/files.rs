//! Files, their bases, and what lab and files say differently.

use std::collections::BTreeMap;

use lab_model::{EntityKind, Label, Moment, Uid};
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};

use super::names;
use super::row::{count, count_option, integer, moment, parsed};
use crate::{DisputeSource, FileBase, FileStamp, OpenDispute, Standing};

const STANDING: &str = "SELECT e.uid, e.kind, e.revision, l.label, f.path, f.bytes, f.changed_ns, \
     f.inode, f.revision AS base_revision FROM entities AS e \
     JOIN entity_labels AS l ON l.uid = e.uid AND l.is_current = 1 \
     LEFT JOIN file_bases AS f ON f.uid = e.uid";

/// Every entity with what is known of its file; with a uid that one alone.
pub(super) fn standings(
    connection: &Connection,
    of: Option<&Uid>,
) -> rusqlite::Result<Vec<Standing>> {
    match of {
        None => connection
            .prepare_cached(STANDING)?
            .query_map([], standing)?
            .collect(),
        Some(uid) => connection
            .prepare_cached(&format!("{STANDING} WHERE e.uid = ?1"))?
            .query_map([uid.as_str()], standing)?
            .collect(),
    }
}

fn standing(row: &Row<'_>) -> rusqlite::Result<Standing> {
    let uid: Uid = parsed(row, "uid")?;
    let base = match count_option(row, "base_revision")? {
        None => None,
        Some(revision) => Some(FileBase {
            uid: uid.clone(),
            file: file(row)?,
            revision,
        }),
    };
    Ok(Standing {
        uid,
        kind: parsed(row, "kind")?,
        label: parsed(row, "label")?,
        revision: count(row, "revision")?,
        base,
    })
}

fn file(row: &Row<'_>) -> rusqlite::Result<Option<(String, FileStamp)>> {
    let Some(path) = row.get::<_, Option<String>>("path")? else {
        return Ok(None);
    };
    let stamp = FileStamp {
        bytes: count(row, "bytes")?,
        changed_ns: row.get("changed_ns")?,
        inode: row.get::<_, i64>("inode")?.cast_unsigned(),
    };
    Ok(Some((path, stamp)))
}

/// Notes what an entity and its file are alike in.
pub(super) fn keep_base(connection: &Connection, base: &FileBase) -> rusqlite::Result<()> {
    let stamp = base.file.as_ref().map(|(_, stamp)| stamp);
    connection
        .prepare_cached(
            "INSERT INTO file_bases (uid, path, bytes, changed_ns, inode, revision) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (uid) DO UPDATE SET \
             path = excluded.path, bytes = excluded.bytes, changed_ns = excluded.changed_ns, \
             inode = excluded.inode, revision = excluded.revision",
        )?
        .execute(params![
            base.uid.as_str(),
            base.file.as_ref().map(|(path, _)| path),
            stamp.map(|it| integer(it.bytes)).transpose()?,
            stamp.map(|it| it.changed_ns),
            stamp.map(|it| it.inode.cast_signed()),
            integer(base.revision)?,
        ])?;
    Ok(())
}

/// The fields of an entity's file that no version so far knows, as JSON texts.
pub(super) fn fields(
    connection: &Connection,
    uid: &Uid,
) -> rusqlite::Result<BTreeMap<String, String>> {
    connection
        .prepare_cached("SELECT name, text FROM file_fields WHERE uid = ?1")?
        .query_map([uid.as_str()], |row| {
            Ok((row.get("name")?, row.get("text")?))
        })?
        .collect()
}

/// Keeps exactly these.
pub(super) fn keep_fields(
    connection: &Connection,
    uid: &Uid,
    fields: &BTreeMap<String, String>,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM file_fields WHERE uid = ?1")?
        .execute([uid.as_str()])?;
    let mut insert = connection
        .prepare_cached("INSERT INTO file_fields (uid, name, text) VALUES (?1, ?2, ?3)")?;
    for (name, text) in fields {
        insert.execute(params![uid.as_str(), name, text])?;
    }
    Ok(())
}

/// What is open, oldest first; of one entity or of all.
pub(super) fn disputes(
    connection: &Connection,
    of: Option<&Uid>,
) -> rusqlite::Result<Vec<OpenDispute>> {
    let mut disputes: Vec<OpenDispute> = connection
        .prepare_cached(
            "SELECT * FROM disputes WHERE settled_ms IS NULL AND (?1 IS NULL OR uid = ?1) \
             ORDER BY dispute_seq",
        )?
        .query_map([of.map(Uid::as_str)], |row| {
            Ok(OpenDispute {
                number: count(row, "dispute_seq")?,
                uid: parsed(row, "uid")?,
                source: source(row)?,
                field: row.get("field")?,
                member: row.get("member")?,
                base: row.get("base")?,
                ours: row.get("ours")?,
                theirs: row.get("theirs")?,
                others: Vec::new(),
                opened_at: moment(row, "opened_ms")?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let mut rivals = connection.prepare_cached(
        "SELECT theirs FROM dispute_rivals WHERE dispute_seq = ?1 ORDER BY ordinal",
    )?;
    for dispute in &mut disputes {
        dispute.others = rivals
            .query_map([integer(dispute.number)?], |row| row.get("theirs"))?
            .collect::<rusqlite::Result<_>>()?;
    }
    Ok(disputes)
}

fn source(row: &Row<'_>) -> rusqlite::Result<DisputeSource> {
    let word: String = row.get("source")?;
    [DisputeSource::Sync, DisputeSource::Merge]
        .into_iter()
        .find(|source| source.as_str() == word)
        .ok_or_else(|| {
            let told = format!("`{word}` is no source of disputes");
            rusqlite::Error::FromSqlConversionFailure(0, Type::Text, told.into())
        })
}

/// Opens a dispute, or brings the open one of the same fact up to date. Its number and time of opening stay.
pub(super) fn open_dispute(connection: &Connection, dispute: &OpenDispute) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO disputes (uid, source, field, member, base, ours, theirs, opened_ms) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
             ON CONFLICT (uid, field, member) WHERE settled_ms IS NULL DO UPDATE SET \
             source = excluded.source, base = excluded.base, ours = excluded.ours, \
             theirs = excluded.theirs",
        )?
        .execute(params![
            dispute.uid.as_str(),
            dispute.source.as_str(),
            dispute.field,
            dispute.member,
            dispute.base,
            dispute.ours,
            dispute.theirs,
            dispute.opened_at.ms(),
        ])?;
    let seq: i64 = connection
        .prepare_cached(
            "SELECT dispute_seq FROM disputes \
             WHERE uid = ?1 AND field = ?2 AND member = ?3 AND settled_ms IS NULL",
        )?
        .query_row(
            [dispute.uid.as_str(), &dispute.field, &dispute.member],
            |row| row.get("dispute_seq"),
        )?;
    connection
        .prepare_cached("DELETE FROM dispute_rivals WHERE dispute_seq = ?1")?
        .execute([seq])?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO dispute_rivals (dispute_seq, ordinal, theirs) VALUES (?1, ?2, ?3)",
    )?;
    for (ordinal, theirs) in (1_i64..).zip(&dispute.others) {
        insert.execute(params![seq, ordinal, theirs])?;
    }
    Ok(())
}

/// Notes how a dispute ended.
pub(super) fn settle_dispute(
    connection: &Connection,
    number: u64,
    settlement: &str,
    at: Moment,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE disputes SET settled_ms = ?2, settlement = ?3 \
             WHERE dispute_seq = ?1 AND settled_ms IS NULL",
        )?
        .execute(params![integer(number)?, at.ms(), settlement])?;
    Ok(())
}

/// Takes a label that is an alias of an entity from it, so that another can have it; it stays known as a former one.
pub(super) fn give_up_label(
    connection: &Connection,
    kind: EntityKind,
    uid: &Uid,
    label: &Label,
    at: Moment,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM entity_labels WHERE kind = ?1 AND label = ?2 AND uid = ?3 AND is_current = 0",
        )?
        .execute([kind.as_str(), label.as_str(), uid.as_str()])?;
    keep_former_label(connection, kind, uid, label, at)
}

/// Notes that an entity was once called so, whoever is now.
pub(super) fn keep_former_label(
    connection: &Connection,
    kind: EntityKind,
    uid: &Uid,
    label: &Label,
    at: Moment,
) -> rusqlite::Result<()> {
    if names::exact(connection, kind, label.as_str())?.as_ref() == Some(uid) {
        return Ok(());
    }
    connection
        .prepare_cached(
            "INSERT INTO former_labels (kind, label, uid, since_ms) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            kind.as_str(),
            label.as_str(),
            uid.as_str(),
            at.ms()
        ])?;
    Ok(())
}
