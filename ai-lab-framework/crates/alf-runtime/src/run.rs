//! One run from start to end.

use std::io;
use std::os::fd::BorrowedFd;
use std::path::PathBuf;
use std::time::Instant;

use alf_policy::RunPlan;
use alf_secrets::HandOverPlan;

use crate::pump::{Pump, Turn};
use crate::report::{RunReport, Stop};
use crate::supervisor::{Started, Supervisor};

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
    let called = Instant::now();
    let mut started = supervisor
        .start(plan, secrets)
        .map_err(|source| RunError::Start {
            program: plan.program.clone(),
            source,
        })?;
    let running = Instant::now();
    let followed = Pump::new(&mut started.child, line, plan.limits).and_then(|mut pump| {
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
    Ok(RunReport {
        exit: status.into(),
        stop: stop.or((!within).then_some(Stop::OutputLimit)),
        output: pump.output,
        log: pump.log,
        log_bytes: pump.log_bytes,
        left_behind,
        start_us: micros(running - called),
        run_us: micros(running.elapsed()),
    })
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
