//! Log lines, of tools and of the framework itself.

use ai_lab_contract::{ExecutionId, ToolName};
use serde::{Deserialize, Serialize};

/// How much a log line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Of use to who repairs the tool.
    Debug,
    /// What happened; also a tool's bare line on its standard error.
    Info,
    /// Something to look at when there is time.
    Warn,
    /// Something failed.
    Error,
}

impl LogLevel {
    /// Every level, the least first.
    pub const ALL: [Self; 4] = [Self::Debug, Self::Info, Self::Warn, Self::Error];

    /// The word used in the database, in listings and in `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }

    /// The level of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == name)
    }
}

/// A log line as it is handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// When it was written: milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// How much it matters.
    pub level: LogLevel,
    /// The line, already bounded and redacted.
    pub text: String,
}

/// A log line as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogEntry {
    /// Its number; newer lines have higher ones.
    pub position: u64,
    /// The execution that wrote it; `None` for the framework's own lines.
    pub execution_id: Option<ExecutionId>,
    /// The tool that wrote it; `None` for the framework's own lines.
    pub tool: Option<ToolName>,
    /// The line.
    #[serde(flatten)]
    pub line: LogLine,
}

/// Which log lines to list; every field that is set narrows the choice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// Those of one execution.
    pub execution: Option<ExecutionId>,
    /// Those of one tool.
    pub tool: Option<ToolName>,
    /// Those of this level or above.
    pub at_least: Option<LogLevel>,
    /// Those written at this instant or later.
    pub since_ms: Option<i64>,
    /// Those before this position: the page after one that was given.
    pub before: Option<u64>,
    /// At most so many, within [`MOST_ROWS`](crate::MOST_ROWS); 0 stands for 100.
    pub limit: u32,
}
