//! One entry for every kind of running.

use std::os::fd::BorrowedFd;
use std::path::PathBuf;
use std::sync::Arc;

use ai_lab_contract::Request;
use alf_policy::Kind;

use crate::report::RunReport;
use crate::run::{RunError, run};
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
                run(order.plan, order.secrets, &line, self.supervisor, cancel)
            }
            Kind::Worker(kept) => self.workers.run(order, (kept, None), &self.lines, cancel),
            Kind::Mcp(kept, tool) => self
                .workers
                .run(order, (kept, Some(tool)), &self.mcp, cancel),
        }
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
