//! Ends what a framework that died left running.

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use ai_lab_contract::ExecutionId;
use alf_policy::EXECUTION_MARKER;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::descendants::{every_process, look_at, marked_with};
use crate::report::EndedProcess;
use crate::supervisor::wait_until_gone;

/// How often the process table is read until nothing marked is found. Stops a fork bomb from holding the caller.
const ROUNDS: usize = 16;
/// How long a killed process may take to be gone, such as one that the disk holds. What takes longer is left to die.
const GONE_WITHIN: Duration = Duration::from_secs(5);

/// Kills every process marked with one of these executions, waits until it is gone, and says which.
///
/// Only for executions whose framework is gone: this process's own are ended by their [`Supervisor`](crate::Supervisor).
pub fn end_leftovers(executions: &[ExecutionId]) -> Vec<EndedProcess> {
    if executions.is_empty() {
        return Vec::new();
    }
    end_marked(|marker| executions.iter().any(|id| id.as_str() == marker))
}

/// Kills every process with a marker that is meant, waits until it is gone, and says which.
pub(crate) fn end_marked(is_meant: impl Fn(&str) -> bool) -> Vec<EndedProcess> {
    let mut ended = Vec::new();
    let deadline = Instant::now() + GONE_WITHIN;
    for _ in 0..ROUNDS {
        let killed: Vec<(OwnedFd, EndedProcess)> = every_process()
            .into_iter()
            .filter_map(|pid| kill_marked(pid, &is_meant))
            .collect();
        if killed.is_empty() {
            break;
        }
        for (handle, process) in killed {
            wait_until_gone(&handle, deadline);
            ended.push(process);
        }
    }
    ended.sort_by_key(|process| process.pid);
    ended.dedup();
    ended
}

/// Kills a process if it runs and carries a marker that is meant.
fn kill_marked(pid: i32, is_meant: impl Fn(&str) -> bool) -> Option<(OwnedFd, EndedProcess)> {
    // Held before the marker is read: the number cannot pass to another process in between.
    let handle = pidfd_open(Pid::from_raw(pid)?, PidfdFlags::empty()).ok()?;
    let marker = marked_with(pid, EXECUTION_MARKER)?;
    let seen = look_at(pid).filter(|seen| is_meant(&marker) && seen.is_running)?;
    pidfd_send_signal(&handle, Signal::KILL).ok()?;
    Some((
        handle,
        EndedProcess {
            pid,
            name: seen.name,
        },
    ))
}
