//! The starts that this store has recorded and whose ends are still to come.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ai_lab_contract::{ExecutionId, Profile};

/// How many are remembered; the rest is read when they end. Stops starts without ends from filling the memory.
const MOST: usize = 1_024;

/// What an end needs to know of its start. A start never changes, so what is remembered is what the record has.
#[derive(Clone, Debug)]
pub(super) struct Started {
    pub(super) hash: String,
    pub(super) profile: Profile,
    pub(super) tool: String,
    pub(super) action: String,
    pub(super) position: i64,
    pub(super) at_ms: i64,
}

/// Starts by their execution, put in when they are committed.
#[derive(Debug, Default)]
pub(super) struct UnderWay(Mutex<HashMap<ExecutionId, Started>>);

impl UnderWay {
    pub(super) fn remember(&self, execution: ExecutionId, started: Started) {
        let mut all = self.all();
        if all.len() < MOST {
            all.insert(execution, started);
        }
    }

    pub(super) fn recall(&self, execution: &ExecutionId) -> Option<Started> {
        self.all().get(execution).cloned()
    }

    pub(super) fn forget(&self, execution: &ExecutionId) {
        self.all().remove(execution);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<ExecutionId, Started>> {
        // It is consistent after any panic: each change is one insert or remove.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_without_ends_do_not_fill_the_memory() {
        let under_way = UnderWay::default();
        for number in 0..2 * MOST {
            let id = format!("e-{number}").parse().expect("a valid id");
            let started = Started {
                hash: String::new(),
                profile: Profile::Standard,
                tool: "a".into(),
                action: "b".into(),
                position: 1,
                at_ms: 0,
            };
            under_way.remember(id, started);
        }
        assert_eq!(under_way.all().len(), MOST);
        let first = "e-0".parse().expect("a valid id");
        assert!(under_way.recall(&first).is_some());
        under_way.forget(&first);
        assert!(under_way.recall(&first).is_none());
    }
}
