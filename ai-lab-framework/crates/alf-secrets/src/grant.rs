//! Who gets a secret: decided from values alone.

use std::path::{Path, PathBuf};

use ai_lab_contract::{Profile, SecretName, SecretWanted, ToolName};
use serde::{Deserialize, Serialize};

use crate::store::Secrets;
use crate::value::SecretValue;

/// The person's word that one tool gets one secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Which secret.
    pub secret: SecretName,
    /// Which tool.
    pub tool: ToolName,
    /// Where the tool lay: another lab's tool of the same name is another tool.
    pub folder: PathBuf,
    /// The digest of its code, manifest and schemas at that time.
    pub digest: String,
    /// The profile that it claimed at that time.
    pub profile: Profile,
    /// When: milliseconds since 1970, UTC.
    pub granted_at_ms: i64,
}

/// A tool as it is now.
#[derive(Clone, Copy, Debug)]
pub struct ToolIdentity<'a> {
    /// Its name.
    pub name: &'a ToolName,
    /// Where it lies, links resolved.
    pub folder: &'a Path,
    /// The digest of its code, manifest and schemas.
    pub digest: &'a str,
    /// The profile that its manifest claims.
    pub profile: Profile,
}

/// What becomes of one secret that a tool asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is handed over.
    HandOver,
    /// It is handed over, and the person is told that the tool has changed since the grant.
    HandOverAndWarn,
    /// The call is refused.
    Refuse(Reason),
}

/// Why a secret is not handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No secret of that name is kept.
    NotThere,
    /// The person has not granted it to this tool.
    NotGranted,
    /// The tool is not the one that it was granted to.
    Changed,
}

/// Decides about one secret: `kept` says whether there is one, `granted` the digest at the time of the grant.
pub fn decide(profile: Profile, kept: bool, granted: Option<&str>, digest: &str) -> Verdict {
    let Some(granted) = granted else {
        let reason = if kept {
            Reason::NotGranted
        } else {
            Reason::NotThere
        };
        return Verdict::Refuse(reason);
    };
    if !kept {
        return Verdict::Refuse(Reason::NotThere);
    }
    if granted == digest {
        return Verdict::HandOver;
    }
    match profile {
        // It changes with every edit: a warning each time would teach to overlook warnings.
        Profile::Experimental => Verdict::HandOver,
        Profile::Standard => Verdict::HandOverAndWarn,
        Profile::Production => Verdict::Refuse(Reason::Changed),
    }
}

/// A call that may not have a secret it asks for; each names the next command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("tool `{tool}` asks for the secret `{secret}`, {}", match reason {
    Reason::NotThere => "which is not kept here",
    Reason::NotGranted => "which it was not granted",
    Reason::Changed => "and has changed since it was granted",
})]
pub struct HandOverRefused {
    /// Which tool.
    pub tool: ToolName,
    /// Which secret.
    pub secret: SecretName,
    /// Why.
    pub reason: Reason,
}

impl HandOverRefused {
    /// The command that comes next.
    pub fn next_command(&self) -> String {
        let Self { tool, secret, .. } = self;
        match self.reason {
            Reason::NotThere => format!("ai-lab-framework secret set {secret}"),
            Reason::NotGranted | Reason::Changed => {
                format!("ai-lab-framework secret grant {secret} {tool}")
            }
        }
    }

    /// The sentence that names it.
    pub fn hint(&self) -> String {
        let next = self.next_command();
        match self.reason {
            Reason::NotThere => format!("Keep it first: `{next}`."),
            Reason::NotGranted => format!("Grant it: `{next}`."),
            Reason::Changed => format!("Look at what changed, then renew the grant: `{next}`."),
        }
    }
}

/// What will be handed over.
#[derive(Clone, Debug, Default)]
pub struct HandOverPlan {
    /// Each secret with its value, in the manifest's order.
    pub secrets: Vec<(SecretWanted, SecretValue)>,
    /// Those whose tool has changed since the grant, to be told.
    pub changed_since: Vec<SecretName>,
}

