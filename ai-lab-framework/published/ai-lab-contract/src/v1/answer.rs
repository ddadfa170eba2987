//! The line a tool writes.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::{ActionName, ExecutionId, ToolName};

/// A tool's result: one line of JSON on its standard output, with exactly one of `data` and `error`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// What the action found or did; checked against its output schema.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub data: Option<Value>,
    /// Why it could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ToolError>,
    /// Changes to the session's context, as a JSON Merge Patch (RFC 7396).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_patch: Option<Map<String, Value>>,
    /// What to call next, with this execution's context and correlation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handoff: Option<HandOff>,
    /// Figures the tool measured; kept with the execution. At most 64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<Metric>,
    /// Which call this answers. Only a worker with several calls in flight has to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_id: Option<ExecutionId>,
}

/// A failure in the tool's own words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ToolError {
    /// The tool's name for this kind of failure, such as `router_unreachable`.
    pub kind: String,
    /// What failed and why, for a person: lower case, no full stop.
    pub message: String,
    /// Whether the same call may succeed later.
    #[serde(default)]
    pub retryable: bool,
    /// Anything a program may want to branch on.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub detail: Value,
}

/// A call that the tool asks for as its continuation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOff {
    /// Which tool.
    pub tool: ToolName,
    /// Which of its actions.
    pub action: ActionName,
    /// That action's input.
    #[serde(default)]
    pub input: Value,
}

/// One figure with its unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// What was measured, such as `rows_read`.
    pub name: String,
    /// How much.
    pub value: f64,
    /// In what, such as `ms` or `bytes`; empty for a bare count.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
}

/// The one of two that an answer holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome<'a> {
    /// The action succeeded.
    Data(&'a Value),
    /// The action failed and said why.
    Error(&'a ToolError),
}

/// An answer with both or neither of `data` and `error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerShapeError {
    /// Neither is there.
    Neither,
    /// Both are there.
    Both,
}

impl fmt::Display for AnswerShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Neither => "the result has neither `data` nor `error`",
            Self::Both => "the result has both `data` and `error`",
        })
    }
}

impl std::error::Error for AnswerShapeError {}

impl Answer {
    /// An answer that succeeded.
    pub fn data(data: Value) -> Self {
        Self {
            data: Some(data),
            ..Self::default()
        }
    }

    /// An answer that failed.
    pub fn error(error: ToolError) -> Self {
        Self {
            error: Some(error),
            ..Self::default()
        }
    }

    /// The one of `data` and `error` that is there.
    pub fn outcome(&self) -> Result<Outcome<'_>, AnswerShapeError> {
        match (&self.data, &self.error) {
            (Some(data), None) => Ok(Outcome::Data(data)),
            (None, Some(error)) => Ok(Outcome::Error(error)),
            (None, None) => Err(AnswerShapeError::Neither),
            (Some(_), Some(_)) => Err(AnswerShapeError::Both),
        }
    }
}

/// Keeps `"data": null` apart from no `data` at all.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn outcome(line: &str) -> Result<String, String> {
        let answer: Answer = serde_json::from_str(line).map_err(|e| e.to_string())?;
        match answer.outcome().map_err(|e| e.to_string())? {
            Outcome::Data(data) => Ok(data.to_string()),
            Outcome::Error(error) => Err(error.message.clone()),
        }
    }

    #[test]
    fn exactly_one_of_data_and_error_is_an_answer() {
        assert_eq!(
            outcome(r#"{"data":{"a":1}}"#),
            Ok(json!({"a":1}).to_string())
        );
        assert_eq!(outcome(r#"{"data":null}"#), Ok("null".into()));
        assert_eq!(
            outcome(r#"{"error":{"kind":"k","message":"no route"}}"#),
            Err("no route".into())
        );
        assert_eq!(
            outcome("{}"),
            Err("the result has neither `data` nor `error`".into())
        );
        assert_eq!(
            outcome(r#"{"data":1,"error":{"kind":"k","message":"m"}}"#),
            Err("the result has both `data` and `error`".into())
        );
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let told = outcome(r#"{"dta":1}"#).expect_err("because `dta` is no key");
        assert!(told.starts_with("unknown field `dta`"), "{told}");
    }
}
