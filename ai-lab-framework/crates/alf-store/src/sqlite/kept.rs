//! Reading kept outputs back: whether each is still what its rows say.

use ai_lab_contract::ExecutionId;
use rusqlite::Connection;

use super::fault::Fault;
use super::outputs::{Outputs, read};
use super::row::Reader;
use super::seat::Seat;
use crate::error::StoreError;
use crate::listing::MOST_ROWS;
use crate::output::{KeptFinding, KeptReport, OutputRef};

/// How many of the executions that refer to a file are named.
const NAMED: u32 = 8;

/// Reads every file that a row refers to, page by page; others go on writing meanwhile.
pub(super) fn verify(seat: &Seat, outputs: &Outputs) -> Result<KeptReport, StoreError> {
    let mut report = KeptReport::default();
    let mut last = String::new();
    loop {
        let page = seat.read("list kept outputs", |connection| page(connection, &last))?;
        let Some(end) = page.last() else {
            return Ok(report);
        };
        last.clone_from(end);
        for text in &page {
            // A text that only begins like a reference is an input: the chain says whether it was touched.
            let Ok(kept) = text.parse::<OutputRef>() else {
                continue;
            };
            report.files += 1;
            let Err(error) = read(seat, outputs, &kept) else {
                continue;
            };
            let executions = seat.read("find a kept output's executions", |connection| {
                referring(connection, text)
            })?;
            // Pruned while this was read: nobody misses it.
            if executions.is_empty() {
                continue;
            }
            report.findings.push(KeptFinding {
                digest: kept.digest().to_owned(),
                executions,
                problem: error.to_string(),
            });
            if report.findings.len() >= MOST_ROWS as usize {
                return Ok(report);
            }
        }
    }
}

/// The references that follow this one, each once.
fn page(connection: &Connection, last: &str) -> Result<Vec<String>, Fault> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT kept FROM (\
             SELECT output AS kept FROM tool_executions \
             WHERE output >= '@' AND output < 'A' AND output > $1 \
             UNION \
             SELECT input AS kept FROM tool_executions \
             WHERE input >= '@' AND input < 'A' AND input > $1) \
         ORDER BY kept LIMIT {MOST_ROWS}"
    ))?;
    let mut rows = statement.query([last])?;
    let mut page = Vec::new();
    while let Some(row) = rows.next()? {
        page.push(Reader::new(row, &["kept"]).text()?.to_owned());
    }
    Ok(page)
}

fn referring(connection: &Connection, text: &str) -> Result<Vec<ExecutionId>, Fault> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT execution_id FROM tool_executions \
         WHERE (output >= '@' AND output < 'A' AND output = $1) \
             OR (input >= '@' AND input < 'A' AND input = $1) \
         ORDER BY started_position LIMIT {NAMED}"
    ))?;
    let mut rows = statement.query([text])?;
    let mut executions = Vec::new();
    while let Some(row) = rows.next()? {
        let mut reader = Reader::new(row, &["execution_id"]);
        executions.push(reader.parsed(|text| text.parse().ok())?);
    }
    Ok(executions)
}
