//! How a call fails, in the tool's words and in ours.

use std::error::Error;
use std::fmt;

use ai_lab_contract::{CONTRACT, ToolError};
use serde_json::Value;

/// An action's failure: becomes the answer's `error`.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolFailure(ToolError);

impl ToolFailure {
    /// Fails with a kind that a program may branch on, such as `router_unreachable`, and a message for a
    /// person: lower case, no full stop.
    pub fn new(kind: impl Into<String>, message: impl Into<String>) -> Self {
        Self(ToolError {
            kind: kind.into(),
            message: message.into(),
            retryable: false,
            detail: Value::Null,
        })
    }

    /// Fails with the words of an error and of its sources, joined by `: `.
    pub fn caused_by(kind: impl Into<String>, error: &dyn Error) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            message.push_str(": ");
            message.push_str(&cause.to_string());
            source = cause.source();
        }
        Self::new(kind, message)
    }

    /// Says that the same call may succeed later.
    #[must_use]
    pub fn retryable(mut self) -> Self {
        self.0.retryable = true;
        self
    }

    /// Adds what a program may want to branch on.
    #[must_use]
    pub fn with_detail(mut self, detail: Value) -> Self {
        self.0.detail = detail;
        self
    }

    /// The failure as the contract's answer holds it.
    pub fn into_error(self) -> ToolError {
        self.0
    }
}

impl fmt::Display for ToolFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.kind, self.0.message)
    }
}

impl Error for ToolFailure {}

/// Why a call was refused or lost before, around or after the action itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The request line is longer than the limit, in bytes.
    TooLarge(usize),
    /// The line is no request; says why.
    Malformed(String),
    /// The request speaks another major version of the contract.
    Contract(u64),
    /// No action of that name; the second is what there is.
    Action(String, String),
    /// The input does not fit the action's type.
    Input(String),
    /// The configuration does not fit the type asked for.
    Config(String),
    /// The secret was not handed over; says why.
    Secret(String),
    /// The output has no form in JSON.
    Output(String),
    /// The action panicked with these words.
    Panic(String),
}

impl Refusal {
    /// The `kind` of the answer; part of the published behaviour.
    const fn kind(&self) -> &'static str {
        match self {
            Self::TooLarge(_) => "request_too_large",
            Self::Malformed(_) => "malformed_request",
            Self::Contract(_) => "contract_mismatch",
            Self::Action(..) => "unknown_action",
            Self::Input(_) => "invalid_input",
            Self::Config(_) => "invalid_config",
            Self::Secret(_) => "missing_secret",
            Self::Output(_) => "unwritable_output",
            Self::Panic(_) => "panic",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(limit) => write!(f, "the request line is longer than {limit} bytes"),
            Self::Malformed(why) => write!(f, "the line is no request: {why}"),
            Self::Contract(given) => {
                write!(
                    f,
                    "the request speaks contract {given}, this tool {CONTRACT}"
                )
            }
            Self::Action(given, known) => {
                write!(f, "no action `{}`: there is {known}", given.escape_debug())
            }
            Self::Input(why) => write!(f, "the input does not fit: {why}"),
            Self::Config(why) => write!(f, "the configuration does not fit: {why}"),
            Self::Secret(why) => write!(f, "the secret was not handed over: {why}"),
            Self::Output(why) => write!(f, "the output has no form in JSON: {why}"),
            Self::Panic(words) => write!(f, "the action panicked: {words}"),
        }
    }
}

impl From<Refusal> for ToolFailure {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.kind(), refusal.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug)]
    struct Outer(std::io::Error);

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("cannot read the table")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn a_failure_tells_the_whole_chain() {
        let outer = Outer(std::io::Error::other("the disk is gone"));
        let failure = ToolFailure::caused_by("unreadable", &outer)
            .retryable()
            .with_detail(json!({"disk": 1}));
        assert_eq!(
            failure.to_string(),
            "unreadable: cannot read the table: the disk is gone"
        );
        assert_eq!(
            failure.into_error(),
            ToolError {
                kind: "unreadable".into(),
                message: "cannot read the table: the disk is gone".into(),
                retryable: true,
                detail: json!({"disk": 1}),
            }
        );
    }
}
