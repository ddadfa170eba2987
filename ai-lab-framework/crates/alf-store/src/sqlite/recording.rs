//! The two writes of an execution's life.

use std::sync::LazyLock;

use ai_lab_contract::ExecutionId;
use rusqlite::{Connection, params_from_iter};

use super::chain_head::{read_head, write_head};
use super::fault::Fault;
use super::logs::insert_log;
use super::reserve::in_reserve;
use super::row::{
    END, NO_END, NOTE, OWN, Reader, START, end_cells, end_hash, input_key, note_cells, start_cells,
};
use super::seat::{Durability, Seat};
use super::sessions::change_session;
use super::spans::{Counted, count};
use super::under_way::Started;
use crate::chain::link_hash;
use crate::error::{EndInSessionError, RecordError, StoreError};
use crate::execution::{ExecutionEnd, ExecutionStart};
use crate::session::SessionChange;

static INSERT_START: LazyLock<String> = LazyLock::new(|| {
    // The end's position stays NULL: many executions without an end share a column without repeats.
    let own = [&END[OWN + 1..], &["row_hash", "input_key"]].concat();
    let places: Vec<String> = (1..=START.len() + 1 + own.len())
        .map(|n| format!("${n}"))
        .collect();
    format!(
        "INSERT INTO tool_executions ({}, started_hash, {}) VALUES ({}) \
         ON CONFLICT (execution_id) DO NOTHING",
        START.join(", "),
        own.join(", "),
        places.join(", ")
    )
});

static UPDATE_END: LazyLock<String> = LazyLock::new(|| {
    let sets: Vec<String> = END[OWN..]
        .iter()
        .zip(1..)
        .map(|(column, number)| format!("{column} = ${number}"))
        .collect();
    let next = sets.len() + 1;
    // The note stands behind the hash, as in `COLUMNS`.
    format!(
        "UPDATE tool_executions SET {}, row_hash = ${next}, {} = ${}, {} = ${} \
         WHERE execution_id = ${} AND ended_position IS NULL",
        sets.join(", "),
        NOTE[0],
        next + 1,
        NOTE[1],
        next + 2,
        next + 3
    )
});

/// Records a start.
pub(super) fn start(seat: &Seat, start: &ExecutionStart) -> Result<(), RecordError> {
    let started = seat.write("record a start", start.profile.into(), |connection| {
        write_start(connection, start)
    })??;
    seat.under_way.remember(start.execution_id.clone(), started);
    Ok(())
}

fn write_start(
    connection: &Connection,
    start: &ExecutionStart,
) -> Result<Result<Started, RecordError>, Fault> {
    let head = read_head(connection)?;
    let position = head.position + 1;
    let cells = start_cells(start, position, &head.hash);
    let hash = link_hash(&START, &cells);
    let hash_cell = hash.as_str().into();
    let key = input_key(&start.input).into();
    let values = cells
        .iter()
        .chain([&hash_cell])
        .chain(&NO_END)
        .chain([&key]);
    let inserted = connection
        .prepare_cached(&INSERT_START)?
        .execute(params_from_iter(values))?;
    if inserted == 0 {
        return Ok(Err(RecordError::AlreadyStarted(start.execution_id.clone())));
    }
    write_head(connection, position, &hash)?;
    Ok(Ok(Started {
        hash,
        profile: start.profile,
        tool: start.tool.to_string(),
        action: start.action.to_string(),
        position: i64::try_from(position).unwrap_or(i64::MAX),
        at_ms: start.started_at_ms,
    }))
}

/// Records whole executions, one after another, in one transaction.
#[cfg(any(test, feature = "bulk"))]
pub(super) fn together(
    seat: &Seat,
    executions: &[(ExecutionStart, ExecutionEnd)],
) -> Result<(), RecordError> {
    seat.write("record many", Durability::Kill, |connection| {
        for (start, end) in executions {
            let started = match write_start(connection, start)? {
                Ok(started) => started,
                Err(refused) => return Ok(Err(refused)),
            };
            if let Err(refused) = write_end(connection, end, &started)? {
                return Ok(Err(refused));
            }
        }
        Ok(Ok(()))
    })?
}

