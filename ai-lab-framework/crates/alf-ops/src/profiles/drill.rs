//! Makes a tool fail on purpose, and calls it many times, beside the real record: in a home that is thrown away.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ai_lab_contract::{ErrorClass, LoadTest};
use alf_catalog::FoundTool;
use alf_profiles::{BreakerShown, DeadlineShown, LoadFigures, Tried};

use super::gather::{error_of, told};
use crate::framework::Framework;
use crate::run_tool::{Call, Completed, StandIn, run_tool};
use crate::scratch_home::ScratchHome;

/// How long a call is given that is to fail: enough to start a process, not to get an answer from one.
const TOO_SHORT: Duration = Duration::from_millis(1);

/// How many calls are made to fail at most. Stops a manifest with a breaker of thousands.
const MOST_FAILURES: u64 = 100;

/// What the drills showed.
pub(super) struct Drill {
    pub(super) deadline: Tried<DeadlineShown>,
    pub(super) breaker: Tried<BreakerShown>,
    pub(super) fallback: Tried<String>,
    pub(super) load: Tried<LoadFigures>,
}

impl Drill {
    /// No drill, and why.
    pub(super) fn not_made(why: String) -> Self {
        Self {
            deadline: Err(why.clone()),
            breaker: Err(why.clone()),
            fallback: Err(why.clone()),
            load: Err(why),
        }
    }
}

/// Makes the drills of production with the call that all other evidence rests on.
pub(super) fn drill(framework: &Framework, found: &FoundTool, call: &Call) -> Drill {
    let scratch = match ScratchHome::with_tools(&framework.surroundings.home, "drill") {
        Ok(scratch) => scratch,
        Err(error) => return Drill::not_made(format!("no folder for a drill: {error}")),
    };
    let beside = framework.beside(scratch.path());
    let load = match found
        .manifest
        .evidence
        .as_ref()
        .and_then(|source| source.load.as_ref())
    {
        Some(wanted) => load(&beside, call, wanted),
        None => Err("no [evidence.load] is declared".to_owned()),
    };
    let failing = fail(&beside, found, call);
    match failing {
        Ok(failing) => Drill {
            deadline: Ok(failing.deadline),
            breaker: Ok(failing.breaker),
            fallback: failing.fallback,
            load,
        },
        Err(why) => Drill {
            load,
            ..Drill::not_made(why)
        },
    }
}

struct Failing {
    deadline: DeadlineShown,
    breaker: BreakerShown,
    fallback: Tried<String>,
}

/// One good call, then as many failures as open the breaker, then one more call.
fn fail(framework: &Framework, found: &FoundTool, call: &Call) -> Tried<Failing> {
    let run = |call: &Call| run_tool(framework, call, None).map_err(|failure| told(&failure));
    let good = run(call)?;
    if let Some((class, message)) = error_of(&good) {
        return Err(format!(
            "the drill's good call failed: {message} ({})",
            class.as_str()
        ));
    }
    let manifest = &found.manifest;
    let mut hasty = Call {
        patience: Some(TOO_SHORT),
        ..call.clone()
    };
    let wanted = manifest
        .breaker
        .as_ref()
        .map_or(1, |breaker| breaker.failures.get());
    let mut took_ms = 0;
    let mut fallback = Err("no call was answered by a stand-in".to_owned());
    let mut failures = 0;
    while failures < wanted.min(MOST_FAILURES) {
        let called = Instant::now();
        let completed = run(&hasty)?;
        took_ms = took_ms.max(millis(called.elapsed()));
        match error_of(&completed) {
            Some((ErrorClass::Timeout, _)) => failures += 1,
            Some((class, message)) => {
                return Err(format!(
                    "instead of a timeout came: {message} ({})",
                    class.as_str()
                ));
            }
            // It is that quick: its deadline is kept, and what fails is a call without any time.
            None if hasty.patience == Some(TOO_SHORT) => hasty.patience = Some(Duration::ZERO),
            None => return Err("a call without any time was answered".to_owned()),
        }
        fallback = fallback.or_else(|why| stood_in(&completed).ok_or(why));
    }
    let after = run(call)?;
    let opened = error_of(&after).is_some_and(|(class, _)| class == ErrorClass::Unavailable);
    Ok(Failing {
        deadline: DeadlineShown {
            given_ms: millis(TOO_SHORT),
            grace_ms: manifest.limits.grace_ms.get(),
            took_ms,
        },
        breaker: BreakerShown { failures, opened },
        fallback: fallback.or_else(|why| stood_in(&after).ok_or(why)),
    })
}

fn stood_in(completed: &Completed) -> Option<String> {
    completed.data.as_ref()?;
    Some(match &completed.fallback.as_ref()?.by {
        StandIn::Action(action) => format!("the action `{action}` answered"),
        StandIn::Stale { age_s, .. } => format!("the last good answer, {age_s} s old"),
    })
}

/// Calls from several threads, each as soon as its last call is answered.
fn load(framework: &Framework, call: &Call, wanted: &LoadTest) -> Tried<LoadFigures> {
    let calls = wanted.calls.get();
    let next = AtomicU64::new(0);
    let seen: Mutex<Vec<(u64, bool)>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..wanted.at_once.get() {
            scope.spawn(|| {
                while next.fetch_add(1, Ordering::Relaxed) < calls {
                    let called = Instant::now();
                    let good = run_tool(framework, call, None)
                        .is_ok_and(|completed| error_of(&completed).is_none());
                    let one = (millis(called.elapsed()), good);
                    seen.lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner)
                        .push(one);
                }
            });
        }
    });
    let mut seen = seen
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    seen.sort_unstable();
    let at = (seen.len() * 95).div_ceil(100).saturating_sub(1);
    let p95_ms = seen
        .get(at)
        .map(|(took, _)| *took)
        .ok_or("no call was made")?;
    Ok(LoadFigures {
        calls,
        failed: seen.iter().filter(|(_, good)| !good).count() as u64,
        p95_ms,
    })
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
