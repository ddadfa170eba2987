//! One execution: what is known at its start, what at its end, and the row that holds both.

use ai_lab_contract::{
    ActionName, CorrelationId, ErrorClass, ExecutionId, Metric, Profile, SessionId, ToolName,
};
use serde::{Deserialize, Serialize};

use crate::log::LogLine;

/// The process that carries an execution, so that a later start can tell whether it is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Its process id; process ids are used again, so never compare it alone.
    pub pid: u32,
    /// When it started, in clock ticks since boot: field 22 of `/proc/PID/stat`.
    pub start_ticks: u64,
    /// The kernel's `/proc/sys/kernel/random/boot_id` while it ran.
    pub boot_id: String,
}

/// What is recorded before a tool is started; immutable afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExecutionStart {
    /// This execution; unique in the database.
    pub execution_id: ExecutionId,
    /// The piece of work that it belongs to.
    pub correlation_id: CorrelationId,
    /// The execution that caused it by retry, fallback or hand-off.
    pub parent_id: Option<ExecutionId>,
    /// The session whose context it was given.
    pub session_id: Option<SessionId>,
    /// The caller's own key for "this call, once"; never empty.
    pub idempotency_key: Option<String>,
    /// Which tool.
    pub tool: ToolName,
    /// The version in the tool's manifest.
    pub tool_version: String,
    /// Digest of the tool's code, manifest and schemas.
    pub tool_digest: String,
    /// Which of its actions.
    pub action: ActionName,
    /// The profile that it ran under; decides how durable its rows are written.
    pub profile: Profile,
    /// The framework that ran it.
    pub framework_version: String,
    /// Tree digest of that framework.
    pub framework_digest: String,
    /// Digest of the policy in force.
    pub policy_digest: String,
    /// Digest of the configuration that the tool was given.
    pub configuration_digest: String,
    /// The sandbox level that was really applied.
    pub sandbox: String,
    /// Who called, as they named themselves, such as `opencode`; empty where unknown.
    pub client_name: String,
    /// The caller's version; empty where unknown.
    pub client_version: String,
    /// The protocol version agreed with the caller; empty for the command line.
    pub protocol_version: String,
    /// The machine's name.
    pub host: String,
    /// The process that carries it.
    pub owner: Owner,
    /// 1 for the first try, 2 for the first retry, and so on.
    pub attempt: u32,
    /// The input as JSON text, already bounded and redacted.
    pub input: String,
    /// When it was recorded: milliseconds since 1970, UTC.
    pub started_at_ms: i64,
    /// How long it waited for its turn before that, in microseconds.
    pub queue_us: u64,
}

/// How an execution can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EndStatus {
    /// The tool answered with data.
    Succeeded,
    /// Anything else that the framework saw to its end.
    Failed,
    /// The framework ended first; found and closed by a later start.
    Interrupted,
}

/// Where an execution stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Recorded as started; either running, or its framework process is gone.
    Started,
    /// The tool answered with data.
    Succeeded,
    /// Anything else that the framework saw to its end.
    Failed,
    /// The framework ended first; found and closed by a later start.
    Interrupted,
}

impl Status {
    /// Every status, in the order of an execution's life.
    pub const ALL: [Self; 4] = [
        Self::Started,
        Self::Succeeded,
        Self::Failed,
        Self::Interrupted,
    ];

    /// The word used in the database, in listings and in `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }

    /// The status of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

impl From<EndStatus> for Status {
    fn from(end: EndStatus) -> Self {
        match end {
            EndStatus::Succeeded => Self::Succeeded,
            EndStatus::Failed => Self::Failed,
            EndStatus::Interrupted => Self::Interrupted,
        }
    }
}

/// A failure as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedError {
    /// The row of the contract's one table of failures.
    pub class: ErrorClass,
    /// The tool's own name for it; empty where the framework found the failure.
    pub kind: String,
    /// What failed and why, for a person.
    pub message: String,
    /// Whether the same call may succeed later.
    pub retryable: bool,
    /// Anything a program may want to branch on, as JSON text; empty for nothing.
    pub detail: String,
}