impl HandOverPlan {
    /// Whether nothing is handed over.
    pub const fn is_empty(&self) -> bool {
        self.secrets.is_empty()
    }

    /// Whether a process that was handed the one need not be started anew for the other.
    pub fn hands_over_the_same(&self, other: &Self) -> bool {
        let equal = |(one, other): (&(SecretWanted, SecretValue), &(SecretWanted, SecretValue))| {
            one.0 == other.0 && one.1.expose() == other.1.expose()
        };
        self.secrets.len() == other.secrets.len()
            && self.secrets.iter().zip(&other.secrets).all(equal)
    }
}

/// Decides what a tool gets of what it asks for: all of it, or nothing and the first reason.
pub fn plan_hand_over(
    secrets: &Secrets,
    tool: ToolIdentity<'_>,
    wanted: &[SecretWanted],
) -> Result<HandOverPlan, HandOverRefused> {
    let mut plan = HandOverPlan::default();
    for wanted in wanted {
        let name = wanted.name();
        let value = secrets.value(name);
        let granted = secrets.grant(name, tool.name, tool.folder);
        let refused = |reason| HandOverRefused {
            tool: tool.name.clone(),
            secret: name.clone(),
            reason,
        };
        let digest = granted.map(|grant| grant.digest.as_str());
        // A tool that changed cannot have made itself a prototype, which would be asked less.
        let profile = granted.map_or(tool.profile, |grant| grant.profile.max(tool.profile));
        match decide(profile, value.is_some(), digest, tool.digest) {
            Verdict::HandOver => {}
            Verdict::HandOverAndWarn => plan.changed_since.push(name.clone()),
            Verdict::Refuse(reason) => return Err(refused(reason)),
        }
        let value = value.ok_or_else(|| refused(Reason::NotThere))?;
        plan.secrets.push((wanted.clone(), value.clone()));
    }
    Ok(plan)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_of_a_grant_is_decided_for_every_profile() {
        use Verdict::{HandOver, HandOverAndWarn, Refuse};
        let changed = |profile| decide(profile, true, Some("old"), "new");
        assert_eq!(
            Profile::ALL.map(|profile| (profile, changed(profile))),
            [
                (Profile::Experimental, HandOver),
                (Profile::Standard, HandOverAndWarn),
                (Profile::Production, Refuse(Reason::Changed)),
            ]
        );
        for profile in Profile::ALL {
            let decided = [
                decide(profile, true, Some("same"), "same"),
                decide(profile, true, None, "same"),
                decide(profile, false, Some("same"), "same"),
                decide(profile, false, None, "same"),
            ];
            assert_eq!(
                decided,
                [
                    HandOver,
                    Refuse(Reason::NotGranted),
                    Refuse(Reason::NotThere),
                    Refuse(Reason::NotThere),
                ],
                "{profile}"
            );
        }
    }

    #[test]
    fn each_refusal_names_the_next_command() {
        let told = [Reason::NotThere, Reason::NotGranted, Reason::Changed].map(|reason| {
            let refused = HandOverRefused {
                tool: "fritzbox".parse().expect("a valid name"),
                secret: "router".parse().expect("a valid name"),
                reason,
            };
            format!("{refused}. {}", refused.hint())
        });
        assert_eq!(
            told,
            [
                "tool `fritzbox` asks for the secret `router`, which is not kept here. Keep it first: `ai-lab-framework secret set router`.",
                "tool `fritzbox` asks for the secret `router`, which it was not granted. Grant it: `ai-lab-framework secret grant router fritzbox`.",
                "tool `fritzbox` asks for the secret `router`, and has changed since it was granted. Look at what changed, then renew the grant: `ai-lab-framework secret grant router fritzbox`.",
            ]
        );
    }
}
