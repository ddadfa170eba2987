//! What the record adds up to.

use ai_lab_contract::{ActionName, ToolName};
use serde::Serialize;

/// Which executions to add up; every field that is set narrows the choice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FiguresFilter {
    /// Those of one tool.
    pub tool: Option<ToolName>,
    /// Those of one action.
    pub action: Option<ActionName>,
    /// Those started at this instant or later.
    pub since_ms: Option<i64>,
}

/// One action in figures. Only executions that have ended count.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActionFigures {
    /// Which tool.
    pub tool: ToolName,
    /// Which of its actions.
    pub action: ActionName,
    /// How many have ended.
    pub count: u64,
    /// How many of these did not succeed, interrupted ones among them.
    pub failed: u64,
    /// How many of the failed ones were interrupted: their framework ended first.
    pub interrupted: u64,
    /// `failed` divided by `count`: 0 to 1.
    pub error_rate: f64,
    /// All run times together, in microseconds, of those that were not interrupted. A run of more than
    /// 407 days counts as one of 407.
    pub sum_us: u64,
    /// Half of the executions ran no longer, in microseconds; at most
    /// [`PERCENTILE_ERROR`](crate::PERCENTILE_ERROR) away from a run time that did occur. Interrupted ones have no run time and
    /// are left out of the percentiles; 0 where there are no others.
    pub p50_us: u64,
    /// 95 of 100 ran no longer.
    pub p95_us: u64,
    /// 99 of 100 ran no longer.
    pub p99_us: u64,
    /// The longest run.
    pub max_us: u64,
    /// When the last of them started: milliseconds since 1970, UTC.
    pub last_at_ms: i64,
}

/// How long a part of time is that figures are told for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeBucket {
    /// An hour, UTC.
    Hour,
    /// A day from midnight to midnight, UTC.
    Day,
}

impl TimeBucket {
    /// Its length in hours.
    pub const fn hours(self) -> i64 {
        match self {
            Self::Hour => 1,
            Self::Day => 24,
        }
    }
}

/// One action in figures for a part of time. Executions belong to the part in which they started.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BucketFigures {
    /// When the part begins: milliseconds since 1970, UTC.
    pub starts_at_ms: i64,
    /// When the next one begins: milliseconds since 1970, UTC.
    pub ends_at_ms: i64,
    /// The figures of what started in between.
    #[serde(flatten)]
    pub figures: ActionFigures,
}

/// One metric of a tool's own making in figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MetricFigures {
    /// Which tool.
    pub tool: ToolName,
    /// Which of its actions.
    pub action: ActionName,
    /// The tool's name for it.
    pub name: String,
    /// In what; empty for a bare count.
    pub unit: String,
    /// How many values were recorded.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
    /// The one recorded last.
    pub last: f64,
}
