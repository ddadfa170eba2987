//! The log write by write: what is shown, what can be taken back.

use lab_model::{Actor, Uid};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::log::{OPERATION, operation};
use super::row::{count, integer, moment, parsed};
use crate::{WriteRecord, WritesRequest};

/// How many writes of one person are looked through for one that can be taken back.
const FARTHEST: usize = 10_000;

const COLUMNS: &str = "w.write_seq, w.write_uid, w.at_ms, w.actor_kind, w.actor_name";

/// Writes, the latest first.
pub(super) fn writes(
    connection: &Connection,
    request: &WritesRequest,
) -> rusqlite::Result<Vec<WriteRecord>> {
    let before = request.before.map_or(Ok(i64::MAX), integer)?;
    let mut parameters: Vec<Value> = vec![before.into(), i64::from(request.limit).into()];
    let of = match &request.of {
        None => "",
        Some(uid) => {
            parameters.push(uid.to_string().into());
            " AND w.write_seq IN (SELECT o.write_seq FROM operations AS o WHERE o.uid = ?3)"
        }
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM writes AS w WHERE w.write_seq < ?1{of} ORDER BY w.write_seq DESC LIMIT ?2"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params_from_iter(&parameters), bare)?;
    let mut writes = rows.collect::<rusqlite::Result<Vec<WriteRecord>>>()?;
    for write in &mut writes {
        fill(connection, write, request.of.as_ref(), request.operations)?;
    }
    Ok(writes)
}

/// One write with all that it did; `None` where there is none of that number.
pub(super) fn one(connection: &Connection, number: u64) -> rusqlite::Result<Option<WriteRecord>> {
    let sql = format!("SELECT {COLUMNS} FROM writes AS w WHERE w.write_seq = ?1");
    let found = connection
        .prepare_cached(&sql)?
        .query_row([integer(number)?], bare)
        .optional()?;
    let Some(mut write) = found else {
        return Ok(None);
    };
    fill(connection, &mut write, None, u32::MAX)?;
    Ok(Some(write))
}

fn bare(row: &Row<'_>) -> rusqlite::Result<WriteRecord> {
    Ok(WriteRecord {
        number: count(row, "write_seq")?,
        uid: parsed(row, "write_uid")?,
        at: moment(row, "at_ms")?,
        actor: Actor {
            kind: parsed(row, "actor_kind")?,
            name: row.get("actor_name")?,
        },
        operations: Vec::new(),
        operation_count: 0,
        takes_back: Vec::new(),
        is_taken_back: false,
    })
}

fn fill(
    connection: &Connection,
    write: &mut WriteRecord,
    of: Option<&Uid>,
    most: u32,
) -> rusqlite::Result<()> {
    let seq = integer(write.number)?;
    let of = of.map(Uid::as_str);
    let own = "o.write_seq = ?1 AND (?2 IS NULL OR o.uid = ?2)";
    let sql = format!(
        "SELECT {OPERATION} FROM operations AS o JOIN writes AS w ON w.write_seq = o.write_seq \
         WHERE {own} ORDER BY o.ordinal LIMIT ?3"
    );
    write.operations = connection
        .prepare_cached(&sql)?
        .query_map(params![seq, of, most], operation)?
        .collect::<rusqlite::Result<_>>()?;
    write.operation_count = connection
        .prepare_cached(&format!(
            "SELECT count(*) AS n FROM operations AS o WHERE {own}"
        ))?
        .query_row(params![seq, of], |row| count(row, "n"))?;
    write.takes_back = connection
        .prepare_cached("SELECT of_seq FROM reversals WHERE write_seq = ?1 ORDER BY of_seq DESC")?
        .query_map([seq], |row| count(row, "of_seq"))?
        .collect::<rusqlite::Result<_>>()?;
    write.is_taken_back = is_taken_back(connection, seq)?;
    Ok(())
}

/// Whether a write does not hold: something took it back, and nothing took that back.
fn is_taken_back(connection: &Connection, seq: i64) -> rusqlite::Result<bool> {
    let mut of = connection.prepare_cached("SELECT write_seq FROM reversals WHERE of_seq = ?1")?;
    // A chain of reversals goes up in the log, so it ends; a set of each write is small.
    let reversals: Vec<i64> = of
        .query_map([seq], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for reversal in reversals {
        if !is_taken_back(connection, reversal)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The latest write of someone that is no reversal and holds.
pub(super) fn last_to_undo(
    connection: &Connection,
    by: &Actor,
    before: Option<u64>,
) -> rusqlite::Result<Option<u64>> {
    let sql = "SELECT write_seq FROM writes AS w WHERE actor_kind = ?1 AND actor_name = ?2 \
               AND write_seq < ?3 AND NOT EXISTS (SELECT 1 FROM reversals AS r WHERE r.write_seq = w.write_seq) \
               ORDER BY write_seq DESC";
    last_that_holds(connection, sql, by, before)
}

/// The latest undo of someone that holds. A redo takes back a reversal; an undo what is none.
pub(super) fn last_to_redo(
    connection: &Connection,
    by: &Actor,
    before: Option<u64>,
) -> rusqlite::Result<Option<u64>> {
    let sql = "SELECT write_seq FROM writes AS w WHERE actor_kind = ?1 AND actor_name = ?2 \
               AND write_seq < ?3 AND EXISTS (SELECT 1 FROM reversals AS r WHERE r.write_seq = w.write_seq \
               AND NOT EXISTS (SELECT 1 FROM reversals AS t WHERE t.write_seq = r.of_seq)) \
               ORDER BY write_seq DESC";
    last_that_holds(connection, sql, by, before)
}

fn last_that_holds(
    connection: &Connection,
    sql: &str,
    by: &Actor,
    before: Option<u64>,
) -> rusqlite::Result<Option<u64>> {
    let before = before.map_or(Ok(i64::MAX), integer)?;
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![by.kind.as_str(), by.name, before])?;
    for _ in 0..FARTHEST {
        let Some(row) = rows.next()? else { break };
        if !is_taken_back(connection, row.get("write_seq")?)? {
            return count(row, "write_seq").map(Some);
        }
    }
    Ok(None)
}

/// Notes that a write takes another back.
pub(super) fn mark_taken_back(
    connection: &Connection,
    seq: i64,
    number: u64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO reversals (write_seq, of_seq) VALUES (?1, ?2)")?
        .execute(params![seq, integer(number)?])?;
    Ok(())
}
