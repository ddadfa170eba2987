//! Taking old executions away without breaking the chain: what is pruned leaves its place in it.

use std::sync::LazyLock;

use ai_lab_contract::Profile;
use rusqlite::{Connection, params_from_iter};

use super::chain_head::read_head;
use super::conditions::Conditions;
use super::fault::Fault;
use super::row::{COLUMN_LIST, Reader};
use super::seat::{Durability, Seat};
use super::spans::{DAY, hour_of};
use super::walk::{Found, end_link, start_link};
use crate::error::StoreError;
use crate::output::OutputRef;
use crate::retention::{Pruned, PrunedLinks, Retention};

/// Executions a step: few enough that a writer who waits behind it hardly notices.
const STEP: u64 = 200;

/// Prunes one step.
pub(super) fn prune(seat: &Seat, now_ms: i64, retention: &Retention) -> Result<Pruned, StoreError> {
    seat.write("prune", Durability::Kill, |connection| {
        let excess = excess(connection, retention)?;
        let mut conditions = past_their_floor(now_ms);
        let wanted = if excess == 0 {
            conditions.add_bare(&too_old(connection, now_ms, retention)?);
            STEP
        } else {
            excess
        };
        Ok(Ok(take_away(connection, &conditions, wanted)?))
    })?
}

/// Tells what is due.
pub(super) fn plan(seat: &Seat, now_ms: i64, retention: &Retention) -> Result<Pruned, StoreError> {
    seat.read("plan a pruning", |connection| {
        let count = |conditions: &Conditions<'_>| {
            number(
                connection,
                &format!(
                    "SELECT COUNT(*) FROM tool_executions {}",
                    conditions.clause()
                ),
            )
        };
        let excess = excess(connection, retention)?.min(count(&past_their_floor(now_ms))?);
        let mut old = past_their_floor(now_ms);
        old.add_bare(&too_old(connection, now_ms, retention)?);
        Ok(Pruned {
            executions: count(&old)?.max(excess),
            ..Pruned::default()
        })
    })
}

/// The executions that may go: ended, and past the floor of their profile.
fn past_their_floor(now_ms: i64) -> Conditions<'static> {
    let mut conditions = Conditions::default();
    conditions.add_bare("status <> 'started'");
    let floors: Vec<String> = Profile::ALL
        .into_iter()
        .map(|profile| {
            let before = now_ms.saturating_sub(Retention::floor_ms(profile));
            format!(
                "(profile = '{}' AND started_at_ms < {before})",
                profile.as_str()
            )
        })
        .collect();
    conditions.add_bare(&format!("({})", floors.join(" OR ")));
    conditions
}

/// The condition on those that are too old. What was counted up knows behind which position there is none,
/// so that no young row is read.
fn too_old(connection: &Connection, now_ms: i64, retention: &Retention) -> Result<String, Fault> {
    let before = now_ms.saturating_sub(retention.keep_for_ms);
    let last = number(
        connection,
        &format!(
            "SELECT COALESCE(MAX(last_position), 0) FROM action_spans \
             WHERE span_hours = {DAY} AND starts_hour <= {}",
            hour_of(before)
        ),
    )?;
    Ok(format!(
        "started_at_ms < {before} AND started_position <= {last}"
    ))
}

fn number(connection: &Connection, sql: &str) -> Result<u64, Fault> {
    // Not kept ready: the time is part of the text.
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    match rows.next()? {
        Some(row) => Reader::new(row, &["number"]).count(),
        None => Ok(0),
    }
}

/// The bytes of kept outputs, as the rows name them: their files may go an hour later.
static KEPT_BYTES: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT COALESCE(SUM(CAST(SUBSTR(kept, {SIZE_AT}) AS INTEGER)), 0) FROM (\
             SELECT output AS kept FROM tool_executions WHERE output >= '@' AND output < 'A' \
             UNION \
             SELECT input AS kept FROM tool_executions WHERE input >= '@' AND input < 'A')",
        SIZE_AT = OutputRef::SIZE_AT
    )
});

/// How many executions are too many, or a step's worth if the database uses too many bytes.
fn excess(connection: &Connection, retention: &Retention) -> Result<u64, Fault> {
    let all = executions(connection)?;
    let pages = number(connection, "PRAGMA page_count")?
        .saturating_sub(number(connection, "PRAGMA freelist_count")?);
    let rows = pages.saturating_mul(number(connection, "PRAGMA page_size")?);
    let used = rows.saturating_add(number(connection, &KEPT_BYTES)?);
    let bytes = if used > retention.most_bytes { STEP } else { 0 };
    Ok(all.saturating_sub(retention.most_executions).max(bytes))
}

/// How many executions there are, from the chain instead of a walk: each that has ended is two links, each
/// that has not is one.
pub(super) fn executions(connection: &Connection) -> Result<u64, Fault> {
    let links = read_head(connection)?.position;
    let pruned = number(connection, PRUNED_LINKS)?;
    let open = number(
        connection,
        "SELECT COUNT(*) FROM tool_executions WHERE status = 'started' AND status <> 'succeeded'",
    )?;
    let ended = links.saturating_sub(pruned).saturating_sub(open) / 2;
    Ok(ended + open)
}

