//! `lab_cancel`: withdraws an execution and waits until nothing of it runs.

use ai_lab_contract::{ErrorClass, ExecutionId};
use alf_ops::{ExecutionOutcome, Failure, cancel_execution, wait_for_execution};
use rmcp::model::CallToolResult;
use serde::Deserialize;
use serde_json::{Value, json};

use super::text;
use crate::answer::of_failure;
use crate::calls::Answering;
use crate::limits::END_WITHIN;

pub(super) const DESCRIPTION: &str =
    "Ends an execution that is still running, with all its processes. What it has done stays done.";

/// The input.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    execution_id: ExecutionId,
}

pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "required": ["execution_id"],
        "properties": { "execution_id": { "type": "string", "description": "As it was told." } },
    })
}

pub(super) fn carry_out(answering: Answering<'_>, wanted: &Wanted) -> CallToolResult {
    match ended(answering, &wanted.execution_id) {
        Ok(outcome) => told(&wanted.execution_id, &outcome),
        Err(failure) => of_failure(&failure),
    }
}

fn ended(answering: Answering<'_>, id: &ExecutionId) -> Result<ExecutionOutcome, Failure> {
    answering.check_may_see(id)?;
    let framework = &answering.lab.framework;
    if answering.lab.withdraw(id) {
        return wait_for_execution(framework, id, END_WITHIN, Some(answering.withdrawn));
    }
    cancel_execution(framework, id, END_WITHIN)
}

fn told(id: &ExecutionId, outcome: &ExecutionOutcome) -> CallToolResult {
    match outcome {
        ExecutionOutcome::Queued | ExecutionOutcome::Running => text(format!(
            "execution {id} was asked to end and still runs; its limits end it. Ask: lab_result {{\"execution_id\": \"{id}\"}}"
        )),
        ExecutionOutcome::Ended(completed) | ExecutionOutcome::Interrupted(completed) => {
            match &completed.error {
                Some(error) if error.class == ErrorClass::Cancelled => text(format!(
                    "execution {id} is withdrawn: nothing of it runs any more"
                )),
                Some(_) | None => text(format!(
                    "execution {id} had ended already. Its answer: lab_result {{\"execution_id\": \"{id}\"}}"
                )),
            }
        }
    }
}
