//! How long the record is kept, and what a pruning did.

use ai_lab_contract::Profile;
use serde::Serialize;

const DAY_MS: i64 = 86_400_000;

/// What the record may grow to. The oldest executions go first; one without an end never goes, nor one that
/// was touched, as it is the evidence of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Retention {
    /// How long an execution is kept after its start, in milliseconds.
    pub keep_for_ms: i64,
    /// How many executions are kept.
    pub most_executions: u64,
    /// How many bytes the database and kept outputs may use; pages that hold nothing do not count.
    pub most_bytes: u64,
}

impl Default for Retention {
    /// A year, a million executions, 4 GiB.
    fn default() -> Self {
        Self {
            keep_for_ms: 365 * DAY_MS,
            most_executions: 1_000_000,
            most_bytes: 4 << 30,
        }
    }
}

impl Retention {
    /// How long an execution of that profile is kept whatever the bounds say, in milliseconds: a day, a week,
    /// 30 days.
    pub const fn floor_ms(profile: Profile) -> i64 {
        match profile {
            Profile::Experimental => DAY_MS,
            Profile::Standard => 7 * DAY_MS,
            Profile::Production => 30 * DAY_MS,
        }
    }
}

/// What one step of pruning did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pruned {
    /// Executions taken away, or that would be.
    pub executions: u64,
    /// Executions that were due but were touched behind the store's back: kept as evidence.
    pub kept_as_evidence: u64,
    /// Whether more may be due: call again.
    pub more: bool,
}

/// What of the chain was pruned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PrunedLinks {
    /// How many links were pruned in all.
    pub links: u64,
    /// The position up to which, from the first on, every link was pruned; 0 for none.
    pub up_to: u64,
    /// In how many ranges: executions that were kept lie between them.
    pub ranges: u64,
}
