//! Log lines in and out.

use ai_lab_contract::ToolName;
use rusqlite::{Connection, params_from_iter};

use super::conditions::Conditions;
use super::fault::Fault;
use super::row::Reader;
use super::seat::{Durability, Seat};
use crate::error::StoreError;
use crate::listing::bounded;
use crate::log::{LogEntry, LogFilter, LogLevel, LogLine};

const COLUMNS: [&str; 6] = ["position", "execution_id", "tool", "at_ms", "level", "text"];

/// Writes one line; an empty execution and tool stand for the framework itself.
pub(super) fn insert_log(
    connection: &Connection,
    execution: &str,
    tool: &str,
    line: &LogLine,
) -> Result<(), Fault> {
    connection
        .prepare_cached(
            "INSERT INTO framework_logs (execution_id, tool, at_ms, level, text) \
             VALUES ($1, $2, $3, $4, $5)",
        )?
        .execute((execution, tool, line.at_ms, line.level.as_str(), &line.text))?;
    Ok(())
}

/// Keeps lines of the framework's own.
pub(super) fn add(seat: &Seat, lines: &[LogLine]) -> Result<(), StoreError> {
    if lines.is_empty() {
        return Ok(());
    }
    seat.write("write logs", Durability::Kill, |connection| {
        for line in lines {
            insert_log(connection, "", "", line)?;
        }
        Ok(Ok(()))
    })?
}

/// Lines, newest first.
pub(super) fn list(seat: &Seat, filter: &LogFilter) -> Result<Vec<LogEntry>, StoreError> {
    let mut conditions = Conditions::default();
    if let Some(execution) = &filter.execution {
        // The index on this column leaves out the empty text and is found only where that is said.
        conditions.add(
            "execution_id <> '' AND execution_id =",
            Some(execution.as_str()),
        );
    }
    conditions.add("tool =", filter.tool.as_ref().map(ToolName::as_str));
    if let Some(levels) = filter.at_least.map(levels_from) {
        conditions.add_bare(&levels);
    }
    conditions.add("at_ms >=", filter.since_ms);
    conditions.add("position <", filter.before);
    let sql = format!(
        "SELECT {} FROM framework_logs {} ORDER BY position DESC LIMIT {}",
        COLUMNS.join(", "),
        conditions.clause(),
        bounded(filter.limit)
    );
    seat.read("list logs", |connection| {
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(conditions.values()))?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            entries.push(entry(row)?);
        }
        Ok(entries)
    })
}

fn levels_from(least: LogLevel) -> String {
    let names: Vec<String> = LogLevel::ALL
        .into_iter()
        .filter(|level| *level >= least)
        .map(|level| format!("'{}'", level.as_str()))
        .collect();
    format!("level IN ({})", names.join(", "))
}

fn entry(row: &rusqlite::Row<'_>) -> Result<LogEntry, Fault> {
    let mut reader = Reader::new(row, &COLUMNS);
    Ok(LogEntry {
        position: reader.count()?,
        execution_id: reader.optional()?,
        tool: reader.optional()?,
        line: LogLine {
            at_ms: reader.integer()?,
            level: reader.parsed(LogLevel::from_name)?,
            text: reader.text()?.to_owned(),
        },
    })
}
