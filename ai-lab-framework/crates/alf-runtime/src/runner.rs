//! One entry for every kind of running.

use std::os::fd::BorrowedFd;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use ai_lab_contract::Request;
use alf_policy::Kind;
use alf_sandbox::Caretaker;

use crate::report::RunReport;
use crate::run::{RunError, run_in};
use crate::supervisor::Supervisor;
use crate::workers::{Engine, Lines, Order, WorkerBounds, Workers};

/// Carries out plans of every kind: one report, whatever serves the call.
///
/// Shared by threads. Dropped, it ends the long-lived processes and waits until they are gone.
#[derive(Debug)]
pub struct Runner {
    supervisor: &'static Supervisor,
    workers: Workers,
    lines: Arc<dyn Engine>,
    mcp: Arc<dyn Engine>,
    /// Whether a process of its own has served a call already.
    has_run: AtomicBool,
    caretaker: OnceLock<Option<Caretaker>>,
}

impl Runner {
    /// A runner without processes yet. `mcp` speaks with MCP servers; `marks` is the folder for
    /// [`end_orphaned_workers`](crate::end_orphaned_workers).
    pub fn new(
        supervisor: &'static Supervisor,
        bounds: WorkerBounds,
        mcp: Arc<dyn Engine>,
        marks: Option<PathBuf>,
    ) -> Self {
        Self {
            supervisor,
            workers: Workers::new(supervisor, bounds, marks),
            lines: Arc::new(Lines),
            mcp,
            has_run: AtomicBool::new(false),
            caretaker: OnceLock::new(),
        }
    }

    /// Runs the plan for one request.
    ///
    /// Returns at the latest after the run limit, the grace period and the time to end the process tree.
    /// `cancel` becoming readable withdraws the call.
    pub fn run(
        &self,
        order: Order<'_>,
        cancel: Option<BorrowedFd<'_>>,
    ) -> Result<RunReport, RunError> {
        match &order.plan.kind {
            Kind::Exec => {
                let line = request_line(order.request);
                let doers = (self.supervisor, self.caretaker());
                run_in(order.plan, order.secrets, &line, doers, cancel)
            }
            Kind::Worker(kept) => self.workers.run(order, (kept, None), &self.lines, cancel),
            Kind::Mcp(kept, tool) => self
                .workers
                .run(order, (kept, Some(tool)), &self.mcp, cancel),
        }
    }

    /// From the second call on: a thread would cost a command that makes one call more than it saves.
    fn caretaker(&self) -> Option<&Caretaker> {
        if !self.has_run.swap(true, Ordering::Relaxed) {
            return None;
        }
        // Without a thread, each call does its own.
        self.caretaker
            .get_or_init(|| Caretaker::new().ok())
            .as_ref()
    }

    /// The long-lived processes.
    pub fn workers(&self) -> &Workers {
        &self.workers
    }
}

/// The request as the tool reads it.
fn request_line(request: &Request) -> Vec<u8> {
    let mut line = serde_json::to_vec(request).expect("because a request has text keys only");
    line.push(b'\n');
    line
}