const PRUNED_LINKS: &str =
    "SELECT COALESCE(SUM(last_position - first_position + 1), 0) FROM chain_pruned";

fn take_away(
    connection: &Connection,
    conditions: &Conditions<'_>,
    wanted: u64,
) -> Result<Pruned, Fault> {
    let most = wanted.min(STEP);
    let sql = format!(
        "SELECT {} FROM tool_executions {} ORDER BY started_position LIMIT {most}",
        *COLUMN_LIST,
        conditions.clause()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    let (mut going, mut pruned) = (Vec::new(), Pruned::default());
    while let Some(row) = rows.next()? {
        let (start, end) = (start_link(row)?, end_link(row)?);
        if start.intact && end.intact {
            going.push((start, end));
        } else {
            pruned.kept_as_evidence += 1;
        }
    }
    drop(rows);
    for (start, end) in &going {
        remove(connection, start)?;
        bury(connection, start)?;
        bury(connection, end)?;
    }
    pruned.executions = going.len() as u64;
    pruned.more = pruned.executions == most && (wanted > most || wanted == STEP);
    Ok(pruned)
}

fn remove(connection: &Connection, start: &Found) -> Result<(), Fault> {
    let id = start.execution_id.as_str();
    for sql in [
        "DELETE FROM tool_metrics WHERE execution_id = $1",
        "DELETE FROM framework_logs WHERE execution_id <> '' AND execution_id = $1",
    ] {
        connection.prepare_cached(sql)?.execute([id])?;
    }
    for sql in [
        "DELETE FROM execution_text WHERE rowid = $1",
        "DELETE FROM tool_executions WHERE started_position = $1",
    ] {
        connection.prepare_cached(sql)?.execute([start.position])?;
    }
    Ok(())
}

/// Leaves a link's place in the chain: one range with those it follows and those that follow it.
fn bury(connection: &Connection, link: &Found) -> Result<(), Fault> {
    let (mut first, mut last) = (link.position, link.position);
    let mut previous = String::from_utf8_lossy(&link.previous_hash).into_owned();
    let mut hash = String::from_utf8_lossy(&link.hash).into_owned();
    let mut before = connection.prepare_cached(
        "DELETE FROM chain_pruned WHERE last_position = $1 AND hash = $2 \
         RETURNING first_position, previous_hash",
    )?;
    let mut rows = before.query((link.position - 1, &previous))?;
    if let Some(row) = rows.next()? {
        let mut reader = Reader::new(row, &["first_position", "previous_hash"]);
        (first, previous) = (reader.integer()?, reader.text()?.to_owned());
    }
    drop(rows);
    let mut after = connection.prepare_cached(
        "DELETE FROM chain_pruned WHERE first_position = $1 AND previous_hash = $2 \
         RETURNING last_position, hash",
    )?;
    let mut rows = after.query((link.position + 1, &hash))?;
    if let Some(row) = rows.next()? {
        let mut reader = Reader::new(row, &["last_position", "hash"]);
        (last, hash) = (reader.integer()?, reader.text()?.to_owned());
    }
    drop(rows);
    connection
        .prepare_cached(
            "INSERT INTO chain_pruned (first_position, last_position, previous_hash, hash) \
             VALUES ($1, $2, $3, $4)",
        )?
        .execute((first, last, &previous, &hash))?;
    Ok(())
}

/// What of the chain was pruned.
pub(super) fn links(seat: &Seat) -> Result<PrunedLinks, StoreError> {
    seat.read("read what was pruned", |connection| {
        Ok(PrunedLinks {
            links: number(connection, PRUNED_LINKS)?,
            up_to: number(
                connection,
                "SELECT COALESCE(MAX(last_position), 0) FROM chain_pruned WHERE first_position = 1",
            )?,
            ranges: number(connection, "SELECT COUNT(*) FROM chain_pruned")?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::{ended, started};
    use crate::execution::EndStatus;
    use crate::sqlite::SqliteStore;
    use crate::store::Store as _;

    #[test]
    fn the_chain_knows_how_many_executions_there_are() {
        let store = SqliteStore::in_memory().expect("because memory is there");
        let works = "because the store works";
        let mut counts = Vec::new();
        let mut count = || {
            let both = store.seat.read("count", |connection| {
                let walked = number(connection, "SELECT COUNT(*) FROM tool_executions")?;
                Ok((executions(connection)?, walked))
            });
            counts.push(both.expect(works));
        };
        count();
        for number in 1..=5 {
            store.start_execution(&started(number)).expect(works);
        }
        count();
        for number in [4, 1, 3] {
            let end = ended(number, EndStatus::Succeeded);
            store.end_execution(&end).expect(works);
        }
        count();
        let retention = Retention {
            most_executions: 3,
            ..Retention::default()
        };
        let later = started(5).started_at_ms + Retention::floor_ms(Profile::Production);
        store.prune(later, &retention).expect(works);
        count();
        assert_eq!(counts, [(0, 0), (5, 5), (5, 5), (3, 3)]);
    }
}
