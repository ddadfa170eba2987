//! Which client may call which action.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use ai_lab_contract::{ActionName, ToolName};
use serde::{Deserialize, Serialize};

/// The longest pattern, in bytes: the longest address, and then some. Stops a list from costing time by its length.
const PATTERN_BYTES: usize = 256;

/// Tools and actions by name: `TOOL`, `TOOL.ACTION`, each with `*` for any letters. `TOOL` means all its actions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ToolPattern(String);

/// A text that is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` names no tools: give TOOL or TOOL.ACTION, with `*` for any letters", .0.escape_debug())]
pub struct PatternError(pub String);

impl FromStr for ToolPattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let may_stand = |c: char| {
            c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '*' | '.')
        };
        let is_address = !text.is_empty() && text.len() <= PATTERN_BYTES;
        let dots = text.matches('.').count();
        if is_address && dots <= 1 && text.chars().all(may_stand) {
            Ok(Self(text.to_owned()))
        } else {
            Err(PatternError(text.to_owned()))
        }
    }
}

impl TryFrom<String> for ToolPattern {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ToolPattern> for String {
    fn from(pattern: ToolPattern) -> Self {
        pattern.0
    }
}

impl fmt::Display for ToolPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ToolPattern {
    /// Whether it means this action.
    pub fn covers(&self, tool: &ToolName, action: &ActionName) -> bool {
        match self.0.split_once('.') {
            Some((tools, actions)) => {
                matches(tools, tool.as_str()) && matches(actions, action.as_str())
            }
            None => matches(&self.0, tool.as_str()),
        }
    }

    /// The tool's name, where it stands for one alone.
    pub fn only_tool(&self) -> Option<&str> {
        let tool = self.0.split_once('.').map_or(&*self.0, |(tool, _)| tool);
        (!tool.contains('*')).then_some(tool)
    }
}

/// Whether the text is the pattern with each `*` filled in. Each step takes one more of the text: no pattern makes it
/// slow.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(part) = last.replace(part) {
            let Some(at) = rest.find(part) else {
                return false;
            };
            rest = &rest[at + part.len()..];
        }
    }
    match last {
        Some(last) => rest.ends_with(last),
        None => rest.is_empty(),
    }
}

/// What one client may call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClientRule {
    /// Nothing but this; `None` lets everything through.
    pub allow: Option<Vec<ToolPattern>>,
    /// Nothing of this, allowed or not.
    pub deny: Vec<ToolPattern>,
}

impl ClientRule {
    /// Whether the action may be called.
    pub fn allows(&self, tool: &ToolName, action: &ActionName) -> bool {
        let covers =
            |patterns: &[ToolPattern]| patterns.iter().any(|pattern| pattern.covers(tool, action));
        self.allow.as_deref().is_none_or(covers) && !covers(&self.deny)
    }

    /// Every pattern in it.
    pub fn patterns(&self) -> impl Iterator<Item = &ToolPattern> {
        self.allow.iter().flatten().chain(&self.deny)
    }
}

/// What a file says of clients.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClientRules {
    /// For those that are not named; `None` lets them call everything.
    pub default: Option<ClientRule>,
    /// By the client's name in small letters.
    pub clients: BTreeMap<String, ClientRule>,
}

impl ClientRules {
    /// What holds for a client; `None` where nothing does. Names are compared without regard to case.
    pub fn of(&self, client: &str) -> Option<&ClientRule> {
        let named = self.clients.get(&client.to_lowercase());
        named.or(self.default.as_ref())
    }

    /// Whether the client may call the action.
    pub fn allow(&self, client: &str, tool: &ToolName, action: &ActionName) -> bool {
        self.of(client).is_none_or(|rule| rule.allows(tool, action))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> ToolPattern {
        text.parse().expect("a valid pattern")
    }

    fn covers(text: &str, address: &str) -> bool {
        let (tool, action) = address.split_once('.').expect("an address");
        let tool = tool.parse().expect("a name");
        pattern(text).covers(&tool, &action.parse().expect("a name"))
    }

    #[test]
    fn a_pattern_means_what_it_says() {
        let means = [
            ("probe", "probe.look"),
            ("probe.look", "probe.look"),
            ("*", "probe.look"),
            ("*.look", "probe.look"),
            ("pr*e.l*k", "probe.look"),
            ("p*o*e", "probe.look"),
            ("probe.*", "probe.look"),
            ("probe*", "probe.look"),
            ("a*a", "aa.go"),
            ("**", "probe.look"),
        ];
        for (text, address) in means {
            assert!(covers(text, address), "{text} {address}");
        }
        let means_not = [
            ("probe", "probes.look"),
            ("probe.look", "probe.looked"),
            ("look", "probe.look"),
            ("*.loo", "probe.look"),
            ("pr*x*e", "probe.look"),
            ("a*a", "a.go"),
            ("ab*ba", "aba.go"),
            ("probe.", "probe.look"),
        ];
        for (text, address) in means_not {
            assert!(!covers(text, address), "{text} {address}");
        }
    }

    #[test]
    fn what_can_be_no_address_is_no_pattern() {
        let long = "x".repeat(PATTERN_BYTES + 1);
        for text in [
            "",
            "Probe",
            "probe look",
            "a.b.c",
            "probe/look",
            "a?",
            &long,
        ] {
            assert_eq!(text.parse::<ToolPattern>(), Err(PatternError(text.into())));
        }
    }

    #[test]
    fn a_list_denies_what_is_not_in_it_and_no_list_denies_nothing() {
        let rule = |allow: Option<&[&str]>, deny: &[&str]| ClientRule {
            allow: allow.map(|texts| texts.iter().copied().map(pattern).collect()),
            deny: deny.iter().copied().map(pattern).collect(),
        };
        let rules = ClientRules {
            default: Some(rule(Some(&["probe.look"]), &[])),
            clients: BTreeMap::from([
                ("opencode".to_owned(), rule(None, &["*.forget"])),
                ("nobody".to_owned(), rule(Some(&[]), &[])),
                ("both".to_owned(), rule(Some(&["probe"]), &["*.forget"])),
            ]),
        };
        let may = |client: &str| {
            ["probe.look", "probe.forget", "other.look"].map(|address| {
                let (tool, action) = address.split_once('.').expect("an address");
                let tool = tool.parse().expect("a name");
                rules.allow(client, &tool, &action.parse().expect("a name"))
            })
        };
        assert_eq!(may("OpenCode"), [true, false, true]);
        assert_eq!(may("nobody"), [false, false, false]);
        assert_eq!(may("both"), [true, false, false]);
        assert_eq!(may("somebody"), [true, false, false]);
        let (tool, action) = ("a".parse(), "b".parse());
        let (tool, action) = (tool.expect("a name"), action.expect("a name"));
        assert!(ClientRules::default().allow("somebody", &tool, &action));
    }
}
