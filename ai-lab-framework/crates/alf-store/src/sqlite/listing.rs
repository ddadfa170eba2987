//! Pages of executions, in time that does not grow with the record.

use ai_lab_contract::{ActionName, CorrelationId, ToolName};
use rusqlite::{Connection, params_from_iter};

use super::conditions::Conditions;
use super::fault::Fault;
use super::pruning::executions as executions_in_all;
use super::reading::rows;
use super::row::{COLUMN_LIST, Reader, input_key};
use super::seat::Seat;
use super::spans::{hour_of, ranges_from};
use crate::error::StoreError;
use crate::execution::Status;
use crate::figures::FiguresFilter;
use crate::listing::{ExecutionFilter, ExecutionPage, MOST_COUNTED, bounded};

/// With more actions than this a tool's executions are found by a walk: a statement of a part for each of
/// them would take longer to read than to carry out.
const MOST_PARTS: usize = 32;

/// A page, newest first.
pub(super) fn page(seat: &Seat, filter: &ExecutionFilter) -> Result<ExecutionPage, StoreError> {
    let limit = bounded(filter.limit);
    seat.read("list executions", |connection| {
        let mut conditions = conditions(filter);
        if let Some(since) = filter.since_ms {
            conditions.add("started_position >=", first_since(connection, since)?);
        }
        let pairs = pairs(connection, filter)?;
        let most = u64::from(MOST_COUNTED);
        let counted = if is_everything(filter) {
            executions_in_all(connection)?.min(most + 1)
        } else {
            let positions = positions(filter, &pairs, &conditions, most + 1);
            count(connection, &positions, &conditions)?
        };
        conditions.add("started_position <", filter.before);
        // The positions first: sorting whole rows would read every input and output of a busy tool. One
        // more than asked for tells whether there is a next page.
        let chosen = positions(filter, &pairs, &conditions, u64::from(limit) + 1);
        let sql = format!(
            "SELECT {} FROM tool_executions WHERE started_position IN ({chosen}) \
             ORDER BY started_position DESC LIMIT {}",
            *COLUMN_LIST,
            limit + 1
        );
        let mut executions = rows(connection, &sql, conditions.values())?;
        let asked = limit as usize;
        let more = executions.len() > asked;
        executions.truncate(asked);
        let last = executions.last().map(|execution| execution.link.position);
        Ok(ExecutionPage {
            executions,
            total: counted.min(most),
            total_is_more: counted > most,
            next: last.filter(|_| more),
        })
    })
}

/// Whether no field narrows the choice, whatever the page.
fn is_everything(filter: &ExecutionFilter) -> bool {
    let page = ExecutionFilter {
        before: filter.before,
        limit: filter.limit,
        ..ExecutionFilter::default()
    };
    *filter == page
}

/// Conditions on everything but what [`positions`] takes apart.
fn conditions(filter: &ExecutionFilter) -> Conditions<'_> {
    let mut conditions = Conditions::default();
    if !is_taken_apart(filter) {
        conditions.add("tool =", filter.tool.as_ref().map(ToolName::as_str));
        conditions.add("action =", filter.action.as_ref().map(ActionName::as_str));
        if let Some(status) = filter.status {
            conditions.add_bare(status_is(status));
        }
    }
    conditions.add(
        "correlation_id =",
        filter.correlation.as_ref().map(CorrelationId::as_str),
    );
    if let Some(input) = &filter.input {
        // The key leads to the few rows that may have this input; old rows have none and are not found.
        conditions.add("input_key <> 0 AND input_key =", Some(input_key(input)));
        conditions.add("input =", Some(input.as_str()));
    }
    conditions.add("started_at_ms >=", filter.since_ms);
    // The indexes on these leave out the empty text and are found only where that is said.
    if let Some(session) = &filter.session {
        conditions.add("session_id <> '' AND session_id =", Some(session.as_str()));
    }
    if let Some(parent) = &filter.parent {
        conditions.add("parent_id <> '' AND parent_id =", Some(parent.as_str()));
    }
    if let Some(key) = &filter.idempotency_key {
        conditions.add(
            "idempotency_key <> '' AND idempotency_key =",
            Some(key.as_str()),
        );
    }
    conditions
}

/// As literals, so that indexes on some statuses alone are found.
const fn status_is(status: Status) -> &'static str {
    match status {
        Status::Started => "status = 'started' AND status <> 'succeeded'",
        Status::Succeeded => "status = 'succeeded'",
        Status::Failed => "status = 'failed' AND status <> 'succeeded'",
        Status::Interrupted => "status = 'interrupted' AND status <> 'succeeded'",
    }
}

/// Whether a tool is all that leads to the rows. Its index has them by action and status; a page by position
/// takes the newest of each and merges them.
const fn is_taken_apart(filter: &ExecutionFilter) -> bool {
    filter.tool.is_some()
        && filter.session.is_none()
        && filter.correlation.is_none()
        && filter.parent.is_none()
        && filter.idempotency_key.is_none()
        && filter.input.is_none()
}

