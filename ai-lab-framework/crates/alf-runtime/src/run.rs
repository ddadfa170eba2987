//! One run from start to end.

use std::io;
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::time::Instant;

use alf_policy::RunPlan;
use alf_sandbox::{ArtifactBounds, Caretaker, StartError, WorkFolder};
use alf_secrets::HandOverPlan;

use crate::pump::{Pump, Turn};
use crate::report::{RunReport, Stop};
use crate::supervisor::{Started, Supervisor};
use crate::workers::KeptLog;

/// A run that left no report.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The program did not start.
    #[error("cannot start `{}`", program.display())]
    Start {
        /// Which program.
        program: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The sandbox could not be put in force: nothing of the tool ran.
    #[error("refused: applying {what} failed, so `{}` was not started", program.display())]
    Refused {
        /// Which program.
        program: PathBuf,
        /// What could not be applied.
        what: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The program started, and the framework lost hold of it; its tree was ended.
    #[error("cannot follow `{}`", program.display())]
    Follow {
        /// Which program.
        program: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl RunError {
    pub(crate) fn not_started(program: &Path, why: StartError) -> Self {
        let program = program.to_owned();
        match why {
            StartError::Applying { what, source } => Self::Refused {
                program,
                what,
                source,
            },
            StartError::Program(source) => Self::Start { program, source },
        }
    }
}

/// Runs the plan with one request line on standard input; the tool inherits the secrets.
///
/// Returns once nothing of the tool runs any more: at the latest after the run limit, the grace period and the time to
/// end its tree. `cancel` becoming readable withdraws the call.
pub fn run(
    plan: &RunPlan,
    secrets: &HandOverPlan,
    line: &[u8],
    supervisor: &Supervisor,
    cancel: Option<BorrowedFd<'_>>,
) -> Result<RunReport, RunError> {
    run_in(plan, secrets, line, (supervisor, None), cancel)
}

/// The same in a work folder of the caretaker's, if there is one.
pub(crate) fn run_in(
    plan: &RunPlan,
    secrets: &HandOverPlan,
    line: &[u8],
    (supervisor, caretaker): (&Supervisor, Option<&Caretaker>),
    cancel: Option<BorrowedFd<'_>>,
) -> Result<RunReport, RunError> {
    let called = Instant::now();
    // Dropped, and with it removed, when nothing of the tool runs any more.
    let place = &plan.confinement.work;
    let work = caretaker
        .map_or_else(
            || WorkFolder::make(place),
            |caretaker| caretaker.make(place),
        )
        .map_err(|why| RunError::not_started(&plan.program, why.into()))?;
    let mut started = supervisor
        .start(plan, secrets)
        .map_err(|why| RunError::not_started(&plan.program, why))?;
    let refusals = started.process.refusals();
    let running = Instant::now();
    let followed = Pump::new(&mut started.process, line, plan.limits).and_then(|mut pump| {
        let stop = follow(plan, &mut pump, &started, running, cancel)?;
        Ok((pump, stop))
    });
    // Whatever happened above, the tree is ended before anything is returned.
    let by_itself = matches!(followed, Ok((_, None)));
    let ended = supervisor.end(started, by_itself);
    let lost = |source| RunError::Follow {
        program: plan.program.clone(),
        source,
    };
    let (mut pump, stop) = followed.map_err(lost)?;
    let (status, left_behind) = ended.map_err(lost)?;
    let within = pump.drain();
    let mut log = KeptLog::of(pump.log, pump.log_bytes, plan.limits.log_bytes);
    log.note_refusals(refusals.as_ref());
    let (log, log_bytes) = log.into_parts();
    let report = RunReport {
        exit: status.into(),
        stop: stop.or((!within).then_some(Stop::OutputLimit)),
        output: pump.output,
        log,
        log_bytes,
        left_behind,
        artifacts: work.take_artifacts(&ArtifactBounds::default()),
        start_us: micros(running - called),
        run_us: micros(running.elapsed()),
    };
    if let Some(caretaker) = caretaker {
        caretaker.take_away(work);
    }
    Ok(report)
}

/// Follows the program until it ends or must be ended.
fn follow(
    plan: &RunPlan,
    pump: &mut Pump<'_>,
    started: &Started,
    running: Instant,
    cancel: Option<BorrowedFd<'_>>,
) -> io::Result<Option<Stop>> {
    let turn = pump.turn(running + plan.limits.run, cancel)?;
    match turn {
        // A flood gets no grace: every moment of it costs memory or time.
        Turn::Ended | Turn::TooMuchOutput => {}
        Turn::TimeOver | Turn::Cancelled => {
            Supervisor::ask_to_end(started);
            // What it does with its grace changes nothing about why it was stopped.
            pump.turn(Instant::now() + plan.limits.grace, None)?;
        }
    }
    Ok(turn.stop())
}

pub(crate) fn micros(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