/// A start as the record has it, and whether it has an end.
fn read_start(connection: &Connection, id: &ExecutionId) -> Result<Option<(Started, bool)>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT started_hash, profile, tool, action, started_position, started_at_ms, \
         ended_position FROM tool_executions WHERE execution_id = $1",
    )?;
    let mut rows = statement.query([id.as_str()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let names = [
        "started_hash",
        "profile",
        "tool",
        "action",
        "started_position",
        "started_at_ms",
        "ended_position",
    ];
    let mut reader = Reader::new(row, &names);
    let started = Started {
        hash: reader.text()?.to_owned(),
        profile: reader.parsed(|text| text.parse().ok())?,
        tool: reader.text()?.to_owned(),
        action: reader.text()?.to_owned(),
        position: reader.integer()?,
        at_ms: reader.integer()?,
    };
    Ok(Some((started, reader.optional_count()?.is_some())))
}

/// Records an end.
pub(super) fn end(seat: &Seat, end: &ExecutionEnd) -> Result<(), RecordError> {
    in_reserve(seat, is_full, || {
        let started = to_be_ended(seat, end)?;
        seat.write(ENDING, Durability::from(started.profile), |connection| {
            write_end(connection, end, &started)
        })??;
        seat.under_way.forget(&end.execution_id);
        Ok(())
    })
}

/// Both or neither.
pub(super) fn end_in_session(
    seat: &Seat,
    end: &ExecutionEnd,
    change: &SessionChange,
) -> Result<(), EndInSessionError> {
    let is_full = |error: &EndInSessionError| match error {
        EndInSessionError::Record(error) => is_full(error),
        EndInSessionError::Session(_) => false,
    };
    in_reserve(seat, is_full, || {
        let started = to_be_ended(seat, end)?;
        let written = seat.write(ENDING, Durability::from(started.profile), |connection| {
            if let Err(refused) = change_session(connection, change)? {
                return Ok(Err(EndInSessionError::from(refused)));
            }
            Ok(write_end(connection, end, &started)?.map_err(EndInSessionError::from))
        });
        written.map_err(RecordError::from)??;
        seat.under_way.forget(&end.execution_id);
        Ok(())
    })
}

const fn is_full(error: &RecordError) -> bool {
    matches!(error, RecordError::Store(StoreError::Full { .. }))
}

const ENDING: &str = "record an end";

/// The execution that ends, as it started.
fn to_be_ended(seat: &Seat, end: &ExecutionEnd) -> Result<Started, RecordError> {
    if let Some(metric) = end.metrics.iter().find(|metric| !metric.value.is_finite()) {
        return Err(RecordError::NotFinite(metric.name.clone()));
    }
    let id = &end.execution_id;
    // Whether it has an end already, the writing itself asks.
    if let Some(started) = seat.under_way.recall(id) {
        return Ok(started);
    }
    match seat.glance(ENDING, |connection| read_start(connection, id))? {
        None => Err(RecordError::NotStarted(id.clone())),
        Some((_, true)) => Err(RecordError::AlreadyEnded(id.clone())),
        Some((started, false)) => Ok(started),
    }
}

fn write_end(
    connection: &Connection,
    end: &ExecutionEnd,
    started: &Started,
) -> Result<Result<(), RecordError>, Fault> {
    let id = &end.execution_id;
    let head = read_head(connection)?;
    let position = head.position + 1;
    let cells = end_cells(end, &started.hash, position, &head.hash);
    let note = note_cells(end);
    let hash = end_hash(&cells, note);
    let (hash_cell, id_cell) = (hash.as_str().into(), id.as_str().into());
    let values = cells[OWN..]
        .iter()
        .chain([&hash_cell])
        .chain(&note)
        .chain([&id_cell]);
    let updated = connection
        .prepare_cached(&UPDATE_END)?
        .execute(params_from_iter(values))?;
    if updated == 0 {
        // What was remembered of the start need not be in the record any more.
        let why = match read_start(connection, id)? {
            Some(_) => RecordError::AlreadyEnded(id.clone()),
            None => RecordError::NotStarted(id.clone()),
        };
        return Ok(Err(why));
    }
    write_head(connection, position, &hash)?;
    for line in &end.logs {
        insert_log(connection, id.as_str(), &started.tool, line)?;
    }
    insert_metrics(connection, end)?;
    count(
        connection,
        &Counted {
            tool: &started.tool,
            action: &started.action,
            position: started.position,
            started_at_ms: started.at_ms,
            status: end.status,
            run_us: end.run_us,
            metrics: &end.metrics,
        },
    )?;
    Ok(Ok(()))
}

fn insert_metrics(connection: &Connection, end: &ExecutionEnd) -> Result<(), Fault> {
    if end.metrics.is_empty() {
        return Ok(());
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO tool_metrics (execution_id, name, value, unit) VALUES ($1, $2, $3, $4)",
    )?;
    for metric in &end.metrics {
        let id = end.execution_id.as_str();
        statement.execute((id, &metric.name, metric.value, &metric.unit))?;
    }
    Ok(())
}
