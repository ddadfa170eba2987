//! Breakers in and out.

use ai_lab_contract::ToolName;
use rusqlite::Connection;

use super::fault::Fault;
use super::row::Reader;
use super::seat::{Durability, Seat};
use crate::breaker::{Breaker, BreakerState};
use crate::error::StoreError;
use crate::listing::MOST_ROWS;

const COLUMNS: [&str; 10] = [
    "tool",
    "revision",
    "state",
    "failures",
    "failures_before",
    "window_from_ms",
    "opened_at_ms",
    "probe_owner",
    "probe_until_ms",
    "changed_at_ms",
];

/// A tool's breaker; one that was never written is untouched.
pub(super) fn by_tool(seat: &Seat, tool: &ToolName) -> Result<Breaker, StoreError> {
    seat.glance("read a breaker", |connection| one(connection, tool))
}

fn one(connection: &Connection, tool: &ToolName) -> Result<Breaker, Fault> {
    let sql = format!(
        "SELECT {} FROM tool_breakers WHERE tool = $1",
        COLUMNS.join(", ")
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([tool.as_str()])?;
    let found = rows.next()?.map(breaker).transpose()?;
    Ok(found.unwrap_or_else(|| Breaker::untouched(tool.clone())))
}

/// Every breaker that was ever written, by tool.
pub(super) fn list(seat: &Seat) -> Result<Vec<Breaker>, StoreError> {
    let sql = format!(
        "SELECT {} FROM tool_breakers ORDER BY tool LIMIT {MOST_ROWS}",
        COLUMNS.join(", ")
    );
    seat.read("list breakers", |connection| {
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        let mut breakers = Vec::new();
        while let Some(row) = rows.next()? {
            breakers.push(breaker(row)?);
        }
        Ok(breakers)
    })
}

/// Reads, decides and writes in one transaction.
pub(super) fn change(
    seat: &Seat,
    tool: &ToolName,
    decide: &dyn Fn(&Breaker) -> Option<Breaker>,
) -> Result<Breaker, StoreError> {
    seat.write("change a breaker", Durability::Kill, |connection| {
        let now = one(connection, tool)?;
        let Some(wanted) = decide(&now) else {
            return Ok(Ok(now));
        };
        let next = Breaker {
            tool: now.tool,
            revision: now.revision + 1,
            ..wanted
        };
        write(connection, &next)?;
        Ok(Ok(next))
    })?
}

fn write(connection: &Connection, next: &Breaker) -> Result<(), Fault> {
    connection
        .prepare_cached(
            "INSERT INTO tool_breakers (tool, revision, state, failures, failures_before, \
             window_from_ms, opened_at_ms, probe_owner, probe_until_ms, changed_at_ms) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (tool) DO UPDATE SET \
             revision = excluded.revision, state = excluded.state, failures = excluded.failures, \
             failures_before = excluded.failures_before, \
             window_from_ms = excluded.window_from_ms, opened_at_ms = excluded.opened_at_ms, \
             probe_owner = excluded.probe_owner, probe_until_ms = excluded.probe_until_ms, \
             changed_at_ms = excluded.changed_at_ms",
        )?
        .execute((
            next.tool.as_str(),
            i64::try_from(next.revision).unwrap_or(i64::MAX),
            next.state.as_str(),
            next.failures,
            next.failures_before,
            next.window_from_ms,
            next.opened_at_ms,
            &next.probe_owner,
            next.probe_until_ms,
            next.changed_at_ms,
        ))?;
    Ok(())
}

fn breaker(row: &rusqlite::Row<'_>) -> Result<Breaker, Fault> {
    let mut reader = Reader::new(row, &COLUMNS);
    Ok(Breaker {
        tool: reader.parsed(|text| text.parse().ok())?,
        revision: reader.count()?,
        state: reader.parsed(BreakerState::from_name)?,
        failures: reader.count()?,
        failures_before: reader.count()?,
        window_from_ms: reader.integer()?,
        opened_at_ms: reader.integer()?,
        probe_owner: reader.text()?.to_owned(),
        probe_until_ms: reader.integer()?,
        changed_at_ms: reader.integer()?,
    })
}
