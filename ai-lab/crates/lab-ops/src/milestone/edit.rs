//! Changes a milestone's fields.

use lab_model::{EntityKind, Milestone, MilestonePatch, MilestoneStatus, Moment, Patch};
use lab_store::{StoreError, Writer};

use super::view::{MilestoneView, view};
use crate::lab::check_seen;
use crate::names::{DependencyEdit, OrMissing, resolve_patch};
use crate::{By, Lab, LabError};

/// What is to change, with names where the milestone holds uids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MilestoneEdit {
    /// The fields that need no looking up.
    pub patch: MilestonePatch,
    /// Which project it belongs to.
    pub project: Patch<String>,
    /// Which milestones come first.
    pub dependencies: DependencyEdit,
}

/// Changes the milestone of this name.
pub fn edit(
    lab: &Lab,
    by: &By,
    milestone: &str,
    edit: MilestoneEdit,
) -> Result<MilestoneView, LabError> {
    lab.write(by, "milestone.edit", None, |tx| {
        let uid = tx.resolve(EntityKind::Milestone, milestone)?;
        let before = tx
            .milestone(&uid)?
            .or_missing(EntityKind::Milestone, &uid)?;
        check_seen(tx, by, &before.head)?;
        let after = edited(tx, before, edit)?;
        tx.update_milestone(&after)?;
        Ok(view(tx, &uid)?.or_missing(EntityKind::Milestone, &uid)?)
    })
}

/// The milestone with the edit carried out.
pub(crate) fn edited(
    tx: &mut dyn Writer,
    mut milestone: Milestone,
    edit: MilestoneEdit,
) -> Result<Milestone, StoreError> {
    let mut patch = edit.patch;
    patch.dependencies =
        edit.dependencies
            .looked_up(tx, EntityKind::Milestone, &milestone.dependencies)?;
    patch.project = resolve_patch(tx, EntityKind::Project, edit.project)?;
    if patch.completed_at == Patch::Keep {
        patch.completed_at = completion(patch.status, tx.at());
    }
    patch.apply(&mut milestone);
    Ok(milestone)
}

/// What a change of status says about the time of completion.
fn completion(status: Option<MilestoneStatus>, at: Moment) -> Patch<Moment> {
    match status {
        None => Patch::Keep,
        Some(MilestoneStatus::Completed) => Patch::Set(at),
        Some(
            MilestoneStatus::Planned | MilestoneStatus::InProgress | MilestoneStatus::Cancelled,
        ) => Patch::Clear,
    }
}
