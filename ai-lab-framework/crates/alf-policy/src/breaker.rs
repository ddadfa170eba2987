//! When calls to a tool stop for a while, so that what is down can come back.
//!
//! The state is a value: every process reads it from the record, changes it here and writes it back in one
//! transaction, so that all of them see one breaker.

use std::time::Duration;

use ai_lab_contract::{ErrorClass, Manifest, Profile};
use serde::Serialize;

/// How a tool's breaker works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct BreakerPlan {
    /// How many failures within the window open it.
    pub failures: u32,
    /// The window.
    #[serde(rename = "window_ms", with = "crate::milliseconds")]
    pub window: Duration,
    /// How long it stays open until one call may try.
    #[serde(rename = "open_ms", with = "crate::milliseconds")]
    pub open: Duration,
}

/// The breaker of a tool; `None` where none is declared, and under the experimental profile.
pub fn plan_breaker(manifest: &Manifest, profile: Profile) -> Option<BreakerPlan> {
    let breaker = manifest.breaker.as_ref()?;
    (profile != Profile::Experimental).then(|| BreakerPlan {
        failures: u32::try_from(breaker.failures.get()).unwrap_or(u32::MAX),
        window: Duration::from_secs(breaker.window_s.get()),
        open: Duration::from_secs(breaker.open_s.get()),
    })
}

/// What is remembered of a tool's failures; instants are milliseconds since 1970, UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BreakerState {
    /// Failures since the present window began.
    pub failures: u32,
    /// Failures in the window before: those that still reach into the last stretch count in proportion.
    pub failures_before: u32,
    /// When the present window began; 0 before the first failure.
    pub window_from_ms: i64,
    /// When it opened; `None` while it is closed.
    pub opened_at_ms: Option<i64>,
    /// Until when one call tries whether the tool is back; `None` while nobody does.
    pub trial_until_ms: Option<i64>,
}

/// What a call is told at the breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// The breaker is closed.
    Closed,
    /// It is open long enough: this call tries whether the tool is back.
    Trial,
    /// It is open: nothing runs.
    Open {
        /// When the next call may try: milliseconds since 1970, UTC.
        until_ms: i64,
    },
}

/// What a call means for the breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The tool answered.
    Answered,
    /// The tool is not well.
    Failed,
    /// It says nothing of the tool: the caller withdrew, or asked for what is wrong.
    Neither,
}

/// What an error says of the tool's health.
pub const fn outcome_of(class: ErrorClass, retryable: bool) -> Outcome {
    match class {
        ErrorClass::Timeout
        | ErrorClass::OutputLimit
        | ErrorClass::Crashed
        | ErrorClass::NoResult
        | ErrorClass::MalformedResult
        | ErrorClass::InvalidOutput
        | ErrorClass::Environment => Outcome::Failed,
        // A tool that says "later" is not well; one that says "never" has answered.
        ErrorClass::ToolFailed => {
            if retryable {
                Outcome::Failed
            } else {
                Outcome::Answered
            }
        }
        ErrorClass::Usage
        | ErrorClass::Config
        | ErrorClass::NotFound
        | ErrorClass::Conflict
        | ErrorClass::Refused
        | ErrorClass::Incompatible
        | ErrorClass::InvalidInput
        | ErrorClass::Cancelled
        | ErrorClass::Interrupted
        | ErrorClass::Unavailable
        | ErrorClass::Internal
        | ErrorClass::Integrity => Outcome::Neither,
    }
}

impl BreakerState {
    /// Asks whether a call may run now. A call that tries has until `trial` passes to come back; one that never does
    /// leaves the trial to the next.
    #[must_use]
    pub fn admit(&mut self, plan: &BreakerPlan, now_ms: i64, trial: Duration) -> Admission {
        let Some(opened) = self.opened_at_ms else {
            return Admission::Closed;
        };
        let until_ms = opened.saturating_add(millis(plan.open));
        if now_ms < until_ms {
            return Admission::Open { until_ms };
        }
        match self.trial_until_ms {
            Some(until_ms) if now_ms < until_ms => Admission::Open { until_ms },
            Some(_) | None => {
                self.trial_until_ms = Some(now_ms.saturating_add(millis(trial)));
                Admission::Trial
            }
        }
    }

    /// Takes in what came of a call that was admitted.
    pub fn settle(
        &mut self,
        plan: &BreakerPlan,
        admission: Admission,
        outcome: Outcome,
        now_ms: i64,
    ) {
        match (admission, outcome) {
            // The tool is back.
            (Admission::Trial, Outcome::Answered) => *self = Self::default(),
            (Admission::Trial, Outcome::Failed) => self.open(now_ms),
            // The trial said nothing: the next call may try.
            (Admission::Trial, Outcome::Neither) => self.trial_until_ms = None,
            (Admission::Closed, Outcome::Failed) => self.count(plan, now_ms),
            (Admission::Closed, Outcome::Answered | Outcome::Neither)
            | (Admission::Open { .. }, _) => {}
        }
    }

