//! Full-text search, the one verb that speaks a language of `SQLite`'s own (FTS5).
//!
//! Texts are taken in behind a cursor, in batches: an end is recorded without them, and a search takes in
//! what is new before it answers.

use rusqlite::Connection;

use super::chain_head::read_head;
use super::fault::Fault;
use super::reading::rows;
use super::row::{COLUMN_LIST, Reader};
use super::seat::{Durability, Seat};
use crate::error::StoreError;
use crate::execution::Execution;
use crate::listing::bounded;
use crate::search::{SearchFilter, SearchHit, SearchPage, Term, expression, parse, snippet};

/// Executions whose texts are taken in at once.
const BATCH: u32 = 256;
/// Batches that one search takes in before it answers: some tenths of a second.
const MOST_BATCHES: u32 = 16;
/// Bytes of each text that can be found; what a person looks for stands near the beginning.
const MOST_BYTES: usize = 16_384;
/// Candidates that one search looks at, where its filter refuses many.
const MOST_CANDIDATES: u32 = 4_000;

/// Takes in the texts of what ended since the last time, one batch; whether there is more.
pub(super) fn take_in(seat: &Seat) -> Result<bool, StoreError> {
    seat.write(
        "take in texts for the search",
        Durability::Kill,
        |connection| Ok(Ok(take_in_batch(connection)?)),
    )?
}

fn cursor(connection: &Connection) -> Result<u64, Fault> {
    let mut statement =
        connection.prepare_cached("SELECT ended_position FROM search_cursor WHERE only_row = 1")?;
    let mut rows = statement.query([])?;
    match rows.next()? {
        Some(row) => Reader::new(row, &["ended_position"]).count(),
        None => Ok(0),
    }
}

fn take_in_batch(connection: &Connection) -> Result<bool, Fault> {
    let from = cursor(connection)?;
    let sql = format!(
        "SELECT {} FROM tool_executions WHERE ended_position > $1 ORDER BY ended_position LIMIT {BATCH}",
        *COLUMN_LIST
    );
    let executions = rows(connection, &sql, &[from.into()])?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO execution_text (rowid, tool, input, output, error, log) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )?;
    let mut last = from;
    for execution in &executions {
        let Some(ended) = &execution.ended else {
            continue;
        };
        let log = log(connection, execution)?;
        let [error, output, input] = texts(execution);
        insert.execute((
            i64::try_from(execution.link.position).unwrap_or(i64::MAX),
            execution.start.tool.as_str(),
            input,
            output,
            error,
            cut(&log),
        ))?;
        last = ended.link.position;
    }
    if last > from {
        let last = i64::try_from(last).unwrap_or(i64::MAX);
        connection
            .prepare_cached("UPDATE search_cursor SET ended_position = $1 WHERE only_row = 1")?
            .execute([last])?;
    }
    Ok(executions.len() >= BATCH as usize)
}

/// Error, output and input, bounded; a text that is kept in a file is not looked into.
fn texts(execution: &Execution) -> [&str; 3] {
    let ended = execution.ended.as_ref();
    let error = ended.and_then(|ended| ended.error.as_ref());
    let output = ended.and_then(|ended| ended.output.as_deref());
    [
        cut(error.map_or("", |error| &error.message)),
        cut(output.unwrap_or_default()),
        cut(&execution.start.input),
    ]
}

fn log(connection: &Connection, execution: &Execution) -> Result<String, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT text FROM framework_logs WHERE execution_id <> '' AND execution_id = $1 \
         ORDER BY position",
    )?;
    let mut rows = statement.query([execution.start.execution_id.as_str()])?;
    let mut log = String::new();
    while log.len() < MOST_BYTES
        && let Some(row) = rows.next()?
    {
        log.push_str(Reader::new(row, &["text"]).text()?);
        log.push('\n');
    }
    Ok(log)
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(MOST_BYTES)]
}

/// Executions in which every word is found, newest first.
pub(super) fn search(
    seat: &Seat,
    typed: &str,
    filter: &SearchFilter,
) -> Result<SearchPage, StoreError> {
    let terms = parse(typed);
    if terms.is_empty() {
        return Ok(SearchPage::default());
    }
    for _ in 0..MOST_BATCHES {
        match take_in(seat) {
            Ok(true) => {}
            // Who may only read, or stands behind a writer, finds what was taken in so far.
            Ok(false) | Err(StoreError::ReadOnly { .. } | StoreError::Busy { .. }) => break,
            Err(error) => return Err(error),
        }
    }
    seat.read("search", |connection| look(connection, &terms, filter))
}

fn look(
    connection: &Connection,
    terms: &[Term],
    filter: &SearchFilter,
) -> Result<SearchPage, Fault> {
    let limit = bounded(filter.limit) as usize;
    let mut statement = connection.prepare_cached(
        "SELECT rowid FROM execution_text WHERE execution_text MATCH $1 AND rowid < $2 \
         ORDER BY rowid DESC LIMIT $3",
    )?;
    let before = filter.before.unwrap_or(u64::MAX);
    let before = i64::try_from(before).unwrap_or(i64::MAX);
    let expression = expression(terms, filter.tool.as_ref());
    let mut found = statement.query((expression, before, MOST_CANDIDATES))?;
    let (mut page, mut looked_at, mut last) = (SearchPage::default(), 0, None);
    while let Some(row) = found.next()? {
        if page.hits.len() == limit {
            page.next = last;
            break;
        }
        let position: u64 = Reader::new(row, &["rowid"]).count()?;
        (last, looked_at) = (Some(position), looked_at + 1);
        if let Some(execution) = at(connection, position)?
            && filter
                .tool
                .as_ref()
                .is_none_or(|tool| *tool == execution.start.tool)
            && filter
                .since_ms
                .is_none_or(|since| execution.start.started_at_ms >= since)
        {
            page.hits.push(hit(connection, execution, terms)?);
        }
    }
    if looked_at == MOST_CANDIDATES {
        page.next = last;
    }
    page.behind = read_head(connection)?
        .position
        .saturating_sub(cursor(connection)?);
    Ok(page)
}

fn at(connection: &Connection, position: u64) -> Result<Option<Execution>, Fault> {
    let sql = format!(
        "SELECT {} FROM tool_executions WHERE started_position = $1",
        *COLUMN_LIST
    );
    Ok(rows(connection, &sql, &[position.into()])?.pop())
}

fn hit(connection: &Connection, execution: Execution, terms: &[Term]) -> Result<SearchHit, Fault> {
    let log = log(connection, &execution)?;
    let [error, output, input] = texts(&execution);
    let fields = [
        ("error", error),
        ("output", output),
        ("input", input),
        ("log", cut(&log)),
    ];
    let found = fields
        .into_iter()
        .find_map(|(field, text)| snippet(text, terms).map(|shown| (field, shown)));
    let (field, (snippet, marks)) = found.unwrap_or_default();
    Ok(SearchHit {
        execution_id: execution.start.execution_id,
        tool: execution.start.tool,
        action: execution.start.action,
        status: execution.status,
        started_at_ms: execution.start.started_at_ms,
        field,
        snippet,
        marks,
    })
}
