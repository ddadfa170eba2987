//! What an answer may cost.

use std::time::Duration;

/// Bounds on what the framework's program may take and say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long the greeting may take. Stops a program that is something else and waits.
    ///
    /// A call has no limit of its own here: the framework ends it at the tool's.
    pub handshake: Duration,
    /// The longest greeting, in bytes. Stops a program that is something else and talks.
    pub greeting_bytes: usize,
    /// The longest answer to a call, in bytes. Stops a flood; a tool's own limit is 64 MiB at most, and
    /// laying out for people may double it.
    pub answer_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            greeting_bytes: 65_536,
            answer_bytes: 134_217_728,
        }
    }
}
