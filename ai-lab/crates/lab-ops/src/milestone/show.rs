//! Shows one milestone.

use lab_model::{EntityKind, Moment};

use super::view::{MilestoneView, view};
use crate::names::OrMissing;
use crate::{Lab, LabError};

/// Everything about the milestone of this name.
pub fn show(lab: &Lab, at: Moment, milestone: &str) -> Result<MilestoneView, LabError> {
    lab.read(at, |tx| {
        let uid = tx.resolve(EntityKind::Milestone, milestone)?;
        Ok(view(tx, &uid)?.or_missing(EntityKind::Milestone, &uid)?)
    })
}
