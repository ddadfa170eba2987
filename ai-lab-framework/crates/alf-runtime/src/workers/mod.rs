//! Long-lived processes: started when a call needs one, shared by callers on any thread, ended when idle.

mod bell;
mod call;
mod desk;
mod engine;
mod lines;
mod log;
mod marks;
mod owner;
mod pool;

use std::collections::HashMap;
use std::io;
use std::os::fd::BorrowedFd;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use ai_lab_contract::{ErrorClass, Request};
use alf_policy::{McpTool, RunPlan, WorkerPlan};
use alf_sandbox::TakenArtifacts;
use alf_secrets::HandOverPlan;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::report::{Exit, RunReport, Stop};
use crate::run::{RunError, micros};
use crate::supervisor::Supervisor;
use call::{Outcome, Ticket};
use marks::Mark;
use pool::{Choice, Pool, StartedFrom};

pub use call::Call;
pub use desk::{Desk, Message};
pub use engine::{Ended, Ending, Engine, Seat, Unanswered};
pub use lines::Lines;
pub use log::KeptLog;
pub use marks::end_orphaned_workers;
pub use owner::shared_fate;
pub use pool::WorkerBounds;

/// One call, and everything its process depends on.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// What will be done.
    pub plan: &'a RunPlan,
    /// What is asked.
    pub request: &'a Request,
    /// What its process is handed at its start.
    pub secrets: &'a HandOverPlan,
    /// What the process's start depends on beyond the plan, such as the tool's digest and its secrets' version.
    ///
    /// Another text for the same folder gets new processes; the old ones end once their calls are answered.
    pub origin: &'a str,
}

/// How many were started, by all frameworks of this process: of two, each would give out the other's names.
static STARTED: AtomicU64 = AtomicU64::new(0);

/// The long-lived processes of one framework. Dropped, it ends them all and waits until they are gone.
#[derive(Debug)]
pub struct Workers {
    supervisor: &'static Supervisor,
    bounds: WorkerBounds,
    marks: Option<PathBuf>,
    mark: OnceLock<Option<Mark>>,
    pools: Mutex<HashMap<PathBuf, Arc<Pool>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Workers {
    /// No process yet. `marks` is a folder in which a framework that has any leaves its name, for the one that comes
    /// after a crash; made when it is needed.
    pub fn new(
        supervisor: &'static Supervisor,
        bounds: WorkerBounds,
        marks: Option<PathBuf>,
    ) -> Self {
        Self {
            supervisor,
            bounds,
            marks,
            mark: OnceLock::new(),
            pools: Mutex::default(),
            threads: Mutex::default(),
        }
    }

    /// Has a long-lived process serve the call: a free one, else a new one, else the first to become free.
    ///
    /// Returns at the latest after the plan's time, the grace period and the time to end the process's tree.
    /// `cancel` becoming readable withdraws the call.
    pub fn run(
        &self,
        order: Order<'_>,
        kept: (&WorkerPlan, Option<&McpTool>),
        engine: &Arc<dyn Engine>,
        cancel: Option<BorrowedFd<'_>>,
    ) -> Result<RunReport, RunError> {
        let asked = Instant::now();
        let follow = |source| RunError::Follow {
            program: order.plan.program.clone(),
            source,
        };
        let ticket = Arc::new(Ticket::new().map_err(follow)?);
        let waiting = Waiting {
            ticket: &ticket,
            cancel,
            asked,
            deadline: asked + order.plan.limits.run,
        };
        loop {
            let pool = self.pool(order, kept.0, engine);
            let desk = match pool.choose(&ticket, Instant::now()).map_err(follow)? {
                Choice::Take(desk) => desk,
                Choice::Start(desk) => {
                    self.start(&pool, order, &desk).map_err(follow)?;
                    desk
                }
                Choice::Closed => continue,
                Choice::Wait(pause) => match waiting.in_queue(&pool, pause).map_err(follow)? {
                    Some(stop) => return Ok(never_ran(stop, asked)),
                    None => continue,
                },
            };
            desk.leave(Message::Call(Box::new(waiting.call(order, kept.1))));
            if !pool.is_open(&desk) {
                desk.leave(Message::Close);
            }
            let outcome = waiting.outcome(&desk, order.request).map_err(follow)?;
            pool.release(&desk);
            match outcome {
                Outcome::Ran(report) => return Ok(report),
                Outcome::HandedBack => {}
                Outcome::NotStarted(why) => {
                    return Err(RunError::not_started(&order.plan.program, why));
                }
                Outcome::Lost(source) => return Err(follow(source)),
            }
        }
    }

    /// How many processes take calls right now.
    pub fn open(&self) -> usize {
        self.pools().values().map(|pool| pool.open()).sum()
    }

    /// How many calls processes have been chosen for and have not answered.
    pub fn in_flight(&self) -> usize {
        self.pools().values().map(|pool| pool.in_flight()).sum()
    }

    /// How many calls wait for a process.
    pub fn waiting(&self) -> usize {
        self.pools().values().map(|pool| pool.waiting()).sum()
    }

    fn pools(&self) -> MutexGuard<'_, HashMap<PathBuf, Arc<Pool>>> {
        self.pools.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tool's processes; those of an earlier state of the tool are told to end.
    fn pool(&self, order: Order<'_>, worker: &WorkerPlan, engine: &Arc<dyn Engine>) -> Arc<Pool> {
        let mut pools = self.pools();
        if let Some(pool) = pools.get(&order.plan.folder) {
            if pool.from.is_of(order.plan, order.origin) && pool.worker == *worker {
                return Arc::clone(pool);
            }
            pool.close();
        }
        let from = StartedFrom::of(order.plan, order.origin);
        let pool = Arc::new(Pool::new(
            from,
            worker.clone(),
            self.bounds,
            Arc::clone(engine),
        ));
        pools.insert(order.plan.folder.clone(), Arc::clone(&pool));
        pool
    }

    fn start(&self, pool: &Arc<Pool>, order: Order<'_>, desk: &Arc<Desk>) -> io::Result<()> {
        let mark = self
            .mark
            .get_or_init(|| Mark::leave(self.marks.as_deref()).ok());
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let name = Mark::name(mark.as_ref(), number);
        let plan = order.plan.of_process(name);
        let secrets = order.secrets.clone();
        let (supervisor, desk) = (self.supervisor, Arc::clone(desk));
        let spawned = thread::Builder::new().name("worker".to_owned()).spawn({
            let desk = Arc::clone(&desk);
            move || owner::own(supervisor, &plan, &secrets, &desk)
        });
        match spawned {
            Ok(thread) => {
                let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
                threads.retain(|thread| !thread.is_finished());
                threads.push(thread);
                Ok(())
            }
            Err(error) => {
                pool.remove(&desk);
                Err(error)
            }
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.pools().drain().for_each(|(_, pool)| pool.close());
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            // A panic there has been told where it happened; its process dies with this one.
            let _panicked = thread.join();
        }
    }
}

/// One caller and its patience.
struct Waiting<'a> {
    ticket: &'a Arc<Ticket>,
    cancel: Option<BorrowedFd<'a>>,
    asked: Instant,
    deadline: Instant,
}

