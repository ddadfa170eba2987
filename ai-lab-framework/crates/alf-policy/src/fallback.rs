//! What answers when a tool cannot.

use std::time::Duration;

use ai_lab_contract::{Action, ActionName, ErrorClass, Fallback, Manifest, Profile};
use serde::Serialize;

/// What stands in for a failed call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FallbackPlan {
    /// Another action of the same tool, with the same input.
    Action(ActionName),
    /// The last good answer to the same input, not older than this.
    #[serde(
        rename = "last_good_ms",
        serialize_with = "crate::milliseconds::serialize"
    )]
    LastGood(Duration),
}

/// The stand-in of an action; `None` where a failure is the answer.
///
/// An old answer stands in only for an action that changes nothing: of any other it would claim something was done.
/// The experimental profile has none, so that a prototype's failures are seen.
pub fn plan_fallback(
    manifest: &Manifest,
    name: &ActionName,
    action: &Action,
    profile: Profile,
) -> Option<FallbackPlan> {
    if profile == Profile::Experimental {
        return None;
    }
    match manifest.fallback.as_ref()? {
        // The stand-in has none itself.
        Fallback::Action(other) if other == name => None,
        Fallback::Action(other) => Some(FallbackPlan::Action(other.clone())),
        Fallback::LastGoodS(seconds) => action
            .read_only
            .then(|| FallbackPlan::LastGood(Duration::from_secs(seconds.get()))),
    }
}

/// Whether a failure of this class is the tool's and not the caller's: only then something stands in.
pub const fn may_stand_in(class: ErrorClass) -> bool {
    match class {
        ErrorClass::ToolFailed
        | ErrorClass::Environment
        | ErrorClass::InvalidOutput
        | ErrorClass::Timeout
        | ErrorClass::OutputLimit
        | ErrorClass::Crashed
        | ErrorClass::NoResult
        | ErrorClass::MalformedResult
        | ErrorClass::Unavailable => true,
        ErrorClass::Usage
        | ErrorClass::Config
        | ErrorClass::NotFound
        | ErrorClass::Conflict
        | ErrorClass::Refused
        | ErrorClass::Incompatible
        | ErrorClass::InvalidInput
        | ErrorClass::Cancelled
        | ErrorClass::Interrupted
        | ErrorClass::Internal
        | ErrorClass::Integrity => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn planned(fallback: &Value, profile: Profile, action: &str) -> Option<FallbackPlan> {
        let manifest: Manifest = serde_json::from_value(json!({
            "contract": 1, "name": "probe", "version": "0.1.0", "description": "probes",
            "run": { "command": ["bin/probe"] }, "fallback": fallback,
            "actions": {
                "look": { "description": "looks", "input": {}, "output": {}, "read_only": true },
                "touch": { "description": "touches", "input": {}, "output": {} },
            },
        }))
        .expect("a valid manifest");
        let (name, action) = manifest
            .actions
            .iter()
            .find(|(name, _)| name.as_str() == action)
            .expect("it is there");
        plan_fallback(&manifest, name, action, profile)
    }

    #[test]
    fn an_old_answer_stands_in_only_for_what_changes_nothing() {
        let last_good = json!({ "last_good_s": 60 });
        let minute = FallbackPlan::LastGood(Duration::from_mins(1));
        assert_eq!(planned(&last_good, Profile::Standard, "look"), Some(minute));
        assert_eq!(planned(&last_good, Profile::Production, "touch"), None);
        assert_eq!(planned(&last_good, Profile::Experimental, "look"), None);
    }

    #[test]
    fn an_action_does_not_stand_in_for_itself() {
        let other = json!({ "action": "look" });
        let look = FallbackPlan::Action("look".parse().expect("a valid name"));
        assert_eq!(planned(&other, Profile::Standard, "touch"), Some(look));
        assert_eq!(planned(&other, Profile::Standard, "look"), None);
    }

    #[test]
    fn nothing_stands_in_for_a_callers_mistake() {
        let stands: Vec<&str> = ErrorClass::ALL
            .into_iter()
            .filter(|class| may_stand_in(*class))
            .map(ErrorClass::as_str)
            .collect();
        assert_eq!(
            stands,
            [
                "tool_failed",
                "environment",
                "invalid_output",
                "timeout",
                "output_limit",
                "crashed",
                "no_result",
                "malformed_result",
                "unavailable",
            ]
        );
    }
}
