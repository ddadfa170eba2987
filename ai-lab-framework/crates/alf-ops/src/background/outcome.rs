//! How a call stands, as its note and the record tell it.

use ai_lab_contract::{ErrorClass, ExecutionId};
use alf_runtime::{HeldProcess, ProcessIdentity};
use alf_store::{Execution, ExecutionFilter, MOST_ROWS, RecordedError, Status, Store};
use serde_json::Value;

use super::note::{EndNote, Note, Notes};
use crate::failure::Failure;
use crate::framework::Framework;
use crate::recover::close_interrupted;
use crate::run_tool::{Completed, Durations, ExecutionError};

/// How a call stands.
#[derive(Clone, Debug, PartialEq)]
pub enum ExecutionOutcome {
    /// It was asked for, and its start is not in the record yet.
    Queued,
    /// It runs, or waits for its next try.
    Running,
    /// It has ended, well or not.
    Ended(Box<Completed>),
    /// The framework that ran it ended first; nothing of it runs any more. Its error says so.
    Interrupted(Box<Completed>),
}

impl ExecutionOutcome {
    /// Whether it stays so.
    pub const fn is_over(&self) -> bool {
        match self {
            Self::Ended(_) | Self::Interrupted(_) => true,
            Self::Queued | Self::Running => false,
        }
    }
}

/// How a call stands, and the process that a change of that can come from.
pub(super) struct Standing {
    pub(super) outcome: ExecutionOutcome,
    /// `None` where the call is over.
    pub(super) carrier: Option<HeldProcess>,
}

/// How the call stands that began with this execution in the background; of any other execution in the record, how that
/// one stands.
///
/// Where the process that carried it is gone, what it left is ended and closed first.
pub fn execution_outcome(
    framework: &Framework,
    execution: &ExecutionId,
) -> Result<ExecutionOutcome, Failure> {
    Ok(standing(framework, execution)?.outcome)
}

pub(super) fn standing(
    framework: &Framework,
    execution: &ExecutionId,
) -> Result<Standing, Failure> {
    let notes = Notes::open(&framework.surroundings.home)?;
    let read = |notes: &Notes| notes.read(execution);
    let note = notes.as_ref().map(read).transpose()?.flatten();
    let Some(note) = note else {
        return by_the_record(framework, execution);
    };
    if let Some(ended) = note.ended {
        return Ok(over(answered(framework, ended)?));
    }
    if let Some(carrier) = note.hold() {
        let recorded = framework.existing_store().ok();
        let row = recorded
            .map(|store| store.execution(execution))
            .transpose()?;
        return Ok(Standing {
            outcome: match row.flatten() {
                Some(_) => ExecutionOutcome::Running,
                None => ExecutionOutcome::Queued,
            },
            carrier: Some(carrier),
        });
    }
    // It may have ended between the two looks.
    match notes.as_ref().map(read).transpose()?.flatten() {
        Some(Note {
            ended: Some(ended), ..
        }) => Ok(over(answered(framework, ended)?)),
        Some(_) | None => abandoned(framework, execution),
    }
}

const fn over(outcome: ExecutionOutcome) -> Standing {
    Standing {
        outcome,
        carrier: None,
    }
}

/// The answer, with the data that the record keeps of it.
fn answered(framework: &Framework, ended: EndNote) -> Result<ExecutionOutcome, Failure> {
    let (mut completed, data_of) = match ended {
        EndNote::Completed { completed, data_of } => (*completed, data_of),
        EndNote::Failed(failure) => return Err(failure.into()),
    };
    if let Some(id) = data_of {
        let store = framework.existing_store()?;
        let row = store.execution(&id)?.ok_or_else(|| gone(&id))?;
        completed.data = data_of_row(store, &row)?;
    }
    Ok(ExecutionOutcome::Ended(Box::new(completed)))
}

/// The process that carried a call in the background is gone, and left no last note.
fn abandoned(framework: &Framework, execution: &ExecutionId) -> Result<Standing, Failure> {
    let store = set_right(framework)?;
    let Some(first) = store.execution(execution)? else {
        let told = format!("the process that carried execution {execution} ended before it began");
        return Err(Failure::new(ErrorClass::Interrupted, told)
            .with_hint("Nothing of it ran: call it again."));
    };
    let last = last_of(store, first)?;
    Ok(over(of_row(store, &last, true)?))
}

