//! What is promised and cannot be read from types, commands or sources: small tables.

use crate::contract::Area;

/// A name, and what it means.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// The name in the contract.
    pub name: &'static str,
    /// What it means, in a few words; another meaning breaks.
    pub means: &'static str,
}

const fn named(name: &'static str, means: &'static str) -> Named {
    Named { name, means }
}

/// Variables that the framework reads. A `*` stands for more of the name.
pub const VARIABLES: &[Named] = &[
    named("AI_LAB_CONFIG_*", "sets a key of a tool's configuration"),
    named(
        "AI_LAB_FRAMEWORK",
        "names the framework's program to who looks for it",
    ),
    named("AI_LAB_HOME", "moves the framework's home"),
    named("NO_COLOR", "drops the colours"),
];

/// Variables that a tool is given.
pub const TOOL_VARIABLES: &[Named] = &[
    named(
        "AI_LAB_ARTIFACTS",
        "a folder whose files are kept with the execution",
    ),
    named(
        "AI_LAB_EXECUTION_ID",
        "the execution, or of a worker the process",
    ),
    named(
        "AI_LAB_SECRETS_FD",
        "the descriptor that holds the granted secrets as JSON",
    ),
    named("AI_LAB_WORK", "a private folder, empty at the start"),
];

/// Variables that are nobody's to use: between the framework and itself, for its own tests and sources.
pub const INNER_VARIABLES: &[&str] = &["AI_LAB_BLESS", "AI_LAB_CLOCK", "AI_LAB_HANDED_OVER"];

/// Exit codes beside those of failures.
pub const EXIT_CODES: &[Named] = &[
    named("0", "done"),
    named(
        "10",
        "`migrate-db --check` found something to do; `check-compatibility` found warnings",
    ),
    named("20", "`check-compatibility` found what does not fit"),
    named("30", "`check-compatibility` cannot tell"),
];

/// What a tool and the framework say to each other beside the keys of the request and of the result.
pub const PROTOCOL: &[Named] = &[
    named(
        "exec",
        "one request line in, one result line out, exit code 0",
    ),
    named(
        "worker",
        "a result line for each request line, until standard input ends",
    ),
    named(
        "worker.cancel",
        "a line `{\"cancel\": execution_id}` to a worker that says it understands it",
    ),
    named(
        "worker.health",
        "the health action is asked with the execution id `health`",
    ),
    named("mcp", "an MCP server over stdio; its tools are actions"),
    named(
        "log",
        "standard error; a line may be `{\"level\", \"message\"}`",
    ),
    named(
        "secrets",
        "one JSON object, name to value, in an inherited descriptor",
    ),
    named(
        "end",
        "SIGTERM at the time limit, SIGKILL after the grace period",
    ),
];

/// What every contract has and no scan finds: commands that clap adds by itself.
pub const ALWAYS: &[&str] = &["help", "--help", "-h", "--version", "-V"];

/// One thing that will go.
#[derive(Clone, Copy, Debug)]
pub struct Deprecated {
    /// What it is part of.
    pub area: Area,
    /// Its name in the contract.
    pub item: &'static str,
    /// The version that says so first.
    pub since: &'static str,
    /// The version that will not have it any more: a major, at least two minors and 180 days later.
    pub remove_in: &'static str,
    /// What to do instead, as a sentence.
    pub instead: &'static str,
    /// The word that takes its place, where that is all there is to do.
    pub renamed_to: Option<&'static str>,
}

/// Everything that will go. A row stays until the item is gone.
pub const DEPRECATIONS: &[Deprecated] = &[];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// The variables of ours that a source names in quotes; a test's own are not looked at.
    fn variables(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("an entry").path();
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            if path.is_dir() && !matches!(name.as_str(), "tests" | "alf-bench") {
                variables(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") && name != "tests.rs" {
                let text = fs::read_to_string(&path).expect("a text");
                let code = text
                    .split("#[cfg(test)]\nmod tests")
                    .next()
                    .unwrap_or_default();
                for (_, rest) in code
                    .match_indices("\"AI_LAB_")
                    .map(|(at, _)| code.split_at(at + 1))
                {
                    let name = rest.split('"').next().unwrap_or_default();
                    found.insert(name.to_owned());
                }
            }
        }
    }

    #[test]
    fn every_variable_that_is_read_is_promised_or_named_as_inner() {
        let half = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut found = BTreeSet::new();
        variables(&half.join("crates"), &mut found);
        variables(&half.join("published"), &mut found);
        let promised = VARIABLES.iter().chain(TOOL_VARIABLES).map(|row| row.name);
        let known: BTreeSet<&str> = promised.chain(INNER_VARIABLES.iter().copied()).collect();
        // Neither prefixes of names nor sentences.
        let is_part = |c: u8| c.is_ascii_uppercase() || c == b'_';
        let is_name = |name: &&String| !name.ends_with('_') && name.bytes().all(is_part);
        let missed: Vec<&String> = found
            .iter()
            .filter(is_name)
            .filter(|name| !known.contains(name.as_str()))
            .collect();
        assert_eq!(missed, Vec::<&String>::new());
        assert!(
            found.contains("AI_LAB_HOME"),
            "the sources were read: {found:?}"
        );
    }

    #[test]
    fn what_goes_is_said_in_time_and_by_a_word() {
        for row in DEPRECATIONS {
            let version = |text: &str| text.parse::<semver::Version>().expect("a version");
            assert!(
                version(row.remove_in).major > version(row.since).major,
                "{}",
                row.item
            );
            assert!(row.instead.ends_with('.'), "{}", row.item);
        }
    }
}