/// What the caller was given, where that is not simply this execution's own answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "of", rename_all = "snake_case")]
pub enum Answered {
    /// This execution was a fallback: it answered in place of that one.
    InPlaceOf(ExecutionId),
    /// This execution gave no data, so the caller was given the recorded output of that earlier one,
    /// marked stale.
    Stale(ExecutionId),
}

impl Answered {
    /// The word used in the database.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::InPlaceOf(_) => "in_place_of",
            Self::Stale(_) => "stale",
        }
    }

    /// The other execution.
    pub const fn of(&self) -> &ExecutionId {
        match self {
            Self::InPlaceOf(of) | Self::Stale(of) => of,
        }
    }

    /// What these two columns say; `None` for a word that no version writes.
    pub(crate) fn from_columns(kind: &str, of: ExecutionId) -> Option<Self> {
        match kind {
            "in_place_of" => Some(Self::InPlaceOf(of)),
            "stale" => Some(Self::Stale(of)),
            _ => None,
        }
    }
}

/// What is recorded once a tool has answered or was ended; written in one transaction.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExecutionEnd {
    /// Which execution; it must have been started and not have ended.
    pub execution_id: ExecutionId,
    /// How it ended.
    pub status: EndStatus,
    /// Why it did not succeed.
    pub error: Option<RecordedError>,
    /// What the caller was given where that is not this execution's own answer.
    pub answered: Option<Answered>,
    /// The answer's data as JSON text, already bounded and redacted; never an empty text.
    pub output: Option<String>,
    /// How many bytes the tool wrote as its answer, before bounding.
    pub output_bytes: u64,
    /// How many bytes of log the tool wrote, before bounding.
    pub log_bytes: u64,
    /// How its process ended, such as `exit 0` or `signal 9`; empty where no process ran.
    pub exit: String,
    /// When it ended: milliseconds since 1970, UTC.
    pub ended_at_ms: i64,
    /// From the call to the tool's first instruction, in microseconds.
    pub start_us: u64,
    /// From there to its answer, in microseconds; what the percentiles are made of.
    pub run_us: u64,
    /// What recording cost so far, in microseconds.
    pub record_us: u64,
    /// The log lines to keep, oldest first.
    pub logs: Vec<LogLine>,
    /// The figures that the tool measured; values must be finite.
    pub metrics: Vec<Metric>,
}

/// The end of an execution as it is kept; its logs and metrics are read by their own verbs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// Why it did not succeed.
    pub error: Option<RecordedError>,
    /// What the caller was given where that is not this execution's own answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered: Option<Answered>,
    /// The answer's data as JSON text.
    pub output: Option<String>,
    /// How many bytes the tool wrote as its answer, before bounding.
    pub output_bytes: u64,
    /// How many bytes of log the tool wrote, before bounding.
    pub log_bytes: u64,
    /// How its process ended, such as `exit 0` or `signal 9`.
    pub exit: String,
    /// When it ended: milliseconds since 1970, UTC.
    pub ended_at_ms: i64,
    /// From the call to the tool's first instruction, in microseconds.
    pub start_us: u64,
    /// From there to its answer, in microseconds.
    pub run_us: u64,
    /// What recording cost so far, in microseconds.
    pub record_us: u64,
    /// The place of the end in the chain.
    pub link: Link,
}

/// One link of the chain that ties all writes together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// 1 for the first write of the database, without gaps.
    pub position: u64,
    /// The hash of the link before, in hexadecimal.
    pub previous_hash: String,
    /// The hash of this link, in hexadecimal.
    pub hash: String,
}

/// A whole row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Execution {
    /// What was known at its start.
    #[serde(flatten)]
    pub start: ExecutionStart,
    /// The place of the start in the chain; newer executions have higher positions.
    pub link: Link,
    /// Where it stands.
    pub status: Status,
    /// Its end; `None` exactly while the status is `Started`.
    pub ended: Option<Ended>,
}
