//! Whether one tool may pass its work on to another.

use ai_lab_contract::{ActionName, ErrorClass, HandOff, Manifest, ToolName};

use crate::digest::{Digest, digest_of_json};

/// The most executions in one chain of hand-offs, the first included. Stops tools that pass work on without end.
pub const LONGEST_CHAIN: usize = 8;

/// One call of a chain, as far as a circle is told by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Which tool.
    pub tool: ToolName,
    /// Which of its actions.
    pub action: ActionName,
    /// The digest of its input.
    pub input: Digest,
}

impl Link {
    /// The link that a hand-off would add.
    pub fn of(wanted: &HandOff) -> Self {
        Self {
            tool: wanted.tool.clone(),
            action: wanted.action.clone(),
            input: digest_of_json(&wanted.input),
        }
    }
}

/// A hand-off that is not followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandOffRefused {
    /// The manifest does not name the other action.
    #[error("`{from}` hands over to `{to}`, which its manifest does not grant")]
    NotGranted {
        /// The tool that hands over.
        from: ToolName,
        /// The action it names.
        to: String,
    },
    /// The chain is as long as it may be.
    #[error("`{to}` would be execution {} of this chain; {LONGEST_CHAIN} are allowed", LONGEST_CHAIN + 1)]
    TooLong {
        /// The action it names.
        to: String,
    },
    /// The same action was called with the same input before in this chain.
    #[error("`{to}` was called with this very input before in this chain")]
    Circle {
        /// The action it names.
        to: String,
    },
}

impl HandOffRefused {
    /// The row of the failure table.
    pub const fn class(&self) -> ErrorClass {
        match self {
            Self::NotGranted { .. } | Self::TooLong { .. } | Self::Circle { .. } => {
                ErrorClass::Refused
            }
        }
    }
}

/// Whether the tool whose manifest this is may hand over so, after these calls (the tool's own is the last).
///
/// A grant is `TOOL.ACTION` or `TOOL.*`.
pub fn check_hand_off(
    manifest: &Manifest,
    wanted: &HandOff,
    chain: &[Link],
) -> Result<(), HandOffRefused> {
    let to = || format!("{}.{}", wanted.tool, wanted.action);
    let whole_tool = format!("{}.*", wanted.tool);
    let granted = &manifest.grants.handoff;
    if !granted
        .iter()
        .any(|grant| *grant == to() || *grant == whole_tool)
    {
        return Err(HandOffRefused::NotGranted {
            from: manifest.name.clone(),
            to: to(),
        });
    }
    if chain.len() >= LONGEST_CHAIN {
        return Err(HandOffRefused::TooLong { to: to() });
    }
    if chain.contains(&Link::of(wanted)) {
        return Err(HandOffRefused::Circle { to: to() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(grants: &[&str], chain: &[(&str, i64)], to: (&str, i64)) -> Result<(), String> {
        let manifest: Manifest = serde_json::from_value(json!({
            "contract": 1, "name": "scout", "version": "0.1.0", "description": "scouts",
            "run": { "command": ["bin/scout"] }, "grants": { "handoff": grants },
            "actions": { "look": { "description": "looks", "input": {}, "output": {} } },
        }))
        .expect("a valid manifest");
        let wanted = |(address, n): (&str, i64)| {
            let (tool, action) = address.split_once('.').expect("an address");
            HandOff {
                tool: tool.parse().expect("a valid name"),
                action: action.parse().expect("a valid name"),
                input: json!({ "n": n }),
            }
        };
        let chain: Vec<Link> = chain.iter().map(|link| Link::of(&wanted(*link))).collect();
        check_hand_off(&manifest, &wanted(to), &chain).map_err(|refused| refused.to_string())
    }

    #[test]
    fn only_what_the_manifest_names_is_handed_over_to() {
        let chain = [("scout.look", 0)];
        assert_eq!(told(&["mender.fix"], &chain, ("mender.fix", 0)), Ok(()));
        assert_eq!(told(&["mender.*"], &chain, ("mender.fix", 0)), Ok(()));
        for grants in [&[][..], &["mender.look"], &["mend.*"], &["*"], &["mender"]] {
            assert_eq!(
                told(grants, &chain, ("mender.fix", 0)),
                Err("`scout` hands over to `mender.fix`, which its manifest does not grant".into())
            );
        }
    }

    #[test]
    fn a_chain_ends_at_its_longest_and_at_a_circle() {
        let calls: Vec<(&str, i64)> = (0..8).map(|n| ("mender.fix", n)).collect();
        assert_eq!(told(&["mender.*"], &calls[..7], ("mender.fix", 9)), Ok(()));
        assert_eq!(
            told(&["mender.*"], &calls, ("mender.fix", 9)),
            Err("`mender.fix` would be execution 9 of this chain; 8 are allowed".into())
        );
        assert_eq!(
            told(&["mender.*"], &calls[..7], ("mender.fix", 3)),
            Err("`mender.fix` was called with this very input before in this chain".into())
        );
    }
}
