//! `execution cancel`: withdraws a call from another process.

use std::time::Duration;

use ai_lab_contract::{ErrorClass, ExecutionId};

use super::note::{Note, Notes};
use super::outcome::{ExecutionOutcome, execution_outcome};
use super::waiting::wait_for_execution;
use crate::failure::Failure;
use crate::framework::Framework;

/// Withdraws the call that began with this execution and waits at most so long until nothing of it runs; says how it
/// stands then. One that has ended stays as it ended.
///
/// The process that carries it is told by a handle that no other process can have, so that one with the same number
/// never is. Only a call in the background can be withdrawn from elsewhere: any other belongs to whoever waits for it.
pub fn cancel_execution(
    framework: &Framework,
    execution: &ExecutionId,
    patience: Duration,
) -> Result<ExecutionOutcome, Failure> {
    let outcome = execution_outcome(framework, execution)?;
    if outcome.is_over() {
        return Ok(outcome);
    }
    let notes = Notes::open(&framework.surroundings.home)?;
    let note = match notes {
        Some(notes) => notes.read(execution)?,
        None => None,
    };
    let Some(note) = note else {
        let told = format!("execution {execution} does not run in the background");
        return Err(Failure::new(ErrorClass::Refused, told)
            .with_hint("Whoever called it can withdraw it: with Ctrl-C at its terminal."));
    };
    ask_to_end(&note);
    wait_for_execution(framework, execution, patience, None)
}

fn ask_to_end(note: &Note) {
    if let Some(carrier) = note.hold() {
        carrier.ask_to_end();
    }
}
