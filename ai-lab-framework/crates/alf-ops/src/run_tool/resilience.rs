//! What stands around an execution: breaker, retries, stand-ins.

use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use ai_lab_contract::{ActionName, ErrorClass, ExecutionId};
use alf_policy::{
    Admission, BreakerOutcome, BreakerPlan, FallbackPlan, RetryPlan, may_stand_in, outcome_of,
};
use alf_store::{ExecutionFilter, Status, Store as _};
use serde_json::json;

use super::breaker::{admit, settle};
use super::execution::{Cause, Ended, Otherwise, Stale, execute, turn_away};
use super::prepare::{Prepared, Resilience};
use super::record::recorded_input;
use super::{Call, Completed, ExecutionError, StandIn, StoodIn};
use crate::failure::Failure;
use crate::framework::Framework;

/// Makes a call as its tool's manifest asks: again where that may help, not at all while the tool is down, and with a
/// stand-in where it has one.
pub(super) fn call_resiliently(
    framework: &Framework,
    call: &Call,
    cause: &Cause,
    cancel: Option<BorrowedFd<'_>>,
) -> Result<Ended, Failure> {
    let prepared = Prepared::new(framework, call)?;
    let plans = prepared.resilience();
    let ended = try_until_done(&prepared, &plans, cause, cancel)?;
    let Some(error) = ended.completed.error.clone() else {
        return Ok(ended);
    };
    if let Some(stale) = ended.stale.clone() {
        return Ok(with_stale(ended, stale, error));
    }
    match &plans.fallback {
        Some(FallbackPlan::Action(other)) if may_stand_in(error.class) => {
            other_action(&prepared, other, cause, ended, error, cancel)
        }
        Some(FallbackPlan::Action(_) | FallbackPlan::LastGood(_)) | None => Ok(ended),
    }
}

fn try_until_done(
    prepared: &Prepared<'_>,
    plans: &Resilience,
    cause: &Cause,
    cancel: Option<BorrowedFd<'_>>,
) -> Result<Ended, Failure> {
    let mut cause = cause.clone();
    loop {
        let pause_of = |error: &ExecutionError, id: &ExecutionId| {
            let pause = pause_after(plans.retry, error, cause.attempt, id)?;
            let is_in_time = |at| Instant::now() + pause < at;
            cause.deadline.is_none_or(is_in_time).then_some(pause)
        };
        let otherwise = |error: &ExecutionError, id: &ExecutionId| match &plans.fallback {
            Some(FallbackPlan::LastGood(oldest))
                if may_stand_in(error.class) && pause_of(error, id).is_none() =>
            {
                last_good(prepared, *oldest)
            }
            Some(FallbackPlan::LastGood(_) | FallbackPlan::Action(_)) | None => Ok(None),
        };
        let ended = guarded(prepared, plans.breaker.as_ref(), &cause, &otherwise, cancel)?;
        let Some(error) = ended
            .completed
            .error
            .as_ref()
            .filter(|_| ended.stale.is_none())
        else {
            return Ok(ended);
        };
        let Some(pause) = pause_of(error, &ended.completed.execution_id) else {
            return Ok(ended);
        };
        if !alf_runtime::pause(pause, cancel) {
            return Ok(ended);
        }
        cause.execution = None;
        cause.parent = Some(ended.completed.execution_id);
        cause.correlation = Some(ended.completed.correlation_id);
        cause.attempt += 1;
    }
}

/// The pause before the next try; `None` when there is none.
fn pause_after(
    retry: Option<RetryPlan>,
    error: &ExecutionError,
    attempt: u32,
    execution: &ExecutionId,
) -> Option<Duration> {
    // An open breaker says when to come back; until then trying is what it is there to stop.
    let may_help =
        error.retryable && may_stand_in(error.class) && error.class != ErrorClass::Unavailable;
    retry
        .filter(|_| may_help)?
        .pause_after(attempt, seed(execution))
}

/// A draw for each execution: its id ends in random digits.
fn seed(id: &ExecutionId) -> u64 {
    let text = id.as_str();
    let digits = text.get(text.len().saturating_sub(8)..).unwrap_or_default();
    u64::from_str_radix(digits, 16).unwrap_or_default()
}

