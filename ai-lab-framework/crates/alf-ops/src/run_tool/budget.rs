//! How long a whole call may take.

use std::time::Duration;

use ai_lab_contract::{Limits, Manifest, ToolName};
use alf_policy::{FallbackPlan, LONGEST_CHAIN};

use super::Call;
use super::prepare::{Prepared, Resilience};
use crate::failure::Failure;
use crate::framework::Framework;

/// The whole time that a call may take by its plan: tries, the pauses between them, a stand-in and hand-offs, each with
/// its grace period; never more than the caller's patience and one grace period.
///
/// Nothing runs and nothing is recorded. Not in it: what the framework itself needs, and the seconds that ending a
/// tree of processes may take.
pub fn call_budget(framework: &Framework, call: &Call) -> Result<Duration, Failure> {
    let prepared = Prepared::new(framework, call)?;
    let manifest = &prepared.tool.found.manifest;
    let receivers = receivers_of(framework, manifest);
    Ok(longest(
        &manifest.limits,
        &prepared.resilience(),
        receivers,
        call.patience,
    ))
}

/// The longest grace period of the tools that the manifest may hand over to; `None` where it hands over to none.
fn receivers_of(framework: &Framework, manifest: &Manifest) -> Option<Duration> {
    let granted = &manifest.grants.handoff;
    if granted.is_empty() {
        return None;
    }
    let may_receive = |name: &ToolName| {
        let mut tools = granted.iter().filter_map(|grant| grant.split_once('.'));
        tools.any(|(tool, _)| tool == name.as_str())
    };
    let discovery = framework.discover();
    let receivers = discovery.tools.iter().map(|found| &found.manifest);
    let graces = receivers
        .filter(|receiver| may_receive(&receiver.name))
        .map(|receiver| grace_of(&receiver.limits));
    Some(graces.max().unwrap_or_default())
}

const fn grace_of(limits: &Limits) -> Duration {
    Duration::from_millis(limits.grace_ms.get())
}

/// What is handed over has the time that was left of the run before it, so that a chain adds its grace periods alone.
fn longest(
    limits: &Limits,
    resilience: &Resilience,
    receivers: Option<Duration>,
    patience: Option<Duration>,
) -> Duration {
    let grace = grace_of(limits);
    let run = Duration::from_millis(limits.run_ms.get()) + grace;
    let tries = resilience.retry.map_or(run, |retry| {
        // The whole pause is drawn, not its lower half.
        let pauses = (1..retry.attempts).filter_map(|failed| retry.pause_after(failed, u64::MAX));
        pauses.fold(run.saturating_mul(retry.attempts), Duration::saturating_add)
    });
    let stand_in = match resilience.fallback {
        Some(FallbackPlan::Action(_)) => run,
        Some(FallbackPlan::LastGood(_)) | None => Duration::ZERO,
    };
    let further = u32::try_from(LONGEST_CHAIN - 1).unwrap_or(u32::MAX);
    let chain = receivers.unwrap_or_default().saturating_mul(further);
    let all = tries.saturating_add(stand_in).saturating_add(chain);
    let most_grace = grace.max(receivers.unwrap_or_default());
    patience.map_or(all, |patience| all.min(patience.saturating_add(most_grace)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alf_policy::RetryPlan;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn resilience(attempts: u32, fallback: Option<FallbackPlan>) -> Resilience {
        Resilience {
            retry: (attempts > 1).then(|| RetryPlan {
                attempts,
                backoff: ms(100),
                longest: ms(150),
            }),
            breaker: None,
            fallback,
        }
    }

    #[test]
    fn all_that_a_plan_may_do_is_in_its_budget_and_patience_cuts_it() {
        let limits: Limits =
            serde_json::from_value(serde_json::json!({ "run_ms": 1_000, "grace_ms": 10 }))
                .expect("valid limits");
        let other = || Some(FallbackPlan::Action("other".parse().expect("a name")));
        let cases = [
            ("one run", resilience(1, None), None, None, 1_010),
            ("three tries", resilience(3, None), None, None, 3_280),
            ("a stand-in", resilience(1, other()), None, None, 2_020),
            (
                "an old answer",
                resilience(1, Some(FallbackPlan::LastGood(ms(9)))),
                None,
                None,
                1_010,
            ),
            ("a chain", resilience(1, None), Some(ms(20)), None, 1_150),
            ("patience", resilience(3, other()), None, Some(ms(500)), 510),
            (
                "more than enough",
                resilience(1, None),
                None,
                Some(ms(9_000)),
                1_010,
            ),
        ];
        for (what, resilience, receivers, patience, expected) in cases {
            let budget = longest(&limits, &resilience, receivers, patience);
            assert_eq!(budget, ms(expected), "{what}");
        }
    }
}