impl Waiting<'_> {
    fn call(&self, order: Order<'_>, tool: Option<&McpTool>) -> Call {
        Call {
            request: order.request.clone(),
            tool: tool.cloned(),
            limits: order.plan.limits,
            deadline: self.deadline,
            log: KeptLog::new(order.plan.limits.log_bytes),
            asked: self.asked,
            sent: None,
            refusals: None,
            ticket: Some(Arc::clone(self.ticket)),
        }
    }

    /// Waits for a process to be free. `Some` when the call's time is over first or its caller withdraws it.
    fn in_queue(&self, pool: &Pool, pause: Option<Instant>) -> io::Result<Option<Stop>> {
        let until = pause.map_or(self.deadline, |pause| pause.min(self.deadline));
        let rang = self.wait(Some(until), self.cancel)?;
        self.ticket.bell.hush();
        pool.leave_queue(self.ticket);
        if rang == Rang::Cancel {
            return Ok(Some(Stop::Cancelled));
        }
        if Instant::now() < self.deadline {
            return Ok(None);
        }
        let why = match pause {
            None => "every process of the tool was busy until the call's time was over",
            Some(_) => {
                "the tool's processes keep ending, and the next may not start before the call's time is over"
            }
        };
        Ok(Some(Stop::Failed {
            class: ErrorClass::Timeout,
            why: why.to_owned(),
        }))
    }

    /// Waits for what becomes of the call. The process's owner holds the clock.
    fn outcome(&self, desk: &Desk, request: &Request) -> io::Result<Outcome> {
        let mut cancel = self.cancel;
        loop {
            if let Some(outcome) = self.ticket.take() {
                self.ticket.bell.hush();
                return Ok(outcome);
            }
            if self.wait(None, cancel)? == Rang::Cancel {
                cancel = None;
                desk.leave(Message::Cancel(request.execution_id.clone()));
            } else {
                self.ticket.bell.hush();
            }
        }
    }

    fn wait(&self, until: Option<Instant>, cancel: Option<BorrowedFd<'_>>) -> io::Result<Rang> {
        let bell = PollFd::new(&self.ticket.bell, PollFlags::IN);
        let mut fds = match cancel {
            None => vec![bell],
            Some(cancel) => vec![bell, PollFd::from_borrowed_fd(cancel, PollFlags::IN)],
        };
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let timeout = left.and_then(|left| Timespec::try_from(left).ok());
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let is_cancelled = fds.get(1).is_some_and(|fd| !fd.revents().is_empty());
        Ok(if is_cancelled {
            Rang::Cancel
        } else {
            Rang::BellOrTime
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rang {
    Cancel,
    BellOrTime,
}

/// The report of a call that no process took.
fn never_ran(stop: Stop, asked: Instant) -> RunReport {
    RunReport {
        exit: Exit::Never,
        stop: Some(stop),
        output: Vec::new(),
        log: Vec::new(),
        log_bytes: 0,
        left_behind: Vec::new(),
        artifacts: TakenArtifacts::default(),
        start_us: micros(asked.elapsed()),
        run_us: 0,
    }
}
