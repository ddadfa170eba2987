//! `lab_result`: the state or the answer of an execution, in pages.

use std::time::Duration;

use ai_lab_contract::ExecutionId;
use alf_ops::{Completed, ExecutionOutcome, wait_for_execution};
use rmcp::model::CallToolResult;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{number, text};
use crate::answer::{of_completed, of_failure, page_of, text_of};
use crate::calls::Answering;

pub(super) const DESCRIPTION: &str = "The answer of an execution, page by page: for answers that were cut, and for \
     calls that were answered with an execution id because they take long.";

/// The input.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    execution_id: ExecutionId,
    #[serde(default, deserialize_with = "number")]
    wait_s: u64,
    #[serde(default, deserialize_with = "number")]
    cursor: u64,
}

pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "required": ["execution_id"],
        "properties": {
            "execution_id": { "type": "string", "description": "As it was told." },
            "wait_s": { "type": "integer", "minimum": 0, "maximum": 45, "description": "Seconds to wait for its end." },
            "cursor": { "type": "integer", "minimum": 0, "description": "Where to go on, as it was told." },
        },
    })
}

pub(super) fn carry_out(answering: Answering<'_>, wanted: &Wanted) -> CallToolResult {
    let id = &wanted.execution_id;
    let lab = answering.lab;
    let patience = Duration::from_secs(wanted.wait_s).min(lab.answer_within);
    let outcome = answering
        .check_may_see(id)
        .and_then(|()| wait_for_execution(&lab.framework, id, patience, Some(answering.withdrawn)));
    match outcome {
        Err(failure) => of_failure(&failure),
        Ok(ExecutionOutcome::Queued | ExecutionOutcome::Running) => text(format!(
            "execution {id} is still running. Ask again: lab_result {{\"execution_id\": \"{id}\", \"wait_s\": 40}}"
        )),
        Ok(ExecutionOutcome::Ended(completed) | ExecutionOutcome::Interrupted(completed)) => {
            shown(&completed, id, wanted.cursor)
        }
    }
}

fn shown(completed: &Completed, id: &ExecutionId, cursor: u64) -> CallToolResult {
    match (&completed.data, cursor) {
        // The whole answer as the call itself would have given it, under the id that was asked for.
        (_, 0) | (None, _) => of_completed(completed, false, false),
        (Some(data), _) => {
            let from = usize::try_from(cursor).unwrap_or(usize::MAX);
            text(page_of(&text_of(data), from, id).0)
        }
    }
}
