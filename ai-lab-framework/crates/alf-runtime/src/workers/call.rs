//! One call on its way through a long-lived process.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use ai_lab_contract::{ExecutionId, Request};
use alf_policy::{McpTool, RunLimits};
use alf_sandbox::{Refusals, StartError, TakenArtifacts};

use super::bell::Bell;
use super::log::KeptLog;
use crate::report::{EndedProcess, Exit, RunReport, Stop};
use crate::run::micros;

/// What became of a call that was given to a process.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It ran, well or not.
    Ran(RunReport),
    /// The process was gone before the call was sent: another one may take it.
    HandedBack,
    /// The program did not start.
    NotStarted(StartError),
    /// The process was lost hold of.
    Lost(io::Error),
}

/// Where a caller waits for its outcome.
#[derive(Debug)]
pub(crate) struct Ticket {
    outcome: Mutex<Option<Outcome>>,
    pub(crate) bell: Bell,
}

impl Ticket {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            outcome: Mutex::new(None),
            bell: Bell::new()?,
        })
    }

    pub(crate) fn take(&self) -> Option<Outcome> {
        self.outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    fn give(&self, outcome: Outcome) {
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        self.bell.ring();
    }
}

/// A call in the hands of whoever speaks with the process. Dropped unanswered, it is reported as lost.
#[must_use]
#[derive(Debug)]
pub struct Call {
    /// What is asked.
    pub request: Request,
    /// The server's tool that the call goes to; `None` for a worker.
    pub tool: Option<McpTool>,
    /// Its bounds.
    pub limits: RunLimits,
    /// When its time is over, waiting for a free process included.
    pub deadline: Instant,
    /// What the process said while it served the call.
    pub log: KeptLog,
    pub(crate) asked: Instant,
    pub(crate) sent: Option<Instant>,
    /// What its process is refused by its proxy, if it has one.
    pub(crate) refusals: Option<Refusals>,
    pub(crate) ticket: Option<Arc<Ticket>>,
}

impl Call {
    /// The execution.
    pub fn id(&self) -> &ExecutionId {
        &self.request.execution_id
    }

    /// Says that the process is about to be told of the call.
    pub fn mark_sent(&mut self) {
        self.sent = Some(Instant::now());
    }

    /// Ends the call with the result line that the process gave; the process lives on.
    pub fn answer(self, output: Vec<u8>) {
        self.end(Exit::Lives, None, output, Vec::new());
    }

    /// Ends the call without a result; the process lives on.
    pub fn stop(self, stop: Stop) {
        self.end(Exit::Lives, Some(stop), Vec::new(), Vec::new());
    }

    /// Ends the call.
    pub(crate) fn end(
        mut self,
        exit: Exit,
        stop: Option<Stop>,
        output: Vec<u8>,
        left_behind: Vec<EndedProcess>,
    ) {
        let sent = self.sent.unwrap_or_else(Instant::now);
        self.log.note_refusals(self.refusals.as_ref());
        let (log, log_bytes) = std::mem::take(&mut self.log).into_parts();
        self.give(Outcome::Ran(RunReport {
            exit,
            stop,
            output,
            log,
            log_bytes,
            left_behind,
            artifacts: TakenArtifacts::default(),
            start_us: micros(sent - self.asked),
            run_us: micros(sent.elapsed()),
        }));
    }

    pub(crate) fn hand_back(mut self) {
        self.give(Outcome::HandedBack);
    }

    pub(crate) fn give(&mut self, outcome: Outcome) {
        if let Some(ticket) = self.ticket.take() {
            ticket.give(outcome);
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.give(Outcome::Lost(io::Error::other(
            "the thread that owned the process dropped the call",
        )));
    }
}