/// One execution behind the tool's breaker.
fn guarded(
    prepared: &Prepared<'_>,
    breaker: Option<&BreakerPlan>,
    cause: &Cause,
    otherwise: Otherwise<'_>,
    cancel: Option<BorrowedFd<'_>>,
) -> Result<Ended, Failure> {
    let Some(plan) = breaker else {
        return execute(prepared, cause, otherwise, cancel);
    };
    let store = prepared.framework.store()?;
    let tool = &prepared.call.tool;
    let clock = &prepared.framework.surroundings.clock;
    let limits = &prepared.tool.found.manifest.limits;
    let trial = Duration::from_millis(limits.run_ms.get() + limits.grace_ms.get());
    let admission = admit(store, tool, plan, clock.now_ms(), trial)?;
    if let Admission::Open { until_ms } = admission {
        let error = unavailable(tool.as_str(), until_ms, clock.now_ms());
        return turn_away(prepared, cause, error, otherwise);
    }
    let ended = execute(prepared, cause, otherwise, cancel)?;
    let error = ended.completed.error.as_ref();
    let outcome = error.map_or(BreakerOutcome::Answered, |error| {
        outcome_of(error.class, error.retryable)
    });
    settle(store, tool, plan, admission, outcome, clock.now_ms())?;
    Ok(ended)
}

fn unavailable(tool: &str, until_ms: i64, now_ms: i64) -> ExecutionError {
    let wait_ms = until_ms.saturating_sub(now_ms).max(0).unsigned_abs();
    let seconds = wait_ms.div_ceil(1_000);
    ExecutionError {
        detail: json!({ "retry_after_s": seconds }),
        ..ExecutionError::new(
            ErrorClass::Unavailable,
            format!("`{tool}` failed too often; it is called again in {seconds} s"),
        )
    }
}

/// The other action's answer; the failure itself where that cannot answer either.
fn other_action(
    prepared: &Prepared<'_>,
    other: &ActionName,
    cause: &Cause,
    failed: Ended,
    error: ExecutionError,
    cancel: Option<BorrowedFd<'_>>,
) -> Result<Ended, Failure> {
    let call = Call {
        action: other.clone(),
        ..prepared.call.clone()
    };
    let instead = Prepared::new(prepared.framework, &call)?;
    let cause = Cause {
        execution: None,
        parent: Some(failed.completed.execution_id.clone()),
        correlation: Some(failed.completed.correlation_id.clone()),
        attempt: 1,
        in_place_of: Some(failed.completed.execution_id.clone()),
        ..cause.clone()
    };
    let mut ended = execute(&instead, &cause, &|_, _| Ok(None), cancel)?;
    if ended.completed.error.is_some() {
        return Ok(failed);
    }
    ended.completed.fallback = Some(StoodIn {
        by: StandIn::Action(other.clone()),
        failed: failed.completed.execution_id,
        error,
    });
    Ok(ended)
}

fn with_stale(failed: Ended, stale: Stale, error: ExecutionError) -> Ended {
    let stood_in = StoodIn {
        by: StandIn::Stale {
            execution_id: stale.execution,
            age_s: stale.age_s,
        },
        failed: failed.completed.execution_id.clone(),
        error,
    };
    Ended {
        completed: Completed {
            data: Some(stale.data),
            error: None,
            fallback: Some(stood_in),
            ..failed.completed
        },
        ..failed
    }
}

/// The newest recorded answer to the same input, if it is young enough and still fits the action's schema.
fn last_good(prepared: &Prepared<'_>, oldest: Duration) -> Result<Option<Stale>, Failure> {
    let now_ms = prepared.framework.surroundings.clock.now_ms();
    let age_ms = i64::try_from(oldest.as_millis()).unwrap_or(i64::MAX);
    let store = prepared.framework.store()?;
    let page = store.executions(&ExecutionFilter {
        tool: Some(prepared.call.tool.clone()),
        action: Some(prepared.call.action.clone()),
        status: Some(Status::Succeeded),
        input: Some(recorded_input(
            Some(store),
            prepared.call,
            prepared.profile,
            &prepared.known.redactor,
        )),
        since_ms: Some(now_ms.saturating_sub(age_ms)),
        limit: 1,
        ..ExecutionFilter::default()
    })?;
    Ok(page.executions.into_iter().find_map(|execution| {
        let ended = execution.ended?;
        let data = serde_json::from_str(&store.whole_text(&ended.output?).ok()?).ok()?;
        let fits = prepared.schemas().output.check(&data).is_empty();
        let age_ms = now_ms.saturating_sub(ended.ended_at_ms).max(0);
        fits.then(|| Stale {
            execution: execution.start.execution_id,
            data,
            age_s: age_ms.unsigned_abs() / 1_000,
        })
    }))
}
