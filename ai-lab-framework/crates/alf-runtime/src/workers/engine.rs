//! What speaks with a long-lived process, and what it is given for that.

use std::fmt;
use std::os::fd::OwnedFd;
use std::process::{ChildStderr, ChildStdin, ChildStdout};

use alf_policy::{RunPlan, WorkerPlan};
use rustix::process::{Pid, Signal, kill_process_group};

use super::call::Call;
use super::desk::Desk;
use crate::report::Stop;

/// Speaks one protocol with processes of tools. One value serves many processes, each on its own thread.
pub trait Engine: fmt::Debug + Send + Sync {
    /// Serves the calls on the desk until the process is to end or has ended.
    ///
    /// Bounds what it reads, and each call by its deadline. Does not wait for the process: how it ends is the answer.
    fn serve(&self, seat: &mut Seat<'_>) -> Ended;
}

/// One long-lived process in the hands of an engine.
#[derive(Debug)]
pub struct Seat<'a> {
    /// What was started.
    pub plan: &'a RunPlan,
    /// How it is kept.
    pub worker: &'a WorkerPlan,
    /// Where calls come from.
    pub desk: &'a Desk,
    /// The pipe to it; does not block. Taken out and dropped, it tells the process that nothing more comes.
    pub stdin: Option<ChildStdin>,
    /// The pipe from it; does not block.
    pub stdout: ChildStdout,
    /// Its log; does not block.
    pub stderr: ChildStderr,
    /// Readable once the process has ended (pidfd).
    pub ended: OwnedFd,
    pub(crate) pid: Pid,
}

impl Seat<'_> {
    /// Asks the process and its group to end.
    pub(crate) fn ask_to_end(&self) {
        let _gone = kill_process_group(self.pid, Signal::TERM);
    }
}

/// How a process is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It has ended.
    Gone,
    /// Its input is closed, then as for [`Self::Ask`].
    Close,
    /// It is asked to end, and killed after its grace.
    Ask,
    /// It is killed at once: every moment of it costs.
    Kill,
}

/// What an engine leaves when it stops serving.
#[must_use]
#[derive(Debug)]
pub struct Ended {
    /// How the process is to end.
    pub how: Ending,
    /// Whether it failed before it had answered any call; such deaths in a row delay the next start.
    pub died: bool,
    /// The calls it had been given.
    pub unanswered: Vec<Unanswered>,
}

/// A call that its process did not answer.
#[derive(Debug)]
pub struct Unanswered {
    /// The call.
    pub call: Call,
    /// Why it ended; `None` when the process ended by itself.
    pub stop: Option<Stop>,
    /// Half a result line.
    pub output: Vec<u8>,
}
