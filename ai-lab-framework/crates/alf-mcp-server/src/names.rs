//! Names that every client takes, and that stay what they are.
//!
//! `TOOL.ACTION` is offered as `tool_action`: clients fold everything else to `_`, and cut what is long. A name that
//! would clash or be cut ends in a few digits of a digest of what it stands for, so it is the same on every machine.

use std::collections::HashSet;
use std::fmt::Write as _;

use ai_lab_contract::{ActionName, ToolName};
use sha2::{Digest as _, Sha256};

use crate::limits::NAME_CHARS;

/// Digits of the digest that a name ends in, at first; more where those clash too.
const DIGITS: usize = 6;

/// Names for these actions, in their order: sorted by tool, then by action. `taken` are names that are given away
/// already. No name depends on a tool that comes later.
pub(crate) fn offered_names<'a>(
    actions: impl IntoIterator<Item = (&'a ToolName, &'a ActionName)>,
    taken: impl IntoIterator<Item = &'static str>,
) -> Vec<String> {
    let mut given: HashSet<String> = taken.into_iter().map(str::to_owned).collect();
    let mut names = Vec::new();
    for (tool, action) in actions {
        let plain = folded(&format!("{tool}_{action}"));
        let name = if plain.len() <= NAME_CHARS && !given.contains(&plain) {
            plain
        } else {
            marked(tool, action, &plain, &given)
        };
        given.insert(name.clone());
        names.push(name);
    }
    names
}

fn folded(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect()
}

fn marked(tool: &ToolName, action: &ActionName, plain: &str, given: &HashSet<String>) -> String {
    let digest = Sha256::digest(format!("{tool}.{action}"));
    let mut digits = String::new();
    for byte in digest {
        let _never = write!(digits, "{byte:02x}");
    }
    let with = |count: usize| {
        let room = NAME_CHARS - count - 1;
        let kept = &plain[..plain.len().min(room)];
        format!("{}_{}", kept.trim_end_matches('_'), &digits[..count])
    };
    (DIGITS..NAME_CHARS - 8)
        .map(with)
        .find(|name| !given.contains(name))
        .unwrap_or_else(|| digits[..NAME_CHARS].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(actions: &[(&str, &str)], names: &[&str]) {
        let actions: Vec<(ToolName, ActionName)> = actions
            .iter()
            .map(|(tool, action)| (tool.parse().expect("a name"), action.parse().expect("one")))
            .collect();
        let offered = offered_names(
            actions.iter().map(|(tool, action)| (tool, action)),
            ["lab_result"],
        );
        assert_eq!(offered, names);
        assert!(offered.iter().all(|name| name.len() <= NAME_CHARS));
    }

    #[test]
    fn a_name_is_tool_and_action() {
        check(
            &[("monitoring", "disk"), ("work-items", "list-open")],
            &["monitoring_disk", "work_items_list_open"],
        );
    }

    #[test]
    fn of_two_that_fold_to_one_the_later_is_marked() {
        check(
            &[("a", "b_c"), ("a", "b-c"), ("a-b", "c"), ("lab", "result")],
            &["a_b_c", "a_b_c_ab8bb2", "a_b_c_fb187e", "lab_result_99ce05"],
        );
    }

    #[test]
    fn a_name_stays_when_a_later_tool_appears() {
        check(&[("a", "b_c")], &["a_b_c"]);
        check(&[("a", "b_c"), ("a_b", "c")], &["a_b_c", "a_b_c_a37152"]);
    }

    #[test]
    fn a_long_name_is_cut_and_marked() {
        check(
            &[(
                "a-tool-with-the-longest-name-yes",
                "an-action-of-24-letters",
            )],
            &["a_tool_with_the_longest_name_yes_an_acti_78b481"],
        );
    }
}
