//! What is asked for and what is given back.

use std::time::Duration;

use ai_lab_contract::{
    ActionName, CorrelationId, ExecutionId, HandOff, Profile, SessionId, ToolName,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{ExecutionError, KeptArtifact};
use crate::surroundings::Client;

/// What is asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Call {
    /// Which tool.
    pub tool: ToolName,
    /// Which of its actions.
    pub action: ActionName,
    /// The action's input.
    pub input: Value,
    /// The session it belongs to; created where there is none.
    pub session: Option<SessionId>,
    /// The piece of work it is part of; its own unless said.
    pub correlation: Option<CorrelationId>,
    /// How long the caller is willing to wait, retries and hand-offs included; shortens the tool's limit, never
    /// lengthens it.
    pub patience: Option<Duration>,
    /// Configuration of this call alone, over every other layer; nothing for most calls.
    pub config: Map<String, Value>,
    /// The recorded execution that this call repeats: its parent in the record. A repetition follows no hand-off.
    pub repeats: Option<ExecutionId>,
    /// Who calls, as the record says it; the framework's own surroundings say it for `None`.
    pub client: Option<Client>,
    /// The id of the call's first execution, given beforehand; made up for `None`. Refused where the record has an
    /// execution of that id.
    pub execution_id: Option<ExecutionId>,
}

/// A call that has ended and is recorded: its last execution, and what led there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Completed {
    /// The form of this answer: 1.
    pub format: u32,
    /// Its id in the record.
    pub execution_id: ExecutionId,
    /// The piece of work it is part of.
    pub correlation_id: CorrelationId,
    /// The session it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// Which tool.
    pub tool: ToolName,
    /// Which of its actions.
    pub action: ActionName,
    /// The profile it ran under.
    pub profile: Profile,
    /// What it gave; exactly one of this and `error`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// Why it gave nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ExecutionError>,
    /// What the caller must know beside the answer, such as that the profile the tool claims does not hold or that the
    /// end could not be recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Whether the record has it; left out when it has. Only a prototype's execution goes on without.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub recorded: bool,
    /// The call that the tool asks for next; followed before the answer is given, so that it stands here only in the
    /// answer of a call that was made without following.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handoff: Option<HandOff>,
    /// How often it was tried, the last time included; left out for once.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub attempts: u32,
    /// What stands in for the tool's own answer; `None` when the answer is its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback: Option<StoodIn>,
    /// The executions that handed over to this one, the first called first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<Step>,
    /// The files it put out, by name; kept also where it failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<KeptArtifact>,
    /// Where the time went, in microseconds.
    pub durations: Durations,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
const fn is_one(count: &u32) -> bool {
    *count == 1
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
const fn is_true(flag: &bool) -> bool {
    *flag
}

const fn one() -> u32 {
    1
}

const fn yes() -> bool {
    true
}

/// What stands in for an answer that a tool could not give.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoodIn {
    /// What it is.
    pub by: StandIn,
    /// The execution that failed.
    pub failed: ExecutionId,
    /// Why it failed.
    pub error: ExecutionError,
}

/// Where a stand-in comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StandIn {
    /// Another action of the tool answered.
    Action(ActionName),
    /// The last good answer to the same input: it is stale.
    Stale {
        /// The execution that gave it.
        execution_id: ExecutionId,
        /// How long ago, in seconds.
        age_s: u64,
    },
}

/// One execution that handed its work over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its id in the record.
    pub execution_id: ExecutionId,
    /// Which tool.
    pub tool: ToolName,
    /// Which of its actions.
    pub action: ActionName,
}

/// Where an execution's time went, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
