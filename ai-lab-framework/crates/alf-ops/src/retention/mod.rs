//! `execution prune` and `execution search`, and the upkeep between answers.

mod artifacts;
mod bounds;

use alf_store::{Collected, Pruned, SearchFilter, SearchPage, Store as _};
use serde::Serialize;

pub use bounds::{RecordBounds, record_bounds};

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
    pub retention: RecordBounds,
    /// The executions.
    #[serde(flatten)]
    pub pruned: Pruned,
    /// Kept outputs that nothing refers to any more; those of the last hour go with a later pruning.
    pub outputs: Collected,
    /// Kept artifacts whose execution went, or for which there was no room.
    pub artifacts: Collected,
}

/// Takes away what the bounds leave no room for; with `rehearse` only counts it.
pub fn prune_executions(
    framework: &Framework,
    bounds: &RecordBounds,
    rehearse: bool,
) -> Result<Pruning, Failure> {
    let store = framework.existing_store()?;
    let now_ms = framework.surroundings().clock.now_ms();
    let mut pruning = Pruning {
        format: 1,
        applied: !rehearse,
        retention: *bounds,
        pruned: Pruned::default(),
        outputs: Collected::default(),
        artifacts: Collected::default(),
    };
    if rehearse {
        pruning.pruned = store.plan_prune(now_ms, &bounds.retention)?;
        return Ok(pruning);
    }
    loop {
        let step = store.prune(now_ms, &bounds.retention)?;
        pruning.pruned.executions += step.executions;
        pruning.pruned.kept_as_evidence = step.kept_as_evidence;
        if !step.more {
            break;
        }
    }
    pruning.outputs = store
        .collect_outputs(now_ms)
        .map_err(|error| Failure::caused(error.class(), "cannot take kept outputs away", error))?;
    let home = &framework.surroundings().home;
    pruning.artifacts = artifacts::collect(store, home, now_ms, bounds.most_artifact_bytes)?;
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

/// One small step of upkeep, for the time after an answer; what fails there meets the next command by name. While the
/// settings cannot be read nothing is taken away.
pub fn tend(framework: &Framework) {
    let (Ok(store), Ok(bounds)) = (framework.existing_store(), record_bounds(framework)) else {
        return;
    };
    let home = &framework.surroundings().home;
    let now_ms = framework.surroundings().clock.now_ms();
    let _told_by_the_next_command = store.tend(now_ms, &bounds.retention);
    let most_bytes = bounds.most_artifact_bytes;
    let _told_by_prune = artifacts::collect_if_due(store, home, now_ms, most_bytes);
}
