//! How the gate is closed, and who is still behind it.

use std::fs::File;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use ai_lab_contract::{ActionName, ErrorClass, ExecutionId, ToolName};
use alf_runtime::pause;
use alf_store::Store as _;
use rustix::fs::FlockOperation;
use serde::Serialize;

use super::{Gate, make, open, take};
use crate::failure::Failure;
use crate::framework::Framework;
use crate::recover::owner_lives;

/// How often it is looked whether the last call has ended.
const LOOK: Duration = Duration::from_millis(10);

/// How often whoever waits is told for whom.
const TELL: Duration = Duration::from_secs(1);

/// How many running calls a message names.
const NAMED: usize = 8;

/// The gate, closed until this is dropped: no call runs, and none begins.
#[derive(Debug)]
#[must_use = "the gate opens again when this is dropped"]
pub struct Closed {
    /// Held, not read.
    _turnstile: File,
    /// Held, not read.
    _gate: File,
}

/// A call that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunningCall {
    /// Its id in the record.
    pub execution_id: ExecutionId,
    /// Its tool.
    pub tool: ToolName,
    /// Its action.
    pub action: ActionName,
    /// The process of the framework that carries it out.
    pub pid: u32,
    /// When it began: milliseconds since 1970, UTC.
    pub started_at_ms: i64,
}

/// What the gate is like at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GateState {
    /// Calls go through.
    Open,
    /// No new call goes through, and those that did still run.
    Closing,
    /// Nothing runs.
    Closed,
}

/// What is seen of the gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GateStatus {
    /// The form of this answer: 1.
    pub format: u32,
    /// What it is like.
    pub state: GateState,
    /// The file that every call holds shared, by `flock`. Whoever closes the gate holds it alone.
    pub gate: PathBuf,
    /// The file that whoever closes the gate holds alone first, so that no new call goes through.
    pub turnstile: PathBuf,
    /// The calls that run, oldest first.
    pub running: Vec<RunningCall>,
}

/// Closes the gate: keeps new calls out, and waits so long for those that run.
///
/// `waiting` is told once a second for whom. When the time is over, those that still run are named and the gate is open
/// again.
pub fn close_gate(
    framework: &Framework,
    wait: Duration,
    waiting: &mut dyn FnMut(&[RunningCall]),
) -> Result<Closed, Failure> {
    let gate = Gate::of(&framework.surroundings);
    let alone = FlockOperation::NonBlockingLockExclusive;
    let until = Instant::now() + wait;
    let turnstile = make(&gate.turnstile)?;
    while !take(&turnstile, &gate.turnstile, alone)? {
        if Instant::now() >= until {
            let told = "somebody else keeps the gate closed";
            return Err(Failure::new(ErrorClass::Conflict, told)
                .with_hint("An update is under way: `ai-lab framework status` shows it."));
        }
        pause(LOOK, None);
    }
    let held = make(&gate.gate)?;
    let mut tell_at = Instant::now() + TELL;
    while !take(&held, &gate.gate, alone)? {
        let now = Instant::now();
        if now >= until {
            return Err(still_running(wait, &running_calls(framework)));
        }
        if now >= tell_at {
            waiting(&running_calls(framework));
            tell_at = now + TELL;
        }
        pause(LOOK, None);
    }
    Ok(Closed {
        _turnstile: turnstile,
        _gate: held,
    })
}

/// What the gate is like now; what is told may be over when it is read.
pub fn gate_status(framework: &Framework) -> Result<GateStatus, Failure> {
    let gate = Gate::of(&framework.surroundings);
    let is_free = |path| match open(path)? {
        Some(file) => take(&file, path, FlockOperation::NonBlockingLockShared),
        None => Ok::<_, Failure>(true),
    };
    let state = match (is_free(&gate.gate)?, is_free(&gate.turnstile)?) {
        (false, _) => GateState::Closed,
        (true, false) => GateState::Closing,
        (true, true) => GateState::Open,
    };
    Ok(GateStatus {
        format: 1,
        state,
        running: running_calls(framework),
        gate: gate.gate,
        turnstile: gate.turnstile,
    })
}

/// The calls that the record has a start of and no end, and whose framework lives. A record that cannot be read names
/// none: the locks decide, not the names.
fn running_calls(framework: &Framework) -> Vec<RunningCall> {
    let unfinished = framework
        .existing_store()
        .ok()
        .and_then(|store| store.unfinished().ok());
    let lives = unfinished.unwrap_or_default().into_iter();
    lives
        .filter(owner_lives)
        .map(|execution| RunningCall {
            execution_id: execution.start.execution_id,
            tool: execution.start.tool,
            action: execution.start.action,
            pid: execution.start.owner.pid,
            started_at_ms: execution.start.started_at_ms,
        })
        .collect()
}

fn still_running(wait: Duration, running: &[RunningCall]) -> Failure {
    let seconds = wait.as_secs_f64();
    let names = running_names(running);
    let told = format!("after {seconds} s there still runs {names}");
    Failure::new(ErrorClass::Conflict, told).with_hint(
        "`ai-lab-framework execution cancel ID` withdraws a call in the background; `--wait SECONDS` waits longer.",
    )
}

/// The running calls as a person is told them.
pub fn running_names(running: &[RunningCall]) -> String {
    let name = |call: &RunningCall| {
        let RunningCall {
            tool,
            action,
            execution_id,
            pid,
            ..
        } = call;
        format!("{tool}.{action} ({execution_id}, process {pid})")
    };
    let mut names: Vec<String> = running.iter().take(NAMED).map(name).collect();
    match running.len() {
        0 => names.push("a call that is not in the record yet".to_owned()),
        count if count > NAMED => names.push(format!("{} more", count - NAMED)),
        _ => {}
    }
    names.join(", ")
}
