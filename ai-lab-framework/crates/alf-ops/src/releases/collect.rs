//! `store collect`: releases that nobody uses any more are taken away.

use alf_release::{CollectPlan, TARGET};
use serde::Serialize;

use super::refusal::of_collect;
use super::shelf::Shelf;
use crate::failure::Failure;
use crate::framework::Framework;

/// What was taken away, or would be.
#[derive(Debug, Serialize)]
pub struct Collection {
    /// The form of this answer: 1.
    pub format: u32,
    /// Whether it was done.
    pub applied: bool,
    /// What.
    #[serde(flatten)]
    pub plan: CollectPlan,
}

/// Takes away every release but those named, those that a lab of this store names, and those that a process runs in.
pub fn collect_releases(
    framework: &Framework,
    keep: &[String],
    dry_run: bool,
) -> Result<Collection, Failure> {
    let shelf = Shelf::of(framework)?;
    let plan = shelf
        .store
        .collect(keep, TARGET, !dry_run)
        .map_err(of_collect)?;
    Ok(Collection {
        format: 1,
        applied: !dry_run,
        plan,
    })
}
