//! How a call goes through.

use std::fs::File;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use ai_lab_contract::ErrorClass;
use alf_runtime::pause;
use rustix::fs::FlockOperation;

use super::{Gate, make, open, take};
use crate::failure::Failure;
use crate::framework::Framework;

/// How long a call waits before a closed gate. Stops callers from hanging on an update that hangs.
const MOST_WAIT: Duration = Duration::from_secs(10);

/// How often it is looked whether the gate is open again.
const LOOK: Duration = Duration::from_millis(10);

/// A call that has gone through, until it is dropped.
#[derive(Debug)]
pub(crate) struct Passage {
    /// Held, not read; `None` where there is no home that could be migrated.
    _gate: Option<File>,
}

/// Goes through the gate, waiting before a closed one until `deadline` at most, and no longer than [`MOST_WAIT`].
///
/// Nothing of the call has begun yet: who is refused may simply call again.
pub(crate) fn enter(
    framework: &Framework,
    deadline: Option<Instant>,
    cancel: Option<BorrowedFd<'_>>,
) -> Result<Passage, Failure> {
    let gate = Gate::of(&framework.surroundings);
    let file = match open(&gate.gate)? {
        Some(file) => file,
        None => match make(&gate.gate) {
            Ok(file) => file,
            // A home that cannot be written has a database that cannot be migrated; the record says what that means.
            Err(_) => return Ok(Passage { _gate: None }),
        },
    };
    let until = Instant::now() + MOST_WAIT;
    let until = deadline.map_or(until, |deadline| deadline.min(until));
    loop {
        if passes(&gate, &file)? {
            return Ok(Passage { _gate: Some(file) });
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(closed());
        }
        if !pause(left.min(LOOK), cancel) {
            let told = "the call was withdrawn before it began";
            return Err(Failure::new(ErrorClass::Cancelled, told));
        }
    }
}

fn passes(gate: &Gate, file: &File) -> Result<bool, Failure> {
    let shared = FlockOperation::NonBlockingLockShared;
    // Only who closes the gate makes the turnstile; it is let go of as soon as the gate itself is held.
    let turnstile = open(&gate.turnstile)?;
    if let Some(turnstile) = &turnstile
        && !take(turnstile, &gate.turnstile, shared)?
    {
        return Ok(false);
    }
    take(file, &gate.gate, shared)
}

fn closed() -> Failure {
    let told = "the framework is being updated: nothing runs until that is done";
    Failure::new(ErrorClass::Unavailable, told).with_hint(
        "Call again in a moment; `ai-lab-framework gate status` says whether it is done.",
    )
}
