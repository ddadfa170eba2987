//! What was seen of a tool, as values.

use ai_lab_contract::{ErrorClass, Manifest};
use serde_json::Value;

use crate::{Coverage, Document};

/// All that is known of a tool when its rules are judged. What could not be tried says why.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// What the tool says of itself.
    pub manifest: Manifest,
    /// The errors of `tool check`, each in one line.
    pub errors: Vec<String>,
    /// Its schemas.
    pub schemas: Vec<NamedSchema>,
    /// A recorded call of its health action, or of a read-only action that takes an empty input.
    pub probe: Tried<Probe>,
    /// The lines that the tool wrote to standard error during a call.
    pub log: Tried<Vec<String>>,
    /// The correlation id of that call.
    pub log_correlation: String,
    /// Recorded calls with an input that does not fit, one an action.
    pub bad_inputs: Vec<BadInput>,
    /// The run of the tool's tests.
    pub tests: Tried<Ran>,
    /// The coverage report that this run wrote.
    pub coverage: Tried<Coverage>,
    /// The run of the tool's fault tests.
    pub faults: Tried<Ran>,
    /// Whether the tool's folder was the same before and after its tests.
    pub is_unchanged: bool,
    /// The README.
    pub readme: Tried<Document>,
    /// The README's marked examples, each with how it ended.
    pub examples: Vec<(String, Result<(), String>)>,
    /// Whether the tool is what `tools.lock` has pinned; else why not.
    pub pinned: Result<(), String>,
    /// The sandbox level that the record of the probe names.
    pub sandbox: Tried<String>,
    /// A call that was given too little time.
    pub deadline: Tried<DeadlineShown>,
    /// Failures until the breaker opened.
    pub breaker: Tried<BreakerShown>,
    /// The stand-in for a failed call, in a few words.
    pub fallback: Tried<String>,
    /// The load test.
    pub load: Tried<LoadFigures>,
}

/// Something that was tried and seen, or why it was not.
pub type Tried<T> = Result<T, String>;

/// One of a tool's schemas.
#[derive(Clone, Debug)]
pub struct NamedSchema {
    /// Such as `hello.input`.
    pub name: String,
    /// Which side of an action it describes.
    pub side: Side,
    /// The schema itself.
    pub schema: Value,
}

/// What a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What an action takes, or the configuration.
    Input,
    /// What an action gives.
    Output,
}

/// One recorded call.
#[derive(Clone, Debug)]
pub struct Probe {
    /// What was called, as `tool.action`.
    pub address: String,
    /// Why it gave no data; `None` when it did.
    pub error: Option<(ErrorClass, String)>,
    /// How many figures of its own it gave.
    pub metrics: usize,
}

/// A call with an input that does not fit.
#[derive(Clone, Debug)]
pub struct BadInput {
    /// What was called, as `tool.action`.
    pub address: String,
    /// The class it was refused with; `None` when it was let through.
    pub refused: Option<ErrorClass>,
}

/// A command that was run.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The command, as a person would type it.
    pub command: String,
    /// Whether it ended with 0 within its time.
    pub passed: bool,
    /// How it ended: `exit 0`, `signal 9`, `still running after 600 s`.
    pub end: String,
    /// The last lines that it wrote.
    pub last: String,
}

/// A call that was given less time than it needs.
#[derive(Clone, Copy, Debug)]
pub struct DeadlineShown {
    /// How long it was given, in milliseconds.
    pub given_ms: u64,
    /// How long after that it may take to end, in milliseconds.
    pub grace_ms: u64,
    /// When it was over, in milliseconds.
    pub took_ms: u64,
}

/// Failures until a call was turned away.
#[derive(Clone, Copy, Debug)]
pub struct BreakerShown {
    /// How many calls failed.
    pub failures: u64,
    /// Whether the next one was turned away without running.
    pub opened: bool,
}

/// What a load test measured.
#[derive(Clone, Copy, Debug)]
pub struct LoadFigures {
    /// How many calls were made.
    pub calls: u64,
    /// How many of them failed.
    pub failed: u64,
    /// Within what time 95 of 100 were answered, in milliseconds.
    pub p95_ms: u64,
}
