//! Ends what a framework that died left running.

use ai_lab_contract::ExecutionId;
use alf_policy::EXECUTION_MARKER;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::descendants::{every_process, look_at, marked_with};
use crate::report::EndedProcess;

/// How often the process table is read until nothing marked is found. Stops a fork bomb from holding the caller.
const ROUNDS: usize = 16;

/// Kills every process marked with one of these executions and says which.
///
/// Only for executions whose framework is gone: this process's own are ended by their [`Supervisor`](crate::Supervisor).
pub fn end_leftovers(executions: &[ExecutionId]) -> Vec<EndedProcess> {
    let mut ended = Vec::new();
    if executions.is_empty() {
        return ended;
    }
    for _ in 0..ROUNDS {
        let before = ended.len();
        for pid in every_process() {
            // Held before the marker is read: the number cannot pass to another process in between.
            let Some(handle) =
                Pid::from_raw(pid).and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok())
            else {
                continue;
            };
            let marked = marked_with(pid, EXECUTION_MARKER)
                .is_some_and(|marker| executions.iter().any(|id| id.as_str() == marker));
            let Some(seen) = marked.then(|| look_at(pid)).flatten() else {
                continue;
            };
            if seen.is_running && pidfd_send_signal(&handle, Signal::KILL).is_ok() {
                ended.push(EndedProcess {
                    pid,
                    name: seen.name,
                });
            }
        }
        if ended.len() == before {
            break;
        }
    }
    ended.sort_by_key(|process| process.pid);
    ended.dedup();
    ended
}
