//! What to list and how a page of a listing looks.

use ai_lab_contract::{ActionName, CorrelationId, ExecutionId, SessionId, ToolName};
use serde::Serialize;

use crate::execution::{Execution, Status};

/// The most rows that one call reads, so that no listing fills the memory.
pub const MOST_ROWS: u32 = 1000;

/// Where a listing stops counting, so that its time does not grow with the record.
pub const MOST_COUNTED: u32 = 10_000;

/// The rows that a call reads which names no number.
pub const USUAL_ROWS: u32 = 100;

/// How many rows a call reads that asked for `limit`.
pub(crate) const fn bounded(limit: u32) -> u32 {
    match limit {
        0 => USUAL_ROWS,
        1..=MOST_ROWS => limit,
        _ => MOST_ROWS,
    }
}

/// Which executions to list, newest first; every field that is set narrows the choice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExecutionFilter {
    /// Those of one tool.
    pub tool: Option<ToolName>,
    /// Those of one action.
    pub action: Option<ActionName>,
    /// Those that stand so.
    pub status: Option<Status>,
    /// Those of one session.
    pub session: Option<SessionId>,
    /// Those of one piece of work.
    pub correlation: Option<CorrelationId>,
    /// Those whose parent is this one.
    pub parent: Option<ExecutionId>,
    /// Those with this idempotency key.
    pub idempotency_key: Option<String>,
    /// Those whose recorded input is exactly this text; with the status `Succeeded` found by an index,
    /// so that the last good answer to a call costs no walk through its history.
    pub input: Option<String>,
    /// Those started at this instant or later.
    pub since_ms: Option<i64>,
    /// Those before this position: a page's `next`.
    pub before: Option<u64>,
    /// At most so many, within [`MOST_ROWS`]; 0 stands for [`USUAL_ROWS`].
    pub limit: u32,
}

/// A page of executions, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExecutionPage {
    /// The rows.
    pub executions: Vec<Execution>,
    /// How many rows the filter takes in all, whatever the page; at most [`MOST_COUNTED`].
    pub total: u64,
    /// Whether there are more than `total`.
    pub total_is_more: bool,
    /// What to ask for as `before` to read on; `None` on the last page.
    pub next: Option<u64>,
}
