//! Keeps every process of every tool within reach.

use std::collections::HashSet;
use std::io;
use std::os::fd::AsFd;
use std::process::ExitStatus;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ai_lab_contract::ExecutionId;
use alf_policy::{EXECUTION_MARKER, Machine, RunPlan};
use alf_sandbox::{Depth, Process, Start, StartError, keep_descriptors, start};
use alf_secrets::{HandOverPlan, SECRETS_FD, SECRETS_FD_VARIABLE, hand_over};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, WaitOptions, kill_process, kill_process_group,
    pidfd_open, set_child_subreaper, waitid, waitpid,
};

use crate::descendants::{children, look_at, marked_with};
use crate::detached::Detached;
use crate::identity::HeldProcess;
use crate::report::EndedProcess;

/// How long ending a tree may take; what still runs then is left running. Stops a fork bomb from holding the caller.
const TREE_END: Duration = Duration::from_secs(5);

/// The one owner of this process's children.
///
/// It makes this process the reaper of its descendants (prctl(2), `PR_SET_CHILD_SUBREAPER`): when a tool ends, whatever
/// it left behind becomes a child here and is found, whatever group or session it moved to.
/// There is one a process; children started elsewhere in it would be taken for leftovers.
#[derive(Debug)]
pub struct Supervisor {
    running: Mutex<Running>,
}

/// What is in hand right now.
#[derive(Debug, Default)]
struct Running {
    /// The programs, until they are waited for: afterwards their numbers may be another's.
    programs: HashSet<Pid>,
    /// The executions, until nothing of them is left.
    executions: Vec<ExecutionId>,
    /// Processes that are to outlive this one, until they are waited for.
    detached: HashSet<Pid>,
}

/// A tool's program, started and registered. Must be ended through [`Supervisor::end`].
#[must_use]
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) process: Process,
    pub(crate) pid: Pid,
    pub(crate) execution: ExecutionId,
}

impl Supervisor {
    /// Makes this process the reaper of its descendants.
    pub fn install() -> io::Result<Self> {
        set_child_subreaper(Some(rustix::process::getpid()))?;
        Ok(Self {
            running: Mutex::default(),
        })
    }

    /// What this machine gives; see [`alf_sandbox::probe_machine`].
    ///
    /// Looking closely starts a process that is no tool's: while it lives nobody looks for leftovers, who would take it
    /// for one.
    pub fn probe_machine(&self, depth: Depth) -> &'static Machine {
        let _nobody_sweeps = self.running();
        alf_sandbox::probe_machine(depth)
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        // It is consistent after any panic: each change is one insert or remove.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the planned program in its own process group, with its secrets, closed in as the plan says.
    ///
    /// It dies with the calling thread.
    pub(crate) fn start(
        &self,
        plan: &RunPlan,
        secrets: &HandOverPlan,
    ) -> Result<Started, StartError> {
        let handed = hand_over(secrets).map_err(StartError::Program)?;
        let mut environment = plan.environment.clone();
        if handed.file.is_some() {
            environment.insert(SECRETS_FD_VARIABLE.to_owned(), SECRETS_FD.to_string());
        }
        for (variable, value) in &handed.environment {
            environment.insert(variable.clone(), value.expose().to_owned());
        }
        // Held from before the start: until it is registered, a sweep would take the child for a leftover.
        let mut running = self.running();
        let starting = start(Start {
            program: &plan.program,
            arguments: &plan.arguments,
            environment: &environment,
            folder: &plan.folder,
            confinement: &plan.confinement,
            handed: handed.file,
        })?;
        let pid = starting.pid();
        running.programs.insert(pid);
        running.executions.push(plan.execution.clone());
        drop(running);
        match starting.finish() {
            Ok(process) => Ok(Started {
                process,
                pid,
                execution: plan.execution.clone(),
            }),
            Err(error) => {
                self.running().programs.remove(&pid);
                // Of its own process namespace something may end a moment later than the helper.
                self.sweep(&plan.execution, Some(pid));
                self.forget(&plan.execution);
                Err(error)
            }
        }
    }

    /// Asks the program's group to end.
    pub(crate) fn ask_to_end(started: &Started) {
        // It may be gone already; then there is nobody to ask.
        let _gone = kill_process_group(started.pid, Signal::TERM);
    }

