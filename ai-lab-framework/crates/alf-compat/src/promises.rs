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
pub const INNER_VARIABLES: &[&str] = &["AI_LAB_BLESS", "AI_LAB_CLOCK"];

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
