//! What the process in the background is handed, and what it says back.

use std::path::PathBuf;

use ai_lab_contract::ErrorClass;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::failure::Failure;
use crate::run_tool::Call;
use crate::surroundings::Client;

/// The longest errand that is read, in bytes: an input as long as the command line takes, twice escaped. Stops a
/// stranger's standard input from filling the memory.
pub const ERRAND_BYTES: u64 = 150_000_000;

/// A call on its way to a process of its own. It travels in a sealed file in memory: neither an argument nor a variable
/// that another account could read holds any of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Errand {
    /// The form of this document: 1.
    pub format: u32,
    /// The framework's home.
    pub home: PathBuf,
    /// The lab; `None` outside any.
    pub instance: Option<PathBuf>,
    /// Where programs are looked up.
    pub path: String,
    /// Who calls, where the call itself does not say.
    pub client: Client,
    /// The call, with the id of its execution.
    pub call: Call,
}

/// The one line that the process says back, before it lets go of whoever started it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Said {
    /// The start is in the record.
    Begun,
    /// Nothing began.
    Failed(SaidFailure),
}

/// A failure that crosses from one process to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SaidFailure {
    pub(super) class: ErrorClass,
    /// From the outermost to the innermost; at least one.
    chain: Vec<String>,
    hint: Option<String>,
}

/// One link of a failure that was told by another process.
#[derive(Debug, Error)]
#[error("{told}")]
struct Link {
    told: String,
    #[source]
    because: Option<Box<Self>>,
}

impl From<&Failure> for SaidFailure {
    fn from(failure: &Failure) -> Self {
        Self {
            class: failure.class,
            chain: failure.chain(),
            hint: failure.hint().map(str::to_owned),
        }
    }
}

impl From<SaidFailure> for Failure {
    fn from(said: SaidFailure) -> Self {
        let mut chain = said.chain.into_iter();
        let first = chain.next().unwrap_or_default();
        let because = chain
            .rev()
            .fold(None, |because, told| Some(Box::new(Link { told, because })));
        let failure = match because {
            Some(link) => Self::caused(said.class, first, *link),
            None => Self::new(said.class, first),
        };
        match said.hint {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_crosses_whole() {
        let innermost = Failure::new(ErrorClass::Internal, "c");
        let inner = Failure::caused(ErrorClass::Internal, "b", innermost);
        let failure = Failure::caused(ErrorClass::Refused, "a", inner).with_hint("Do this.");
        let said = SaidFailure::from(&failure);
        let crossed = Failure::from(said.clone());
        assert_eq!(crossed.chain(), ["a", "b", "c"]);
        assert_eq!(SaidFailure::from(&crossed), said);
    }
}
