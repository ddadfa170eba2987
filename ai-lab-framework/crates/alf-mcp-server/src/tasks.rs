//! Long calls as tasks, for clients that follow such: a task's id is the execution's, and the record is its state.

use std::sync::Arc;
use std::time::Duration;

use ai_lab_contract::ExecutionId;
use alf_ops::{ExecutionOutcome, Failure, cancel_execution, execution_outcome, show_execution};
use rmcp::ErrorData;
use rmcp::model::{
    CreateTaskResult, DetailedTask, ErrorCode, GetTaskResult, JsonObject, Task, TaskPayload,
    TaskStatus,
};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::answer::of_completed;
use crate::calls::Answering;
use crate::client::Caller;
use crate::lab::Lab;

/// How soon a client may ask again, in milliseconds.
const POLL_MS: u64 = 2_000;

/// The task that a call in the background is.
pub(crate) fn followed(id: &ExecutionId, lab: &Lab) -> CreateTaskResult {
    CreateTaskResult::new(task(id, lab, TaskStatus::Working, None))
}

fn task(id: &ExecutionId, lab: &Lab, status: TaskStatus, began_ms: Option<i64>) -> Task {
    let now_ms = lab.framework.surroundings().clock.now_ms();
    let instant = |ms: i64| {
        jiff::Timestamp::from_millisecond(ms).map_or_else(|_| String::new(), |at| at.to_string())
    };
    Task::new(
        id.as_str(),
        status,
        instant(began_ms.unwrap_or(now_ms)),
        instant(now_ms),
    )
    .with_poll_interval_ms(POLL_MS)
}

/// How a task stands, and its answer where it has one.
pub(crate) async fn state(
    lab: &Arc<Lab>,
    caller: Caller,
    task_id: String,
    withdrawn: &CancellationToken,
) -> Result<GetTaskResult, ErrorData> {
    let id = parsed(&task_id)?;
    let asked = Arc::clone(lab);
    let looked = lab.places.carry_out(withdrawn, move |withdrawn| {
        let answering = Answering {
            lab: &asked,
            caller: &caller,
            withdrawn,
        };
        answering.check_may_see(&id)?;
        let outcome = execution_outcome(&asked.framework, &id)?;
        let row = show_execution(&asked.framework, id.as_str()).ok();
        let began_ms = row.map(|row| row.execution.start.started_at_ms);
        Ok((
            task(&id, &asked, TaskStatus::Working, began_ms),
            payload(&asked, &outcome),
        ))
    });
    let (task, payload) = answered(looked.await)?;
    Ok(GetTaskResult::new(DetailedTask::new(task, payload)))
}

fn payload(lab: &Lab, outcome: &ExecutionOutcome) -> TaskPayload {
    match outcome {
        ExecutionOutcome::Queued | ExecutionOutcome::Running => TaskPayload::Working,
        ExecutionOutcome::Ended(completed) | ExecutionOutcome::Interrupted(completed) => {
            let is_withdrawn = |error: &alf_ops::ExecutionError| {
                error.class == ai_lab_contract::ErrorClass::Cancelled
            };
            if completed.error.as_ref().is_some_and(is_withdrawn) {
                return TaskPayload::Cancelled;
            }
            let served = lab.served();
            let offered = served.offer.of_action(&completed.tool, &completed.action);
            let has_output = offered.is_some_and(|offered| offered.output.is_some());
            let is_blocks = offered.is_some_and(|offered| offered.is_blocks);
            let result = of_completed(completed, has_output, is_blocks);
            TaskPayload::Completed {
                result: match serde_json::to_value(result) {
                    Ok(Value::Object(result)) => result,
                    Ok(_) | Err(_) => JsonObject::new(),
                },
            }
        }
    }
}

/// Withdraws a task; its state follows.
pub(crate) async fn cancel(
    lab: &Arc<Lab>,
    caller: Caller,
    task_id: String,
    withdrawn: &CancellationToken,
) -> Result<(), ErrorData> {
    let id = parsed(&task_id)?;
    let asked = Arc::clone(lab);
    let looked = lab.places.carry_out(withdrawn, move |withdrawn| {
        let answering = Answering {
            lab: &asked,
            caller: &caller,
            withdrawn,
        };
        answering.check_may_see(&id)?;
        cancel_execution(&asked.framework, &id, Duration::ZERO)
    });
    answered(looked.await).map(|_| ())
}

fn parsed(task_id: &str) -> Result<ExecutionId, ErrorData> {
    let wrong = |error| ErrorData::invalid_params(format!("no task has that id: {error}"), None);
    task_id.parse().map_err(wrong)
}

/// A failure as an error of the protocol.
pub(crate) fn answered<T>(
    looked: Result<Result<T, Failure>, crate::running::NotRun>,
) -> Result<T, ErrorData> {
    let told = |failure: &Failure| failure.chain().join(": ");
    match looked {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(failure)) => {
            let code = match failure.class {
                // The protocol's own word for a thing that is not there.
                ai_lab_contract::ErrorClass::NotFound => ErrorCode::INVALID_PARAMS,
                class => ErrorCode(class.json_rpc_code()),
            };
            Err(ErrorData::new(code, told(&failure), None))
        }
        Err(not_run) => Err(ErrorData::internal_error(not_run.to_string(), None)),
    }
}
