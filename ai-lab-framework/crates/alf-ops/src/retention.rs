//! `execution prune` and `execution search`, and the upkeep between answers.

use alf_store::{Collected, Pruned, Retention, SearchFilter, SearchPage, Store as _};
use serde::Serialize;

use crate::failure::Failure;
use crate::framework::Framework;

/// What a pruning did, or would do.
#[derive(Debug, Serialize)]
pub struct Pruning {
    /// The form of this answer: 1.
    pub format: u32,
    /// Whether anything went.
    pub applied: bool,
    /// The bounds that were kept to.
    pub retention: Retention,
    /// The executions.
    #[serde(flatten)]
    pub pruned: Pruned,
    /// Kept outputs that nothing refers to any more; those of the last hour go with a later pruning.
    pub outputs: Collected,
}

/// Takes away what the bounds leave no room for; with `rehearse` only counts it.
pub fn prune_executions(
    framework: &Framework,
    retention: &Retention,
    rehearse: bool,
) -> Result<Pruning, Failure> {
    let store = framework.existing_store()?;
    let now_ms = framework.surroundings().clock.now_ms();
    let mut pruning = Pruning {
        format: 1,
        applied: !rehearse,
        retention: *retention,
        pruned: Pruned::default(),
        outputs: Collected::default(),
    };
    if rehearse {
        pruning.pruned = store.plan_prune(now_ms, retention)?;
        return Ok(pruning);
    }
    loop {
        let step = store.prune(now_ms, retention)?;
        pruning.pruned.executions += step.executions;
        pruning.pruned.kept_as_evidence = step.kept_as_evidence;
        if !step.more {
            break;
        }
    }
    pruning.outputs = store
        .collect_outputs(now_ms)
        .map_err(|error| Failure::caused(error.class(), "cannot take kept outputs away", error))?;
    Ok(pruning)
}

/// Executions in which every word is found, newest first.
pub fn search_executions(
    framework: &Framework,
    words: &str,
    filter: &SearchFilter,
) -> Result<SearchPage, Failure> {
    Ok(framework.existing_store()?.search(words, filter)?)
}

/// One small step of upkeep, for the time after an answer; what fails there meets the next command by name.
pub fn tend(framework: &Framework) {
    if let Ok(store) = framework.existing_store() {
        let now_ms = framework.surroundings().clock.now_ms();
        let _told_by_the_next_command = store.tend(now_ms, &Retention::default());
    }
}
