//! What the framework answers to a call.
//!
//! Keys that a newer version of the same major adds are passed over; a class of failure that it adds is
//! read as [`ErrorClass::Internal`], with its message.

use ai_lab_contract::{
    ActionName, CorrelationId, ErrorClass, ExecutionId, HandOff, Profile, SessionId, ToolName,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// An execution that has ended and is recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Completed {
    /// Its id in the record.
    pub execution_id: ExecutionId,
    /// The piece of work it is part of.
    pub correlation_id: CorrelationId,
    /// The session it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// Which tool.
    pub tool: ToolName,
    /// Which of its actions.
    pub action: ActionName,
    /// The profile it ran under.
    pub profile: Profile,
    /// What it gave; absent with an `error`.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub data: Option<Value>,
    /// Why it gave nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ExecutionError>,
    /// What the tool asks to be called next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handoff: Option<HandOff>,
    /// Where the time went.
    #[serde(default)]
    pub durations: Durations,
}

/// Where an execution's time went, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Durations {
    /// From the call until its start was to be recorded: loading, checking, planning.
    pub queue_us: u64,
    /// Recording the start.
    pub record_us: u64,
    /// Starting the process.
    pub start_us: u64,
    /// Running, until nothing of the tool was left.
    pub run_us: u64,
}

/// Why an execution gave nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExecutionError {
    /// The row of the failure table.
    #[serde(deserialize_with = "known_class")]
    pub class: ErrorClass,
    /// The tool's own word for it, or the class's.
    pub kind: String,
    /// What failed and why, for a person.
    pub message: String,
    /// Whether the same call may succeed later.
    #[serde(default)]
    pub retryable: bool,
    /// Anything a program may want to branch on.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub detail: Value,
}

/// Why nothing ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The row of the failure table.
    #[serde(deserialize_with = "known_class")]
    pub class: ErrorClass,
    /// What failed, for a person.
    pub message: String,
    /// Why, level by level.
    #[serde(default)]
    pub causes: Vec<String>,
    /// A sentence naming the next command.
    #[serde(default)]
    pub hint: Option<String>,
}

/// Either of the two, told apart by the id that only a recorded execution has.
#[derive(Debug)]
pub(crate) enum Answered {
    Completed(Box<Completed>),
    Refused(Refusal),
}

pub(crate) fn parse_answer(answer: &[u8]) -> Result<Answered, serde_json::Error> {
    #[derive(Deserialize)]
    struct Refused {
        error: Refusal,
    }
    let value: Value = serde_json::from_slice(answer)?;
    if value.get("execution_id").is_some() {
        return serde_json::from_value(value)
            .map(|completed| Answered::Completed(Box::new(completed)));
    }
    serde_json::from_value(value).map(|Refused { error }| Answered::Refused(error))
}

/// Keeps `"data": null` apart from no `data` at all.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn known_class<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ErrorClass, D::Error> {
    let name = String::deserialize(deserializer)?;
    Ok(ErrorClass::from_name(&name).unwrap_or(ErrorClass::Internal))
}
