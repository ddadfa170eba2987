//! The state of circuit breakers, shared by every process that calls a tool.

use ai_lab_contract::ToolName;
use serde::{Deserialize, Serialize};

/// Where a breaker stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    /// Calls go through.
    #[default]
    Closed,
    /// Calls are refused.
    Open,
    /// One call may try, by whoever holds the probe.
    HalfOpen,
}

impl BreakerState {
    /// Every state, from calm to trouble and back.
    pub const ALL: [Self; 3] = [Self::Closed, Self::Open, Self::HalfOpen];

    /// The word used in the database, in listings and in `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }

    /// The state of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// A tool's breaker as it is kept. What its numbers lead to is decided elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Breaker {
    /// Whose.
    pub tool: ToolName,
    /// Counts the changes from 1; 0 for a breaker that was never written. The store sets it.
    pub revision: u64,
    /// Where it stands.
    pub state: BreakerState,
    /// Failures in the window that began at `window_from_ms`.
    pub failures: u32,
    /// Failures in the window before, for a window that slides.
    pub failures_before: u32,
    /// When the window began: milliseconds since 1970, UTC; 0 before the first failure.
    pub window_from_ms: i64,
    /// When it was opened last: milliseconds since 1970, UTC; 0 for never.
    pub opened_at_ms: i64,
    /// Who may try while it is half open; empty for nobody.
    pub probe_owner: String,
    /// Until when only that one may: a probe whose process is gone must not keep it half open for ever.
    /// Milliseconds since 1970, UTC; 0 for nobody.
    pub probe_until_ms: i64,
    /// When it was changed last: milliseconds since 1970, UTC.
    pub changed_at_ms: i64,
}

impl Breaker {
    /// The breaker of a tool that never failed.
    pub const fn untouched(tool: ToolName) -> Self {
        Self {
            tool,
            revision: 0,
            state: BreakerState::Closed,
            failures: 0,
            failures_before: 0,
            window_from_ms: 0,
            opened_at_ms: 0,
            probe_owner: String::new(),
            probe_until_ms: 0,
            changed_at_ms: 0,
        }
    }
}
