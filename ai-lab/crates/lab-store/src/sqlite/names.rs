//! Labels: finding by them, taking them, minting them.

use std::collections::BTreeMap;

use lab_model::{EntityKind, Label, Moment, Uid, numbered_key};
use rusqlite::{Connection, OptionalExtension, params};

use super::head::kind_of;
use super::row::parsed;
use crate::{MOST_CANDIDATES, StoreError};

/// How many digits the number of a minted label has at least.
const MINTED_DIGITS: usize = 3;

/// Finds by uid, label, alias, a kind's own second name, or a prefix that only one label has.
pub(super) fn resolve(
    connection: &Connection,
    kind: EntityKind,
    given: &str,
) -> Result<Uid, StoreError> {
    if let Ok(uid) = given.parse::<Uid>()
        && kind_of(connection, &uid)? == Some(kind)
    {
        return Ok(uid);
    }
    if let Some(uid) = exact(connection, kind, given)? {
        return Ok(uid);
    }
    if let Some(uid) = second_name(connection, kind, given)? {
        return Ok(uid);
    }
    // `HS-1` is HS-001, whatever else begins so.
    if let Some(counted) = padded(given)
        && let Some(uid) = exact(connection, kind, &counted)?
    {
        return Ok(uid);
    }
    let mut found = beginning(connection, kind, given)?;
    match (found.pop(), found.is_empty()) {
        (None, _) => Err(StoreError::NotFound {
            kind,
            given: given.to_owned(),
        }),
        (Some((uid, _)), true) => Ok(uid),
        (Some(last), false) => {
            found.push(last);
            let candidates = found
                .into_iter()
                .map(|(_, label)| label)
                .take(MOST_CANDIDATES)
                .collect();
            Err(StoreError::Ambiguous {
                kind,
                given: given.to_owned(),
                candidates,
            })
        }
    }
}

/// A label whose first number is written with as many digits as we mint; `None` where it is already, or has none.
fn padded(given: &str) -> Option<String> {
    let (stem, rest) = given.split_once('-')?;
    let (number, parts) = match rest.split_once('-') {
        Some((number, parts)) => (number, Some(parts)),
        None => (rest, None),
    };
    let is_short = (1..MINTED_DIGITS).contains(&number.len());
    if !is_short || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let parts = parts.map(|parts| format!("-{parts}")).unwrap_or_default();
    Some(format!("{stem}-{number:0>MINTED_DIGITS$}{parts}"))
}

/// Who has or had exactly this label.
pub(super) fn exact(
    connection: &Connection,
    kind: EntityKind,
    label: &str,
) -> rusqlite::Result<Option<Uid>> {
    connection
        .prepare_cached("SELECT uid FROM entity_labels WHERE kind = ?1 AND label = ?2")?
        .query_row([kind.as_str(), label], |row| parsed(row, "uid"))
        .optional()
}

/// A project's prefix, or a repository's `owner/name`.
fn second_name(
    connection: &Connection,
    kind: EntityKind,
    given: &str,
) -> rusqlite::Result<Option<Uid>> {
    let sql = match kind {
        EntityKind::Project => "SELECT uid FROM projects WHERE prefix = ?1",
        EntityKind::Repo => "SELECT uid FROM github_repos WHERE full_name = ?1",
        EntityKind::Idea | EntityKind::Item | EntityKind::Milestone => return Ok(None),
    };
    connection
        .prepare_cached(sql)?
        .query_row([given], |row| parsed(row, "uid"))
        .optional()
}

/// The first few whose current label begins like that.
fn beginning(
    connection: &Connection,
    kind: EntityKind,
    given: &str,
) -> rusqlite::Result<Vec<(Uid, String)>> {
    if given.is_empty() {
        return Ok(Vec::new());
    }
    // From the given text on the labels lie side by side; the comparison ends where they differ.
    let mut statement = connection.prepare_cached(
        "SELECT uid, label FROM entity_labels WHERE kind = ?1 AND label >= ?2 AND is_current = 1 \
         AND substr(label, 1, length(?2)) = ?2 COLLATE NOCASE ORDER BY label LIMIT ?3",
    )?;
    let most = i64::try_from(MOST_CANDIDATES).unwrap_or(i64::MAX);
    statement
        .query_map(params![kind.as_str(), given, most], |row| {
            Ok((parsed(row, "uid")?, row.get("label")?))
        })?
        .collect()
}

/// Gives a new entity its label.
pub(super) fn claim(
    connection: &Connection,
    kind: EntityKind,
    uid: &Uid,
    label: &Label,
    at: Moment,
) -> Result<(), StoreError> {
    if exact(connection, kind, label.as_str())?.is_some() {
        return Err(StoreError::Taken {
            kind,
            name: label.to_string(),
        });
    }
    insert(connection, kind, uid, label, true, at)?;
    Ok(())
}

