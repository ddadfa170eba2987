//! A tool's breaker between the record, where every process sees it, and the rules.

use std::cell::Cell;
use std::time::Duration;

use ai_lab_contract::ToolName;
use alf_policy::{Admission, BreakerOutcome, BreakerPlan, BreakerState};
use alf_store::{Breaker, BreakerState as Word, Store};

use crate::failure::Failure;

/// Asks whether a call may run now. The usual case, a closed breaker, only reads.
pub(super) fn admit(
    store: &dyn Store,
    tool: &ToolName,
    plan: &BreakerPlan,
    now_ms: i64,
    trial: Duration,
) -> Result<Admission, Failure> {
    if store.breaker(tool)?.state == Word::Closed {
        return Ok(Admission::Closed);
    }
    let told = Cell::new(Admission::Closed);
    store.change_breaker(tool, &|kept| {
        let mut state = state_of(kept);
        told.set(state.admit(plan, now_ms, trial));
        changed(kept, state, now_ms)
    })?;
    Ok(told.get())
}

/// Takes in what came of a call. An answer while the breaker is closed changes nothing and writes nothing.
pub(super) fn settle(
    store: &dyn Store,
    tool: &ToolName,
    plan: &BreakerPlan,
    admission: Admission,
    outcome: BreakerOutcome,
    now_ms: i64,
) -> Result<(), Failure> {
    if admission == Admission::Closed && outcome != BreakerOutcome::Failed {
        return Ok(());
    }
    store.change_breaker(tool, &|kept| {
        let mut state = state_of(kept);
        state.settle(plan, admission, outcome, now_ms);
        changed(kept, state, now_ms)
    })?;
    Ok(())
}

fn state_of(kept: &Breaker) -> BreakerState {
    BreakerState {
        failures: kept.failures,
        failures_before: kept.failures_before,
        window_from_ms: kept.window_from_ms,
        opened_at_ms: (kept.state != Word::Closed).then_some(kept.opened_at_ms),
        trial_until_ms: (kept.state == Word::HalfOpen).then_some(kept.probe_until_ms),
    }
}

/// The row for a state; `None` where it is the one that is kept.
fn changed(kept: &Breaker, state: BreakerState, now_ms: i64) -> Option<Breaker> {
    if state == state_of(kept) {
        return None;
    }
    let word = match (state.opened_at_ms, state.trial_until_ms) {
        (None, _) => Word::Closed,
        (Some(_), None) => Word::Open,
        (Some(_), Some(_)) => Word::HalfOpen,
    };
    Some(Breaker {
        state: word,
        failures: state.failures,
        failures_before: state.failures_before,
        window_from_ms: state.window_from_ms,
        opened_at_ms: state.opened_at_ms.unwrap_or(kept.opened_at_ms),
        probe_until_ms: state.trial_until_ms.unwrap_or(0),
        changed_at_ms: now_ms,
        ..kept.clone()
    })
}
