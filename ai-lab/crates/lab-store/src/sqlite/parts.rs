//! The parts of entities: each kind of part is one table, loaded for many entities at once.

use std::collections::{BTreeSet, HashMap};

use lab_model::{
    Blocker, Claim, Criterion, Dependency, EntityKind, GithubLink, Line, Tag, TimeEntry, Uid,
};
use rusqlite::{Connection, Row, params, params_from_iter};

use super::row::{
    Text, count, hours, integer, moment, moment_option, ms, parsed, parsed_option, text,
};
use super::selection::Selection;
use crate::StoreError;

/// Parts by the uid of what they belong to.
pub(super) type ByEntity<T> = HashMap<Uid, Vec<T>>;

/// Takes out what belongs to one entity.
pub(super) fn take<T>(parts: &mut ByEntity<T>, uid: &Uid) -> Vec<T> {
    parts.remove(uid).unwrap_or_default()
}

/// Runs `SELECT columns FROM table`, limited to the selected entities, in order.
fn load<T>(
    connection: &Connection,
    columns_and_table: &str,
    order: &str,
    selection: &Selection,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<ByEntity<T>> {
    let sql = format!(
        "{columns_and_table} WHERE uid IN ({}) ORDER BY {order}",
        selection.sql
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(&selection.parameters))?;
    let mut found = ByEntity::new();
    let mut run: Option<(Uid, Vec<T>)> = None;
    while let Some(row) = rows.next()? {
        let uid = row.get_ref("uid")?.as_str()?;
        let part = read(row)?;
        match &mut run {
            // Rows of one entity lie side by side: its uid is read once.
            Some((of, parts)) if of.as_str() == uid => parts.push(part),
            Some(_) | None => {
                let next = (parsed(row, "uid")?, vec![part]);
                found.extend(run.replace(next));
            }
        }
    }
    found.extend(run);
    Ok(found)
}

pub(super) fn tags(connection: &Connection, of: &Selection) -> rusqlite::Result<ByEntity<Tag>> {
    load(
        connection,
        "SELECT uid, tag FROM tags",
        "uid, tag",
        of,
        |row| parsed(row, "tag"),
    )
}

pub(super) fn save_tags(
    connection: &Connection,
    uid: &Uid,
    tags: &BTreeSet<Tag>,
) -> rusqlite::Result<()> {
    clear(connection, "DELETE FROM tags WHERE uid = ?1", uid)?;
    let mut insert = connection.prepare_cached("INSERT INTO tags (uid, tag) VALUES (?1, ?2)")?;
    for tag in tags {
        insert.execute(params![uid.as_str(), tag.as_str()])?;
    }
    Ok(())
}

pub(super) fn dependencies(
    connection: &Connection,
    of: &Selection,
) -> rusqlite::Result<ByEntity<Dependency>> {
    let known = "SELECT uid, on_uid FROM dependencies";
    let mut found = load(connection, known, "uid", of, |row| {
        Ok(Dependency::On(parsed(row, "on_uid")?))
    })?;
    let unknown = "SELECT uid, label FROM unresolved_dependencies";
    let unresolved = load(connection, unknown, "uid", of, |row| {
        Ok(Dependency::Unresolved(row.get("label")?))
    })?;
    for (uid, more) in unresolved {
        found.entry(uid).or_default().extend(more);
    }
    Ok(found)
}

pub(super) fn save_dependencies(
    connection: &Connection,
    kind: EntityKind,
    uid: &Uid,
    dependencies: &BTreeSet<Dependency>,
) -> rusqlite::Result<()> {
    clear(connection, "DELETE FROM dependencies WHERE uid = ?1", uid)?;
    clear(
        connection,
        "DELETE FROM unresolved_dependencies WHERE uid = ?1",
        uid,
    )?;
    for dependency in dependencies {
        match dependency {
            Dependency::On(on) => connection
                .prepare_cached("INSERT INTO dependencies (kind, uid, on_uid) VALUES (?1, ?2, ?3)")?
                .execute(params![kind.as_str(), uid.as_str(), on.as_str()])?,
            Dependency::Unresolved(label) => connection
                .prepare_cached("INSERT INTO unresolved_dependencies (uid, label) VALUES (?1, ?2)")?
                .execute(params![uid.as_str(), label])?,
        };
    }
    Ok(())
}

pub(super) fn criteria(
    connection: &Connection,
    of: &Selection,
) -> rusqlite::Result<ByEntity<Criterion>> {
    let columns = "SELECT uid, criterion_uid, text, done, evidence FROM criteria";
    load(connection, columns, "uid, position", of, |row| {
        Ok(Criterion {
            uid: parsed(row, "criterion_uid")?,
            text: row.get("text")?,
            done: row.get("done")?,
            evidence: row.get("evidence")?,
        })
    })
}

pub(super) fn save_criteria(
    connection: &Connection,
    uid: &Uid,
    criteria: &[Criterion],
) -> rusqlite::Result<()> {
    clear(connection, "DELETE FROM criteria WHERE uid = ?1", uid)?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO criteria (criterion_uid, uid, position, text, done, evidence) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (position, criterion) in (0_i64..).zip(criteria) {
        insert.execute(params![
            criterion.uid.as_str(),
            uid.as_str(),
            position,
            criterion.text,
            criterion.done,
            criterion.evidence,
        ])?;
    }
    Ok(())
}

pub(super) fn blockers(
    connection: &Connection,
    of: &Selection,
) -> rusqlite::Result<ByEntity<Blocker>> {
    let columns = "SELECT uid, blocker_uid, text, severity, opened_ms, open, closed_ms, resolution \
                   FROM blockers";
    load(connection, columns, "uid, position", of, |row| {
        Ok(Blocker {
            uid: parsed(row, "blocker_uid")?,
            text: row.get("text")?,
            severity: parsed_option(row, "severity")?,
            opened_at: moment_option(row, "opened_ms")?,
            open: row.get("open")?,
            closed_at: moment_option(row, "closed_ms")?,
            resolution: row.get("resolution")?,
        })
    })
}

pub(super) fn save_blockers(
    connection: &Connection,
    uid: &Uid,
    blockers: &[Blocker],
) -> rusqlite::Result<()> {
    clear(connection, "DELETE FROM blockers WHERE uid = ?1", uid)?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO blockers (blocker_uid, uid, position, text, severity, opened_ms, open, closed_ms, \
         resolution) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for (position, blocker) in (0_i64..).zip(blockers) {
        insert.execute(params![
            blocker.uid.as_str(),
            uid.as_str(),
            position,
            blocker.text,
            text(blocker.severity),
            ms(blocker.opened_at),
            blocker.open,
            ms(blocker.closed_at),
            blocker.resolution,
        ])?;
    }
    Ok(())
}

/// Lines with the list that each belongs to.
pub(super) fn lines(
    connection: &Connection,
    of: &Selection,
) -> rusqlite::Result<ByEntity<(String, Line)>> {
    let columns = "SELECT uid, line_uid, list, text FROM text_lines";
    load(connection, columns, "uid, list, position", of, |row| {
        let line = Line {
            uid: parsed(row, "line_uid")?,
            text: row.get("text")?,
        };
        Ok((row.get("list")?, line))
    })
}

/// Takes one list's lines out, in order.
pub(super) fn take_list(lines: &mut Vec<(String, Line)>, list: &str) -> Vec<Line> {
    lines
        .extract_if(.., |(name, _)| name == list)
        .map(|(_, line)| line)
        .collect()
}

pub(super) fn save_lines(
    connection: &Connection,
    uid: &Uid,
    lists: &[(&str, &[Line])],
) -> rusqlite::Result<()> {
    clear(connection, "DELETE FROM text_lines WHERE uid = ?1", uid)?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO text_lines (line_uid, uid, list, position, text) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (list, lines) in lists {
        for (position, line) in (0_i64..).zip(*lines) {
            insert.execute(params![
                line.uid.as_str(),
                uid.as_str(),
                list,
                position,
                line.text
            ])?;
        }
    }
    Ok(())
}

pub(super) fn time_entries(
    connection: &Connection,
    of: &Selection,
) -> rusqlite::Result<ByEntity<TimeEntry>> {
    let columns = "SELECT uid, entry_uid, hours, at_ms, who, note FROM time_entries";
    load(connection, columns, "uid, position", of, |row| {
        Ok(TimeEntry {
            uid: parsed(row, "entry_uid")?,
            hours: hours(row, "hours")?,
            at: moment(row, "at_ms")?,
            who: row.get("who")?,
            note: row.get("note")?,
        })
    })
}

pub(super) fn save_time_entries(
    connection: &Connection,
    uid: &Uid,
    entries: &[TimeEntry],
) -> rusqlite::Result<()> {
    clear(connection, "DELETE FROM time_entries WHERE uid = ?1", uid)?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO time_entries (entry_uid, uid, position, hours, at_ms, who, note) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for (position, entry) in (0_i64..).zip(entries) {
        insert.execute(params![
            entry.uid.as_str(),
            uid.as_str(),
            position,
            entry.hours.as_f64(),
            entry.at.ms(),
            entry.who,
            entry.note,
        ])?;
    }
    Ok(())
}

pub(super) fn claims(connection: &Connection, of: &Selection) -> rusqlite::Result<ByEntity<Claim>> {
    let columns = "SELECT uid, holder, until_ms FROM claims";
    load(connection, columns, "uid", of, |row| {
        Ok(Claim {
            by: parsed(row, "holder")?,
            until: moment(row, "until_ms")?,
        })
    })
}

pub(super) fn save_claim(
    connection: &Connection,
    uid: &Uid,
    claim: Option<&Claim>,
) -> rusqlite::Result<()> {
    clear(connection, "DELETE FROM claims WHERE uid = ?1", uid)?;
    if let Some(claim) = claim {
        connection
            .prepare_cached("INSERT INTO claims (uid, holder, until_ms) VALUES (?1, ?2, ?3)")?
            .execute(params![
                uid.as_str(),
                claim.by.to_string(),
                claim.until.ms()
            ])?;
    }
    Ok(())
}

pub(super) fn github_links(
    connection: &Connection,
    of: &Selection,
) -> rusqlite::Result<ByEntity<GithubLink>> {
    let columns = "SELECT uid, repo_uid, number, synced_ms FROM github_links";
    load(connection, columns, "uid", of, |row| {
        Ok(GithubLink {
            repo: parsed_option(row, "repo_uid")?,
            number: count(row, "number")?,
            synced_at: moment_option(row, "synced_ms")?,
        })
    })
}

/// Refuses an issue or milestone that another entity has.
pub(super) fn check_github_free(
    connection: &Connection,
    kind: EntityKind,
    uid: &Uid,
    link: Option<&GithubLink>,
) -> Result<(), StoreError> {
    let Some(GithubLink {
        repo: Some(repo),
        number,
        ..
    }) = link
    else {
        return Ok(());
    };
    let taken: bool = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM github_links \
             WHERE repo_uid = ?1 AND numbering = ?2 AND number = ?3 AND uid <> ?4)",
        )?
        .query_row(
            params![
                repo.as_str(),
                numbering(kind),
                integer(*number)?,
                uid.as_str()
            ],
            |row| row.get(0),
        )?;
    if taken {
        Err(StoreError::Taken {
            kind,
            name: format!("#{number}"),
        })
    } else {
        Ok(())
    }
}

/// Within which count of a repository an entity's number lies.
fn numbering(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Milestone => "milestone",
        EntityKind::Project | EntityKind::Idea | EntityKind::Item | EntityKind::Repo => "issue",
    }
}

pub(super) fn save_github_link(
    connection: &Connection,
    kind: EntityKind,
    uid: &Uid,
    link: Option<&GithubLink>,
) -> rusqlite::Result<()> {
    clear(connection, "DELETE FROM github_links WHERE uid = ?1", uid)?;
    let Some(link) = link else { return Ok(()) };
    connection
        .prepare_cached(
            "INSERT INTO github_links (uid, numbering, repo_uid, number, synced_ms) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            uid.as_str(),
            numbering(kind),
            link.repo.as_ref().map(Text),
            integer(link.number)?,
            ms(link.synced_at),
        ])?;
    Ok(())
}

fn clear(connection: &Connection, sql: &str, uid: &Uid) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([uid.as_str()])?;
    Ok(())
}