    /// Ends what is left of the program and all it started, and says what outlived it.
    ///
    /// A program that is still running is killed with its group first; of that group nothing is said then.
    pub(crate) fn end(
        &self,
        started: Started,
        by_itself: bool,
    ) -> io::Result<(ExitStatus, Vec<EndedProcess>)> {
        if !by_itself {
            // Before the wait: while the leader is not waited for, its group's number cannot be reused.
            let _gone = kill_process_group(started.pid, Signal::KILL);
        }
        let status = started.process.wait();
        self.running().programs.remove(&started.pid);
        let killed_group = (!by_itself).then_some(started.pid);
        let left_behind = self.sweep(&started.execution, killed_group);
        self.forget(&started.execution);
        // Now that nothing is in its control groups any more.
        drop(started);
        Ok((status?, left_behind))
    }

    /// Starts a process that is no tool's and outlives this one; nobody takes it for a leftover.
    ///
    /// What of its like has ended is waited for on the way.
    pub fn start_detached(&self, detached: Detached<'_>) -> io::Result<HeldProcess> {
        // Held from before the start: until it is registered, a sweep would take the child for a leftover.
        let mut running = self.running();
        running.reap_detached();
        keep_descriptors();
        let (pid, process) = detached.start()?;
        running.detached.insert(pid);
        Ok(process)
    }

    fn forget(&self, execution: &ExecutionId) {
        let mut running = self.running();
        let place = running.executions.iter().position(|id| id == execution);
        if let Some(place) = place {
            running.executions.swap_remove(place);
        }
    }

    /// Kills and reaps the leftovers of an execution until there are none.
    fn sweep(&self, execution: &ExecutionId, killed_group: Option<Pid>) -> Vec<EndedProcess> {
        let mut ended = Vec::new();
        let deadline = Instant::now() + TREE_END;
        while has_children() && Instant::now() < deadline {
            let orphans = self.orphans_of(execution);
            if orphans.is_empty() {
                break;
            }
            for pid in orphans {
                let raw = pid.as_raw_nonzero().get();
                let outlived = look_at(raw).filter(|seen| {
                    seen.is_running && killed_group.is_none_or(|group| seen.group != group)
                });
                let _gone = kill_process(pid, Signal::KILL);
                // Its own children become ours when it ends; the next round finds them.
                reap(pid, deadline);
                ended.extend(outlived.map(|seen| EndedProcess {
                    pid: raw,
                    name: seen.name,
                }));
            }
        }
        ended
    }

    /// Children that nobody started here, except those marked as another running execution's.
    fn orphans_of(&self, execution: &ExecutionId) -> Vec<Pid> {
        let mut running = self.running();
        running.reap_detached();
        children()
            .into_iter()
            .filter(|pid| !running.programs.contains(pid) && !running.detached.contains(pid))
            .filter(|pid| {
                let mut others = running
                    .executions
                    .iter()
                    .filter(|other| *other != execution);
                match marked_with(pid.as_raw_nonzero().get(), EXECUTION_MARKER) {
                    Some(marker) => !others.any(|other| other.as_str() == marker),
                    // A leftover without a marker (a zombie, or one that took another environment) is this
                    // execution's unless another runs; then the last one to end takes it.
                    None => others.next().is_none(),
                }
            })
            .collect()
    }
}

impl Running {
    /// Waits for those of the detached that have ended: their numbers may be another's from then on.
    fn reap_detached(&mut self) {
        self.detached
            .retain(|pid| matches!(waitpid(Some(*pid), WaitOptions::NOHANG), Ok(None)));
    }
}

/// One system call that spares the walk through `/proc` in the usual case.
fn has_children() -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    waitid(WaitId::All, options).is_ok()
}

fn reap(pid: Pid, deadline: Instant) {
    let Ok(handle) = pidfd_open(pid, PidfdFlags::empty()) else {
        return;
    };
    wait_until_gone(&handle, deadline);
    let _not_ours = waitpid(Some(pid), WaitOptions::NOHANG);
}

/// Waits until a process that was killed has ended, at most until the deadline.
pub(crate) fn wait_until_gone(process: impl AsFd, deadline: Instant) {
    let patience = deadline.saturating_duration_since(Instant::now());
    let timeout = Timespec::try_from(patience).ok();
    let _interrupted = poll(
        &mut [PollFd::new(&process, PollFlags::IN)],
        timeout.as_ref(),
    );
}