/// The actions that a filter by tool stands for, as far as any has ended.
fn pairs(
    connection: &Connection,
    filter: &ExecutionFilter,
) -> Result<Vec<(ToolName, ActionName)>, Fault> {
    let mut pairs = Vec::new();
    if !is_taken_apart(filter) {
        return Ok(pairs);
    }
    let figures = FiguresFilter {
        tool: filter.tool.clone(),
        action: filter.action.clone(),
        since_ms: None,
    };
    let conditions = super::spans::Range::WHOLE.conditions(&figures);
    let sql = format!(
        "SELECT tool, action FROM action_spans {} ORDER BY tool, action",
        conditions.clause()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = statement.query(params_from_iter(conditions.values()))?;
    while let Some(row) = found.next()? {
        let mut reader = Reader::new(row, &["tool", "action"]);
        pairs.push((
            reader.parsed(|text| text.parse().ok())?,
            reader.parsed(|text| text.parse().ok())?,
        ));
    }
    Ok(pairs)
}

/// A statement for the positions of at most `most` rows, or of so many for each part.
fn positions(
    filter: &ExecutionFilter,
    pairs: &[(ToolName, ActionName)],
    conditions: &Conditions<'_>,
    most: u64,
) -> String {
    let part = |bare: &str| {
        let clause = conditions.clause();
        let joined = match (clause.is_empty(), bare.is_empty()) {
            (true, true) => String::new(),
            (true, false) => format!("WHERE {bare}"),
            (false, true) => clause.to_owned(),
            (false, false) => format!("{clause} AND {bare}"),
        };
        format!(
            "SELECT * FROM (SELECT started_position FROM tool_executions {joined} \
             ORDER BY started_position DESC LIMIT {most})"
        )
    };
    let Some(tool) = filter.tool.as_ref().filter(|_| is_taken_apart(filter)) else {
        return part("");
    };
    let action = filter.action.as_ref();
    // Names keep a rule that knows no quotes.
    let named = |tool: &ToolName, action: Option<&ActionName>| match action {
        Some(action) => format!("tool = '{tool}' AND action = '{action}'"),
        None => format!("tool = '{tool}'"),
    };
    if pairs.len() > MOST_PARTS {
        let status = filter.status.map_or(String::new(), |status| {
            format!(" AND {}", status_is(status))
        });
        return part(&format!("{}{status}", named(tool, action)));
    }
    let wanted = |status: &Status| filter.status.is_none_or(|only| only == *status);
    let ended = [Status::Succeeded, Status::Failed, Status::Interrupted];
    let mut parts: Vec<String> = Vec::new();
    for (tool, action) in pairs {
        for status in ended.iter().filter(|status| wanted(status)) {
            parts.push(part(&format!(
                "{} AND status = '{}'",
                named(tool, Some(action)),
                status.as_str()
            )));
        }
    }
    if wanted(&Status::Started) || parts.is_empty() {
        // Few run at a time; these may be of actions that never ended.
        let status = filter.status.unwrap_or(Status::Started);
        parts.push(part(&format!(
            "{} AND {}",
            status_is(status),
            named(tool, action)
        )));
    }
    parts.join(" UNION ALL ")
}

/// The position before which no execution started at `since` or later.
fn first_since(connection: &Connection, since: i64) -> Result<Option<i64>, Fault> {
    let mut first: Option<i64> = None;
    let mut least = |sql: &str, values: &[crate::chain::Cell<'_>]| -> Result<(), Fault> {
        let mut statement = connection.prepare_cached(sql)?;
        let mut found = statement.query(params_from_iter(values))?;
        if let Some(row) = found.next()?
            && let Some(position) = Reader::new(row, &["position"]).optional_count()?
        {
            let position = i64::try_from(position).unwrap_or(i64::MAX);
            first = Some(first.map_or(position, |known| known.min(position)));
        }
        Ok(())
    };
    // Those without an end are counted nowhere yet.
    least(
        "SELECT MIN(started_position) FROM tool_executions \
         WHERE status = 'started' AND status <> 'succeeded'",
        &[],
    )?;
    let all = FiguresFilter::default();
    for range in ranges_from(hour_of(since)) {
        let conditions = range.conditions(&all);
        let sql = format!(
            "SELECT MIN(first_position) FROM action_spans {}",
            conditions.clause()
        );
        least(&sql, conditions.values())?;
    }
    Ok(first)
}

fn count(
    connection: &Connection,
    positions: &str,
    conditions: &Conditions<'_>,
) -> Result<u64, Fault> {
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM ({positions}) LIMIT {})",
        MOST_COUNTED + 1
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    match rows.next()? {
        Some(row) => Reader::new(row, &["COUNT(*)"]).count(),
        None => Ok(0),
    }
}
