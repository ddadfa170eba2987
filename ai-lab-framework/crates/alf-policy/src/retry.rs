//! When a failed call is made again, and after which pause.

use std::time::Duration;

use ai_lab_contract::{Action, Manifest, Profile};
use serde::Serialize;

/// How often a call is made, and with which pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RetryPlan {
    /// Calls in all, the first included; 2 or more.
    pub attempts: u32,
    /// The pause before the second call; doubles each time.
    #[serde(rename = "backoff_ms", with = "crate::milliseconds")]
    pub backoff: Duration,
    /// The longest pause.
    #[serde(rename = "max_backoff_ms", with = "crate::milliseconds")]
    pub longest: Duration,
}

/// The retries of an action; `None` where a failed call is not made again.
///
/// Only an action that changes nothing or does the same twice as once may be repeated: after a failure nobody knows
/// how much of it was done. The experimental profile repeats nothing, so that a prototype's failures are seen.
pub fn plan_retry(manifest: &Manifest, action: &Action, profile: Profile) -> Option<RetryPlan> {
    let retry = manifest.retry.as_ref()?;
    let repeats = profile != Profile::Experimental && (action.idempotent || action.read_only);
    let attempts = u32::try_from(retry.attempts.get()).unwrap_or(u32::MAX);
    (repeats && attempts > 1).then(|| RetryPlan {
        attempts,
        backoff: Duration::from_millis(retry.backoff_ms.get()),
        longest: Duration::from_millis(retry.max_backoff_ms.get()),
    })
}

impl RetryPlan {
    /// The pause after so many failed calls; `None` when there is no further call.
    ///
    /// Half of it is fixed and half is drawn by `seed`, so that callers who failed together do not come back together
    /// and none comes back at once.
    pub fn pause_after(&self, failed: u32, seed: u64) -> Option<Duration> {
        if failed == 0 || failed >= self.attempts {
            return None;
        }
        let doubled = self
            .backoff
            .saturating_mul(2_u32.saturating_pow(failed - 1))
            .min(self.longest);
        let half = doubled / 2;
        // 10 bits are fine enough for a pause, and the product stays far from overflowing.
        let share = u32::try_from(seed % 1_024).unwrap_or(0);
        Some(half + half.saturating_mul(share) / 1_023)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn planned(profile: Profile, annotations: &str, attempts: u32) -> Option<u32> {
        let manifest: Manifest = serde_json::from_value(json!({
            "contract": 1, "name": "probe", "version": "0.1.0", "description": "probes",
            "run": { "command": ["bin/probe"] },
            "retry": { "attempts": attempts, "backoff_ms": 100, "max_backoff_ms": 350 },
            "actions": { "look": {
                "description": "looks", "input": {}, "output": {},
                "read_only": annotations == "read_only", "idempotent": annotations == "idempotent",
            } },
        }))
        .expect("a valid manifest");
        let action = manifest.actions.values().next().expect("one action");
        plan_retry(&manifest, action, profile).map(|plan| plan.attempts)
    }

    #[test]
    fn only_what_may_be_repeated_is_repeated() {
        let (standard, experimental) = (Profile::Standard, Profile::Experimental);
        assert_eq!(planned(standard, "read_only", 3), Some(3));
        assert_eq!(planned(Profile::Production, "idempotent", 2), Some(2));
        assert_eq!(planned(standard, "", 3), None);
        assert_eq!(planned(standard, "idempotent", 1), None);
        assert_eq!(planned(experimental, "idempotent", 3), None);
    }

    #[test]
    fn pauses_double_to_the_longest_and_are_drawn_between_half_and_whole() {
        let plan = RetryPlan {
            attempts: 5,
            backoff: Duration::from_millis(100),
            longest: Duration::from_millis(350),
        };
        let pauses = |seed| (0..6).map(move |failed| plan.pause_after(failed, seed));
        let ms = |pause: Option<Duration>| pause.map(|pause| pause.as_millis());
        let least: Vec<_> = pauses(0).map(ms).collect();
        let most: Vec<_> = pauses(1_023).map(ms).collect();
        assert_eq!(
            least,
            [None, Some(50), Some(100), Some(175), Some(175), None]
        );
        assert_eq!(
            most,
            [None, Some(100), Some(200), Some(350), Some(350), None]
        );
    }
}
