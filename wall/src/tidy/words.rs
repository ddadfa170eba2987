//! Checks words that must not be in the tree, line by line.

use crate::Finding;
use crate::checkout::SourceFile;

/// Traces of one machine: nobody else has these folders. Written in two parts, or this file would be
/// its own first finding.
const MACHINE_PATHS: [&str; 5] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/tmp/", "target"),
    concat!("/tmp/", "brief"),
    concat!("/ho", "me/runner"),
];

/// Work left for later belongs in the tracker, where somebody sees it.
const LEFT_OVERS: [&str; 8] = [
    concat!("TO", "DO:"),
    concat!("TO", "DO("),
    concat!("// TO", "DO"),
    concat!("# TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X:"),
    concat!("unimple", "mented!"),
    concat!("NotImple", "mentedError(\"later"),
];

/// Ways to wait for the clock in Rust.
const SLEEPS: [&str; 2] = [
    concat!("thread::", "sleep("),
    concat!("tokio::time::", "sleep("),
];

/// The one reason not to run a test: it is the half that another test starts and kills.
const CHILD_TEST: &str = "= \"runs in a process of its own";

/// One rule about words.
struct Rule {
    words: &'static [&'static str],
    /// What a line says that may hold the word all the same.
    unless: Option<&'static str>,
    applies: fn(&SourceFile) -> bool,
    why: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        words: &MACHINE_PATHS,
        unless: None,
        applies: |file| !file.is("lock"),
        why: "names a folder of one machine",
    },
    Rule {
        words: &LEFT_OVERS,
        unless: None,
        applies: |file| !file.is("lock"),
        why: "leaves work behind: finish it or file a work item",
    },
    Rule {
        words: &[concat!("#[igno", "re")],
        unless: Some(CHILD_TEST),
        applies: |file| file.is("rs"),
        why: "a test that does not run tests nothing",
    },
    Rule {
        words: &[
            concat!("../ai-lab-", "framework"),
            concat!("ai-lab-framework/", "crates"),
        ],
        unless: None,
        applies: |file| is_source(file) && file.path.starts_with("ai-lab/"),
        why: "reaches across the wall",
    },
    Rule {
        words: &[concat!("../ai-", "lab/"), concat!("ai-lab/", "crates")],
        unless: None,
        applies: |file| is_source(file) && file.path.starts_with("ai-lab-framework/"),
        why: "reaches across the wall",
    },
];

fn is_source(file: &SourceFile) -> bool {
    ["rs", "toml", "py", "sh"].iter().any(|kind| file.is(kind))
}

/// Checks every line of every file.
pub fn check_words(files: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        for rule in RULES.iter().filter(|rule| (rule.applies)(file)) {
            findings.extend(check_rule(file, rule));
        }
        findings.extend(check_sleeps(file));
    }
    findings
}

fn check_rule(file: &SourceFile, rule: &Rule) -> Vec<Finding> {
    file.text
        .lines()
        .enumerate()
        .filter_map(|(index, line)| {
            let word = rule.words.iter().find(|word| line.contains(*word))?;
            if rule.unless.is_some_and(|unless| line.contains(unless)) {
                return None;
            }
            let place = format!("{}:{}", file.path, index + 1);
            Some(Finding::new(place, format!("`{word}` {}", rule.why)))
        })
        .collect()
}

/// Sleeps in tests: clippy can be excused in Rust and does not read Python. A tool that is written to hang,
/// inside a Python test's text, is none.
fn check_sleeps(file: &SourceFile) -> Vec<Finding> {
    let first_test_line = if file.is_test() {
        Some(0)
    } else {
        file.text.lines().position(|line| line == "#[cfg(test)]")
    };
    let Some(first) = first_test_line else {
        return Vec::new();
    };
    let sleeps = |line: &str| {
        (file.is("rs") && SLEEPS.iter().any(|sleep| line.contains(sleep)))
            || (file.is("py") && line.trim_start().starts_with("time.sleep("))
    };
    file.text
        .lines()
        .enumerate()
        .skip(first)
        .filter(|(_, line)| sleeps(line))
        .map(|(index, _)| {
            let place = format!("{}:{}", file.path, index + 1);
            Finding::new(place, "a test waits for the event, not for the clock")
        })
        .collect()
}
