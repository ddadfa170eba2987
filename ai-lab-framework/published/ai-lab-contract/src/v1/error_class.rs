//! The one table of failures: what a person, a script, an agent and a browser are told.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a command or an execution failed. The table is append-only.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// The command line was not understood.
    Usage,
    /// A manifest or configuration file is wrong.
    Config,
    /// No such tool, action, execution, session or file.
    NotFound,
    /// The state has moved on since the caller last saw it.
    Conflict,
    /// Policy says no.
    Refused,
    /// The tool ran and answered with an error.
    ToolFailed,
    /// The machine lacks something: a program, a permission, room on the disk.
    Environment,
    /// The two sides speak different versions.
    Incompatible,
    /// The input does not fit the action's input schema.
    InvalidInput,
    /// The tool's data does not fit the action's output schema.
    InvalidOutput,
    /// The tool was still running at its time limit and was ended.
    Timeout,
    /// The tool wrote more than its limit and was ended.
    OutputLimit,
    /// The tool ended by a signal or with an exit code other than 0, without a result.
    Crashed,
    /// The tool ended well but wrote no result line.
    NoResult,
    /// The tool wrote something that is no result line.
    MalformedResult,
    /// The caller withdrew the call.
    Cancelled,
    /// The framework ended before the tool did; found at the next start.
    Interrupted,
    /// A mistake of ours.
    Internal,
    /// Calls to the tool have stopped for a while, because it failed too often: its circuit breaker is open.
    Unavailable,
    /// What is offered or installed is not what was signed, or nobody trusted signed it.
    Integrity,
}

impl ErrorClass {
    /// Every class, in the order of the table.
    pub const ALL: [Self; 20] = [
        Self::Usage,
        Self::Config,
        Self::NotFound,
        Self::Conflict,
        Self::Refused,
        Self::ToolFailed,
        Self::Environment,
        Self::Incompatible,
        Self::InvalidInput,
        Self::InvalidOutput,
        Self::Timeout,
        Self::OutputLimit,
        Self::Crashed,
        Self::NoResult,
        Self::MalformedResult,
        Self::Cancelled,
        Self::Interrupted,
        Self::Internal,
        Self::Unavailable,
        Self::Integrity,
    ];

    /// The row: name, exit code, JSON-RPC code, HTTP status, whether the same call may succeed later.
    ///
    /// Exit codes 10, 20 and 30 belong to `check-compatibility`, 130 and above to the shell.
    /// JSON-RPC codes outside -32603..-32600 come from the range the specification leaves to servers.
    const fn row(self) -> (&'static str, u8, i32, u16, bool) {
        match self {
            Self::Usage => ("usage", 2, -32600, 400, false),
            Self::Config => ("config", 3, -32001, 500, false),
            Self::NotFound => ("not_found", 4, -32002, 404, false),
            Self::Conflict => ("conflict", 5, -32003, 409, true),
            Self::Refused => ("refused", 6, -32004, 403, false),
            Self::ToolFailed => ("tool_failed", 7, -32005, 502, false),
            Self::Environment => ("environment", 8, -32006, 503, true),
            Self::Incompatible => ("incompatible", 9, -32007, 501, false),
            Self::InvalidInput => ("invalid_input", 11, -32602, 422, false),
            Self::InvalidOutput => ("invalid_output", 12, -32008, 502, false),
            Self::Timeout => ("timeout", 13, -32009, 504, true),
            Self::OutputLimit => ("output_limit", 14, -32010, 502, false),
            Self::Crashed => ("crashed", 15, -32011, 502, true),
            Self::NoResult => ("no_result", 16, -32012, 502, false),
            Self::MalformedResult => ("malformed_result", 17, -32013, 502, false),
            Self::Cancelled => ("cancelled", 18, -32014, 499, true),
            Self::Interrupted => ("interrupted", 19, -32015, 503, true),
            Self::Internal => ("internal", 70, -32603, 500, false),
            Self::Unavailable => ("unavailable", 21, -32016, 503, true),
            Self::Integrity => ("integrity", 22, -32017, 500, false),
        }
    }

    /// The word used in records, answers and `--json`.
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// What the command line exits with.
    pub const fn exit_code(self) -> u8 {
        self.row().1
    }

    /// What a JSON-RPC answer carries.
    pub const fn json_rpc_code(self) -> i32 {
        self.row().2
    }

    /// What an HTTP answer carries.
    pub const fn http_status(self) -> u16 {
        self.row().3
    }

    /// Whether the same call may succeed later; a tool's own error says so itself.
    pub const fn is_retryable(self) -> bool {
        self.row().4
    }

    /// The class of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_class_has_a_name_and_an_exit_code_of_its_own() {
        let names: BTreeSet<_> = ErrorClass::ALL.iter().map(|c| c.as_str()).collect();
        let codes: BTreeSet<_> = ErrorClass::ALL.iter().map(|c| c.exit_code()).collect();
        assert_eq!(
            (names.len(), codes.len()),
            (ErrorClass::ALL.len(), ErrorClass::ALL.len())
        );
        assert!(codes.is_disjoint(&BTreeSet::from([0, 1, 10, 20, 30])));
    }

    #[test]
    fn the_name_is_the_one_in_json() {
        for class in ErrorClass::ALL {
            assert_eq!(
                serde_json::to_value(class).expect("an enum serialises"),
                class.as_str()
            );
            assert_eq!(ErrorClass::from_name(class.as_str()), Some(class));
        }
    }
}
