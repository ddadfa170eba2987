//! Which profile a tool should have, by how it is used.

use ai_lab_contract::{Manifest, Profile};
use serde::Serialize;

/// Words in a manifest's tags and description that say prototype.
const PROTOTYPE: [&str; 7] = [
    "prototype",
    "experiment",
    "experimental",
    "sketch",
    "demo",
    "spike",
    "test-only",
];

/// From how many runs on a tool is no prototype any more, whatever it calls itself.
const SETTLED_RUNS: u64 = 100;

/// From how many clients on others depend on it.
const MANY_CLIENTS: usize = 3;

/// How a tool is used, as the record and the person say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UseFacts {
    /// How often it ran, as recorded.
    pub runs: u64,
    /// How many clients called it, as recorded.
    pub clients: usize,
    /// Whether it hurts when it is down; the person's answer.
    pub is_critical: bool,
    /// Whether people outside use it; the person's answer.
    pub has_external_users: bool,
}

/// The profile that fits, with every reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detection {
    /// The form of this answer: 1.
    pub format: u32,
    /// The profile that fits its use.
    pub profile: Profile,
    /// The profile that it claims.
    pub claimed: Profile,
    /// Why, the strongest reason first.
    pub reasons: Vec<String>,
}

/// Decides by the person's answers first, then by what the record shows, then by what the tool says of itself.
pub fn detect(manifest: &Manifest, used: UseFacts) -> Detection {
    let mut reasons = Vec::new();
    if used.is_critical {
        reasons.push("it hurts when it is down, you say".to_owned());
    }
    if used.has_external_users {
        reasons.push("people outside use it, you say".to_owned());
    }
    if used.clients >= MANY_CLIENTS && used.runs >= SETTLED_RUNS {
        reasons.push(format!("{} clients made {} calls", used.clients, used.runs));
    }
    let profile = if !reasons.is_empty() {
        Profile::Production
    } else if used.runs >= SETTLED_RUNS {
        reasons.push(format!("it ran {} times: no prototype any more", used.runs));
        Profile::Standard
    } else if let Some(word) = prototype_word(manifest) {
        reasons.push(format!("it calls itself `{word}`"));
        Profile::Experimental
    } else {
        reasons.push("nothing says prototype, nothing says that others depend on it".to_owned());
        Profile::Standard
    };
    Detection {
        format: 1,
        profile,
        claimed: manifest.profile,
        reasons,
    }
}

fn prototype_word(manifest: &Manifest) -> Option<String> {
    let described = manifest
        .description
        .split(|c: char| !c.is_alphanumeric() && c != '-');
    let mut words = manifest.tags.iter().map(String::as_str).chain(described);
    words
        .find(|word| PROTOTYPE.contains(&word.to_lowercase().as_str()))
        .map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn detected(description: &str, used: UseFacts) -> (Profile, Vec<String>) {
        let manifest = serde_json::from_value(json!({
            "contract": 1, "name": "probe", "version": "0.1.0", "description": description,
            "run": { "command": ["sh"] }, "actions": {},
        }));
        let detection = detect(&manifest.expect("a manifest"), used);
        (detection.profile, detection.reasons)
    }

    #[test]
    fn answers_come_before_the_record_and_that_before_words() {
        let none = UseFacts::default();
        let one = |reason: &str| vec![reason.to_owned()];
        assert_eq!(
            detected("A Prototype of a probe.", none),
            (Profile::Experimental, one("it calls itself `prototype`"))
        );
        let often = UseFacts {
            runs: 100,
            clients: 2,
            ..none
        };
        assert_eq!(
            detected("A prototype.", often),
            (
                Profile::Standard,
                one("it ran 100 times: no prototype any more")
            )
        );
        let by_many = UseFacts {
            clients: 3,
            ..often
        };
        assert_eq!(
            detected("A prototype.", by_many),
            (Profile::Production, one("3 clients made 100 calls"))
        );
        let asked = UseFacts {
            is_critical: true,
            has_external_users: true,
            ..none
        };
        let both = [
            "it hurts when it is down, you say",
            "people outside use it, you say",
        ];
        assert_eq!(
            detected("A demo.", asked),
            (Profile::Production, both.map(str::to_owned).to_vec())
        );
        assert_eq!(detected("Looks at hosts.", none).0, Profile::Standard);
    }
}
