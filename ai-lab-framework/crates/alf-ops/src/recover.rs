//! Closes executions whose framework died.

use ai_lab_contract::ErrorClass;
use alf_runtime::{EndedProcess, ProcessIdentity, end_leftovers};
use alf_store::{
    EndStatus, Execution, ExecutionEnd, LogLevel, LogLine, MOST_ROWS, RecordError, RecordedError,
    Store,
};

use crate::failure::Failure;
use crate::surroundings::Clock;

/// Ends what is left of every execution whose framework is gone, and records it as interrupted.
///
/// Executions of frameworks that still run are theirs to end.
pub(crate) fn close_interrupted(store: &dyn Store, clock: &Clock) -> Result<usize, Failure> {
    let mut closed = 0;
    loop {
        let page = store.unfinished()?;
        let is_last = page.len() < MOST_ROWS as usize;
        let orphaned: Vec<Execution> = page
            .into_iter()
            .filter(|execution| !owner_lives(execution))
            .collect();
        for execution in &orphaned {
            close(store, clock, execution)?;
        }
        closed += orphaned.len();
        // A page without orphans holds what other frameworks run; those behind it wait for the next start.
        if is_last || orphaned.is_empty() {
            return Ok(closed);
        }
    }
}

fn close(store: &dyn Store, clock: &Clock, execution: &Execution) -> Result<(), Failure> {
    // First the processes, then the row: a row that says "interrupted" says that nothing runs any more.
    let id = std::slice::from_ref(&execution.start.execution_id);
    let text = told(&end_leftovers(id));
    match store.end_execution(&interrupted(execution, text, clock.now_ms())) {
        // Another framework that started at the same moment was quicker.
        Ok(()) | Err(RecordError::AlreadyEnded(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn told(ended: &[EndedProcess]) -> String {
    let text = "the framework ended before the tool did".to_owned();
    if ended.is_empty() {
        return text;
    }
    let names: Vec<String> = ended
        .iter()
        .map(|process| format!("{} ({})", process.name, process.pid))
        .collect();
    format!("{text}; ended what was left: {}", names.join(", "))
}

pub(crate) fn owner_lives(execution: &Execution) -> bool {
    let owner = &execution.start.owner;
    ProcessIdentity {
        pid: owner.pid,
        start_ticks: owner.start_ticks,
        boot_id: owner.boot_id.clone(),
    }
    .is_alive()
}

fn interrupted(execution: &Execution, text: String, now: i64) -> ExecutionEnd {
    ExecutionEnd {
        execution_id: execution.start.execution_id.clone(),
        status: EndStatus::Interrupted,
        error: Some(RecordedError {
            class: ErrorClass::Interrupted,
            kind: ErrorClass::Interrupted.as_str().to_owned(),
            message: "the framework ended before the tool did".to_owned(),
            retryable: true,
            detail: String::new(),
        }),
        answered: None,
        output: None,
        output_bytes: 0,
        log_bytes: 0,
        exit: String::new(),
        ended_at_ms: now,
        start_us: 0,
        run_us: 0,
        record_us: 0,
        logs: vec![LogLine {
            at_ms: now,
            level: LogLevel::Warn,
            text,
        }],
        metrics: Vec::new(),
    }
}
