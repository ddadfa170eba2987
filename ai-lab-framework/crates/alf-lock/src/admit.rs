//! Under which profile a tool may run, as the lock has it.

use ai_lab_contract::{Profile, ToolName};

/// What the lock says of a tool as it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinState {
    /// There is no lock, or the tool is not in it.
    NotPinned,
    /// The tool is what was pinned.
    Same,
    /// The tool is no longer what was pinned.
    Changed,
    /// There is a lock that cannot be read: nobody knows what was approved.
    Unreadable,
    /// The tool's own grants let it write the lock: what stands there proves nothing.
    WithinReach,
}

/// The outcome: under which profile, or why not at all.
pub type Admission = Result<Admitted, Refused>;

/// A tool that may run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// The profile it runs under: the one it claims, or a lesser one.
    pub profile: Profile,
    /// What the person must know: the profile that it claims does not hold.
    pub warning: Option<String>,
}

/// A tool that may not run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}; {next}")]
pub struct Refused {
    /// Why not.
    pub why: String,
    /// The next command, as a phrase.
    pub next: String,
}

/// Decides under which profile a tool runs that claims `claimed`.
///
/// Nothing but the lock raises or lowers it: no call, agent, variable or configuration has a say.
pub fn admit(tool: &ToolName, claimed: Profile, state: PinState) -> Admission {
    let next = match state {
        PinState::NotPinned => format!("look at it and type `ai-lab-framework tool lock {tool}`"),
        PinState::Same => String::new(),
        PinState::Changed => format!(
            "see what changed by `ai-lab-framework tool diff {tool}`, then type \
             `ai-lab-framework tool approve {tool}`"
        ),
        PinState::Unreadable => {
            "`ai-lab-framework tool lock` says what is wrong with it".to_owned()
        }
        PinState::WithinReach => {
            format!("narrow its grants of writing: `ai-lab-framework tool show {tool}`")
        }
    };
    let why = match state {
        PinState::NotPinned => format!("tool `{tool}` is in no tool lock"),
        PinState::Same => String::new(),
        PinState::Changed => format!("tool `{tool}` has changed since it was pinned"),
        PinState::Unreadable => "the tool lock cannot be read".to_owned(),
        PinState::WithinReach => format!("tool `{tool}` may write the tool lock"),
    };
    let as_claimed = Ok(Admitted {
        profile: claimed,
        warning: None,
    });
    match (claimed, state) {
        // Whatever the profile: a tool that writes the lock approves itself and every other.
        (_, PinState::WithinReach) => Err(Refused { why, next }),
        (Profile::Experimental, _)
        | (Profile::Standard, PinState::NotPinned | PinState::Same)
        | (Profile::Production, PinState::Same) => as_claimed,
        (Profile::Standard, PinState::Changed | PinState::Unreadable) => Ok(Admitted {
            profile: Profile::Experimental,
            warning: Some(format!("{why}: it ran as experimental; {next}")),
        }),
        (Profile::Production, PinState::NotPinned | PinState::Changed | PinState::Unreadable) => {
            Err(Refused {
                why: format!("{why}, and the profile production asks for it"),
                next,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_claim_in_every_state() {
        use PinState::{Changed, NotPinned, Same, Unreadable, WithinReach};
        use Profile::{Experimental, Production, Standard};
        let tool = "probe".parse().expect("a name");
        let states = [NotPinned, Same, Changed, Unreadable, WithinReach];
        let decided = |claimed| {
            states.map(|state| match admit(&tool, claimed, state) {
                Ok(admitted) => {
                    let lowered = admitted.profile != claimed;
                    assert_eq!(lowered, admitted.warning.is_some(), "{state:?}");
                    Some(admitted.profile)
                }
                Err(_) => None,
            })
        };
        let (e, s, p) = (Some(Experimental), Some(Standard), Some(Production));
        assert_eq!(decided(Experimental), [e, e, e, e, None]);
        assert_eq!(decided(Standard), [s, s, e, e, None]);
        assert_eq!(decided(Production), [None, p, None, None, None]);
    }

    #[test]
    fn what_is_refused_and_what_is_lowered_names_the_next_command() {
        let tool = "probe".parse().expect("a name");
        let told = |claimed, state| match admit(&tool, claimed, state) {
            Ok(admitted) => admitted.warning.unwrap_or_default(),
            Err(refused) => refused.to_string(),
        };
        assert_eq!(
            told(Profile::Production, PinState::NotPinned),
            "tool `probe` is in no tool lock, and the profile production asks for it; look at it and type \
             `ai-lab-framework tool lock probe`"
        );
        assert_eq!(
            told(Profile::Standard, PinState::Changed),
            "tool `probe` has changed since it was pinned: it ran as experimental; see what changed by \
             `ai-lab-framework tool diff probe`, then type `ai-lab-framework tool approve probe`"
        );
        assert_eq!(
            told(Profile::Experimental, PinState::WithinReach),
            "tool `probe` may write the tool lock; narrow its grants of writing: \
             `ai-lab-framework tool show probe`"
        );
    }
}