    fn count(&mut self, plan: &BreakerPlan, now_ms: i64) {
        // Another call opened it meanwhile; what was under way does not open it longer.
        if self.opened_at_ms.is_some() {
            return;
        }
        let window = millis(plan.window).max(1);
        let since = now_ms.saturating_sub(self.window_from_ms);
        if !(0..2 * window).contains(&since) {
            // Nothing recent, or a clock that jumped back.
            *self = Self {
                window_from_ms: now_ms,
                ..Self::default()
            };
        } else if since >= window {
            self.failures_before = self.failures;
            self.failures = 0;
            self.window_from_ms += window;
        }
        self.failures = self.failures.saturating_add(1);
        let reaching = window - (now_ms - self.window_from_ms);
        let before = i64::from(self.failures_before).saturating_mul(reaching) / window;
        if i64::from(self.failures) + before >= i64::from(plan.failures) {
            self.open(now_ms);
        }
    }

    fn open(&mut self, now_ms: i64) {
        *self = Self {
            opened_at_ms: Some(now_ms),
            ..Self::default()
        };
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: BreakerPlan = BreakerPlan {
        failures: 3,
        window: Duration::from_mins(1),
        open: Duration::from_secs(30),
    };
    const TRIAL: Duration = Duration::from_secs(5);

    /// A call at a second: what it is told, and then what came of it.
    fn call(state: &mut BreakerState, second: i64, outcome: Outcome) -> Admission {
        let admission = state.admit(&PLAN, second * 1_000, TRIAL);
        state.settle(&PLAN, admission, outcome, second * 1_000);
        admission
    }

    fn opened() -> BreakerState {
        let mut state = BreakerState::default();
        for second in 0..3 {
            assert_eq!(call(&mut state, second, Outcome::Failed), Admission::Closed);
        }
        state
    }

    #[test]
    fn failures_within_the_window_open_it_and_others_do_not() {
        let mut state = BreakerState::default();
        // At 70 s the second of two failures before counts, at 120 s one of the window before.
        for second in [0, 50, 70, 120] {
            assert_eq!(call(&mut state, second, Outcome::Failed), Admission::Closed);
        }
        assert_eq!(state.opened_at_ms, None);
        for second in [121, 122] {
            assert_eq!(call(&mut state, second, Outcome::Failed), Admission::Closed);
        }
        assert_eq!(
            call(&mut state, 123, Outcome::Answered),
            Admission::Open { until_ms: 152_000 }
        );
    }

    #[test]
    fn one_call_tries_and_closes_it_or_opens_it_again() {
        let mut state = opened();
        assert_eq!(call(&mut state, 32, Outcome::Failed), Admission::Trial);
        assert_eq!(
            call(&mut state, 33, Outcome::Answered),
            Admission::Open { until_ms: 62_000 }
        );
        assert_eq!(call(&mut state, 62, Outcome::Answered), Admission::Trial);
        assert_eq!(state, BreakerState::default());
    }

    #[test]
    fn while_one_tries_nobody_else_does_and_one_that_never_returns_blocks_nobody_for_long() {
        let mut state = opened();
        assert_eq!(state.admit(&PLAN, 40_000, TRIAL), Admission::Trial);
        assert_eq!(
            state.admit(&PLAN, 41_000, TRIAL),
            Admission::Open { until_ms: 45_000 }
        );
        assert_eq!(state.admit(&PLAN, 45_000, TRIAL), Admission::Trial);
    }

    #[test]
    fn a_withdrawn_trial_leaves_it_to_the_next() {
        let mut state = opened();
        assert_eq!(call(&mut state, 40, Outcome::Neither), Admission::Trial);
        assert_eq!(call(&mut state, 40, Outcome::Answered), Admission::Trial);
    }

    #[test]
    fn a_call_that_was_under_way_when_it_opened_does_not_open_it_longer() {
        let mut state = opened();
        let before = state;
        state.settle(&PLAN, Admission::Closed, Outcome::Failed, 20_000);
        assert_eq!(state, before);
    }

    #[test]
    fn a_clock_that_jumps_back_keeps_it_shut_no_longer_than_the_jump() {
        let mut state = opened();
        assert_eq!(
            call(&mut state, -100, Outcome::Answered),
            Admission::Open { until_ms: 32_000 }
        );
    }
}