fn by_the_record(framework: &Framework, execution: &ExecutionId) -> Result<Standing, Failure> {
    let store = framework.existing_store()?;
    let row = store.execution(execution)?.ok_or_else(|| gone(execution))?;
    if row.status != Status::Started {
        return Ok(over(of_row(store, &row, false)?));
    }
    if let Some(carrier) = owner_of(&row).hold() {
        return Ok(Standing {
            outcome: ExecutionOutcome::Running,
            carrier: Some(carrier),
        });
    }
    let store = set_right(framework)?;
    let row = store.execution(execution)?.ok_or_else(|| gone(execution))?;
    Ok(over(of_row(store, &row, false)?))
}

fn gone(execution: &ExecutionId) -> Failure {
    let told = format!("there is no execution {execution}");
    Failure::new(ErrorClass::NotFound, told)
        .with_hint("`ai-lab-framework execution list` shows the newest.")
}

fn owner_of(row: &Execution) -> ProcessIdentity {
    let owner = &row.start.owner;
    ProcessIdentity {
        pid: owner.pid,
        start_ticks: owner.start_ticks,
        boot_id: owner.boot_id.clone(),
    }
}

/// Ends and closes what frameworks that are gone have left.
fn set_right(framework: &Framework) -> Result<&dyn Store, Failure> {
    let store = framework.store()?;
    alf_runtime::end_orphaned_workers(&framework.surroundings.worker_marks());
    close_interrupted(store, &framework.surroundings.clock)?;
    Ok(store)
}

/// The last execution that the first one led to by retry, stand-in or hand-off, in the same process: a repetition of
/// its own has another.
fn last_of(store: &dyn Store, first: Execution) -> Result<Execution, Failure> {
    let page = store.executions(&ExecutionFilter {
        correlation: Some(first.start.correlation_id.clone()),
        limit: MOST_ROWS,
        ..ExecutionFilter::default()
    })?;
    let mut last = first;
    for row in page.executions.into_iter().rev() {
        let follows = row.start.parent_id.as_ref() == Some(&last.start.execution_id);
        if follows && row.start.owner == last.start.owner {
            last = row;
        }
    }
    Ok(last)
}

fn data_of_row(store: &dyn Store, row: &Execution) -> Result<Option<Value>, Failure> {
    let Some(output) = row.ended.as_ref().and_then(|ended| ended.output.as_ref()) else {
        return Ok(None);
    };
    let unreadable = |class, error: Box<dyn std::error::Error + Send + Sync>| {
        let told = format!(
            "the output of execution {} is not what was kept",
            row.start.execution_id
        );
        Failure::caused(class, told, std::io::Error::other(error))
            .with_hint("`ai-lab-framework execution verify` looks at the record.")
    };
    let text = store
        .whole_text(output)
        .map_err(|error| unreadable(error.class(), error.into()))?;
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|error| unreadable(ErrorClass::Environment, error.into()))
}

/// What the record says of an execution that has ended. `was_cut_short` for one whose process went before it could say
/// that this was the last.
fn of_row(
    store: &dyn Store,
    row: &Execution,
    was_cut_short: bool,
) -> Result<ExecutionOutcome, Failure> {
    let start = &row.start;
    let data = data_of_row(store, row)?;
    let ended = row.ended.as_ref();
    let mut error = ended.and_then(|ended| ended.error.as_ref()).map(told);
    // It has handed its work over, and nobody took it.
    if was_cut_short && error.is_none() && data.is_none() {
        let told = "the framework ended before the work was handed over";
        error = Some(ExecutionError::new(ErrorClass::Interrupted, told));
    }
    let completed = Box::new(Completed {
        format: 1,
        execution_id: start.execution_id.clone(),
        correlation_id: start.correlation_id.clone(),
        session_id: start.session_id.clone(),
        tool: start.tool.clone(),
        action: start.action.clone(),
        profile: start.profile,
        data,
        error,
        warnings: Vec::new(),
        recorded: true,
        handoff: None,
        attempts: start.attempt,
        fallback: None,
        chain: Vec::new(),
        artifacts: Vec::new(),
        durations: ended.map_or_else(Durations::default, |ended| Durations {
            queue_us: start.queue_us,
            record_us: ended.record_us,
            start_us: ended.start_us,
            run_us: ended.run_us,
        }),
    });
    let is_interrupted = |error: &ExecutionError| error.class == ErrorClass::Interrupted;
    Ok(match &completed.error {
        Some(error) if is_interrupted(error) => ExecutionOutcome::Interrupted(completed),
        Some(_) | None => ExecutionOutcome::Ended(completed),
    })
}

fn told(error: &RecordedError) -> ExecutionError {
    ExecutionError {
        class: error.class,
        kind: error.kind.clone(),
        message: error.message.clone(),
        retryable: error.retryable,
        detail: serde_json::from_str(&error.detail).unwrap_or_default(),
    }
}