/// Gives an entity another label; the one before stays as an alias, and an alias may come back.
pub(super) fn rename(
    connection: &Connection,
    kind: EntityKind,
    uid: &Uid,
    label: &Label,
    at: Moment,
) -> Result<(), StoreError> {
    let owner = exact(connection, kind, label.as_str())?;
    if owner.as_ref().is_some_and(|owner| owner != uid) {
        return Err(StoreError::Taken {
            kind,
            name: label.to_string(),
        });
    }
    connection.execute(
        "UPDATE entity_labels SET is_current = 0 WHERE uid = ?1",
        [uid.as_str()],
    )?;
    if owner.is_some() {
        // Also where only the case of its letters changes.
        connection.execute(
            "UPDATE entity_labels SET is_current = 1, label = ?3, since_ms = ?4, sort_key = ?5 \
             WHERE kind = ?1 AND label = ?3 AND uid = ?2",
            params![
                kind.as_str(),
                uid.as_str(),
                label.as_str(),
                at.ms(),
                label.counting_key()
            ],
        )?;
        return Ok(());
    }
    insert(connection, kind, uid, label, true, at)?;
    Ok(())
}

/// Gives an entity one more name; nothing happens where it has it.
pub(super) fn add_alias(
    connection: &Connection,
    kind: EntityKind,
    uid: &Uid,
    alias: &Label,
    at: Moment,
) -> Result<(), StoreError> {
    match exact(connection, kind, alias.as_str())? {
        Some(owner) if owner == *uid => Ok(()),
        Some(_) => Err(StoreError::Taken {
            kind,
            name: alias.to_string(),
        }),
        None => Ok(insert(connection, kind, uid, alias, false, at)?),
    }
}

fn insert(
    connection: &Connection,
    kind: EntityKind,
    uid: &Uid,
    label: &Label,
    is_current: bool,
    at: Moment,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO entity_labels (kind, label, uid, is_current, since_ms, sort_key) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            kind.as_str(),
            label.as_str(),
            uid.as_str(),
            is_current,
            at.ms(),
            label.counting_key(),
        ])?;
    Ok(())
}

/// The highest `STEM-N` of a kind that was ever given, aliases too. Looks at a few labels, however many there are.
pub(super) fn highest(
    connection: &Connection,
    kind: EntityKind,
    stem: &str,
) -> rusqlite::Result<Option<String>> {
    let mut last = connection.prepare_cached(
        "SELECT label FROM entity_labels WHERE kind = ?1 AND sort_key >= ?2 AND sort_key < ?3 \
         ORDER BY sort_key DESC LIMIT 1",
    )?;
    let mut label_below = |below: &str| {
        let from = numbered_key(stem, 0);
        last.query_row([kind.as_str(), &from, below], |row| {
            row.get::<_, String>("label")
        })
        .optional()
    };
    // Right behind the highest number that can be minted.
    let mut below = numbered_key(stem, u32::MAX) + BEHIND_EXACT;
    while let Some(label) = label_below(&below)? {
        let number = label.get(stem.len() + 1..).and_then(leading_number);
        let Some(number) = number else {
            return Ok(None);
        };
        let exact = format!("{stem}-{number}");
        let of_number = numbered_key(stem, number);
        let behind_exact = of_number.clone() + BEHIND_EXACT;
        let own = label_below(&behind_exact)?.and_then(|label| {
            let digits = label.get(stem.len() + 1..)?;
            (digits.bytes().all(|byte| byte.is_ascii_digit())
                && leading_number(digits) == Some(number))
            .then_some(exact)
        });
        if own.is_some() {
            return Ok(own);
        }
        // Only parts and the like of that number are there: look below it.
        below = of_number;
    }
    Ok(None)
}

/// Above the end of a label's own key, below whatever the keys of its parts go on with.
const BEHIND_EXACT: &str = "\u{2}";

fn leading_number(text: &str) -> Option<u32> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

pub(super) fn label_of(connection: &Connection, uid: &Uid) -> rusqlite::Result<Option<Label>> {
    connection
        .prepare_cached("SELECT label FROM entity_labels WHERE uid = ?1 AND is_current = 1")?
        .query_row([uid.as_str()], |row| parsed(row, "label"))
        .optional()
}

pub(super) fn labels(
    connection: &Connection,
    kind: EntityKind,
) -> rusqlite::Result<BTreeMap<Uid, Label>> {
    let mut statement = connection.prepare_cached(
        "SELECT uid, label FROM entity_labels WHERE kind = ?1 AND is_current = 1",
    )?;
    statement
        .query_map([kind.as_str()], |row| {
            Ok((parsed(row, "uid")?, parsed(row, "label")?))
        })?
        .collect()
}

pub(super) fn aliases(connection: &Connection, uid: &Uid) -> rusqlite::Result<Vec<Label>> {
    let mut statement = connection.prepare_cached(
        "SELECT label FROM (SELECT label, since_ms FROM entity_labels WHERE uid = ?1 AND is_current = 0 \
         UNION ALL SELECT label, since_ms FROM former_labels WHERE uid = ?1) ORDER BY since_ms, label",
    )?;
    statement
        .query_map([uid.as_str()], |row| parsed(row, "label"))?
        .collect()
}
