//! From a server's names and words to a manifest's.

use std::collections::BTreeMap;

use ai_lab_contract::ActionName;
use alf_manifest::is_hidden;
use alf_policy::Digest;

/// The longest name of an action, in characters.
const NAME: usize = 24;
/// The longest description of an action, in characters.
const DESCRIPTION: usize = 1_000;

/// A name for each of the server's tools: its own where that is one, else the nearest; never two alike.
///
/// The same tools get the same names, and `kept` ones keep theirs.
pub(super) fn name_actions(
    tools: &[String],
    prefix: &str,
    kept: &BTreeMap<String, ActionName>,
) -> BTreeMap<String, ActionName> {
    let mut named = BTreeMap::new();
    let mut sorted: Vec<&String> = tools.iter().collect();
    sorted.sort();
    for tool in &sorted {
        if let Some(name) = kept.get(*tool) {
            named.insert((*tool).clone(), name.clone());
        }
    }
    for tool in sorted {
        if named.contains_key(tool) {
            continue;
        }
        let plain = snake(&format!("{prefix}{tool}"));
        let is_free = |name: &ActionName| !named.values().any(|taken| taken == name);
        let whole = (plain.len() <= NAME)
            .then(|| plain.parse().ok())
            .flatten()
            .filter(is_free);
        let name = whole.unwrap_or_else(|| told_apart(&plain, tool));
        named.insert(tool.clone(), name);
    }
    named
}

/// The beginning of the name and a few digits of what it stands for.
fn told_apart(plain: &str, tool: &str) -> ActionName {
    let digest = Digest::of(tool.as_bytes());
    let digits = &digest.as_str()["sha256:".len()..][..6];
    let start: String = plain.chars().take(NAME - 7).collect();
    format!("{start}_{digits}")
        .parse()
        .expect("because it begins with a letter and is short")
}

/// `lookAt.host` becomes `look_at_host`.
fn snake(name: &str) -> String {
    let mut words = String::new();
    let mut before = '_';
    for c in name.chars() {
        if c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
            words.push('_');
        }
        let plain = match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9' | '-') => c,
            _ => '_',
        };
        if !(plain == '_' && words.ends_with('_')) {
            words.push(plain);
        }
        before = c;
    }
    let words = words.trim_matches(['_', '-']);
    if words.starts_with(|c: char| c.is_ascii_lowercase()) {
        words.to_owned()
    } else {
        format!("t_{words}").trim_end_matches('_').to_owned()
    }
}

/// A description that people and agents read alike: one line, nothing hidden, cut short.
pub(super) fn describe(said: Option<&str>, tool: &str) -> String {
    let said = said.unwrap_or_default();
    let blank = |c: char| {
        if c.is_whitespace() || c.is_control() {
            ' '
        } else {
            c
        }
    };
    let shown: String = said.chars().map(blank).filter(|c| !is_hidden(*c)).collect();
    let words: Vec<&str> = shown.split_whitespace().collect();
    let line = words.join(" ");
    if line.is_empty() {
        let name: String = tool.chars().filter(|c| !is_hidden(*c)).take(NAME).collect();
        return format!("Calls {name}.");
    }
    if line.chars().count() <= DESCRIPTION {
        return line;
    }
    let start: String = line.chars().take(DESCRIPTION - 1).collect();
    start + "…"
}

/// Whether a name fits a pattern of `*` (anything) and `?` (one character).
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n, mut back) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                back = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match back {
                Some((star, from)) => {
                    back = Some((star, from + 1));
                    p = star + 1;
                    n = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(tools: &[&str], prefix: &str) -> Vec<String> {
        let tools: Vec<String> = tools.iter().map(|&tool| tool.to_owned()).collect();
        let named = name_actions(&tools, prefix, &BTreeMap::new());
        tools.iter().map(|tool| named[tool].to_string()).collect()
    }

    #[test]
    fn a_name_stays_or_becomes_the_nearest() {
        assert_eq!(
            names(
                &["echo", "lookAt.host", "HTTPGet", "2fa", "naïve", "_x_"],
                ""
            ),
            ["echo", "look_at_host", "httpget", "t_2fa", "na_ve", "x"]
        );
        assert_eq!(names(&["list"], "gh_"), ["gh_list"]);
    }

    #[test]
    fn names_that_clash_or_are_too_long_are_told_apart_the_same_way_each_time() {
        let tools = [
            "get_host",
            "getHost",
            "Get.Host",
            &"x".repeat(200),
            &"x".repeat(201),
            "日",
            "本",
        ];
        let first = names(&tools, "");
        assert_eq!(first, names(&tools, ""));
        let distinct: std::collections::BTreeSet<&String> = first.iter().collect();
        assert_eq!(distinct.len(), tools.len(), "{first:?}");
        assert_eq!(&first[0][..9], "get_host_");
        assert_eq!(
            first[2], "get_host",
            "the first in order keeps the plain name"
        );
    }

    #[test]
    fn a_name_that_is_kept_stays_whatever_else_comes() {
        let kept = BTreeMap::from([("zoo".to_owned(), "get_host".parse().expect("a name"))]);
        let named = name_actions(&["getHost".to_owned(), "zoo".to_owned()], "", &kept);
        assert_eq!(named["zoo"].as_str(), "get_host");
        assert_ne!(named["getHost"].as_str(), "get_host");
    }

    #[test]
    fn a_description_is_one_line_without_anything_hidden() {
        let said = "Adds\u{200B} two\n\tnumbers.\u{1b}[31m\u{E0041}\u{202E}";
        assert_eq!(describe(Some(said), "add"), "Adds two numbers. [31m");
        assert_eq!(describe(None, "add"), "Calls add.");
        assert_eq!(
            describe(Some(&"é".repeat(2_000)), "add").chars().count(),
            1_000
        );
    }

    #[test]
    fn a_pattern_fits_whole_names() {
        let cases = [
            ("*", "", true),
            ("*", "abc", true),
            ("get_*", "get_host", true),
            ("get_*", "set_host", false),
            ("?et", "get", true),
            ("?et", "gget", false),
            ("*_*_c", "a_b_c", true),
            ("a*", "b", false),
            ("abc", "ab", false),
        ];
        for (pattern, name, expected) in cases {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
