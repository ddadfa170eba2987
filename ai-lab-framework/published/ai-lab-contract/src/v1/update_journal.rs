//! What of an update's journal the framework reads: whether the release that runs is on trial.
//!
//! The instance owns the journal (`.ai-lab/update/journal.json`) and writes more into it than stands here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The head of a journal: keys at its top that every version of the updater writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JournalHead {
    /// The form of the journal: 1.
    pub format: u32,
    /// How far the update is.
    pub phase: UpdatePhase,
    /// The name in the store of the release that ran before; `None` where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The name in the store of the release that is put in force; `None` until it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// How far an update is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum UpdatePhase {
    /// Which release is wanted is being found out.
    Resolving,
    /// It lies in the store, verified.
    Fetched,
    /// It was tried on copies.
    Rehearsed,
    /// Nothing runs any more.
    Drained,
    /// What there is was backed up.
    BackedUp,
    /// The databases have its schema; the switch is next.
    Migrated,
    /// It is in force, and watched.
    Trial,
    /// It stays. What is left to write is the lock and what follows from it.
    Committed,
    /// The one before is put in force again.
    RollingBack,
    /// The one before is in force, and stays.
    RolledBack,
    /// Neither is healthy.
    SafeMode,
}

impl JournalHead {
    /// The journal's place below the lab's folder.
    pub const PLACE: &str = ".ai-lab/update/journal.json";

    /// The form that this version reads.
    pub const FORMAT: u32 = 1;

    /// Whether the release of that name may be in force though the lock names another: the switch was made, or is being
    /// made, and the lock is written after it.
    ///
    /// A journal that is done with is taken away by the updater: as long as one says *committed*, the lock may lag behind.
    pub fn lets_run(&self, place: &str) -> bool {
        let is = |named: &Option<String>| named.as_deref() == Some(place);
        match self.phase {
            UpdatePhase::Migrated
            | UpdatePhase::Trial
            | UpdatePhase::Committed
            | UpdatePhase::RollingBack
            | UpdatePhase::SafeMode => is(&self.from) || is(&self.to),
            UpdatePhase::Resolving
            | UpdatePhase::Fetched
            | UpdatePhase::Rehearsed
            | UpdatePhase::Drained
            | UpdatePhase::BackedUp
            | UpdatePhase::RolledBack => is(&self.from),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_release_on_trial_runs_though_the_lock_names_another() {
        let allowed = |phase: &str, place: &str| {
            let head: JournalHead = serde_json::from_value(json!({
                "format": 1, "phase": phase, "from": "1.0.0-a", "to": "1.1.0-b", "tries": 2,
            }))
            .expect("a journal");
            head.lets_run(place)
        };
        let phases = [
            ("resolving", false),
            ("fetched", false),
            ("rehearsed", false),
            ("drained", false),
            ("backed_up", false),
            ("migrated", true),
            ("trial", true),
            ("committed", true),
            ("rolling_back", true),
            ("rolled_back", false),
            ("safe_mode", true),
        ];
        for (phase, new_runs) in phases {
            assert_eq!(allowed(phase, "1.1.0-b"), new_runs, "{phase}");
            assert!(allowed(phase, "1.0.0-a"), "{phase}");
            assert!(!allowed(phase, "1.2.0-c"), "{phase}");
        }
    }
}
