//! Adds a milestone.

use lab_model::{EntityKind, Head, Milestone};

use super::edit::{MilestoneEdit, edited};
use super::view::{MilestoneView, view};
use crate::names::{OrMissing, prefix};
use crate::{By, Lab, LabError};

/// What labels of milestones begin with.
const PREFIX: &str = "MS";

/// A new milestone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewMilestone {
    /// Its name.
    pub title: String,
    /// Everything else.
    pub fields: MilestoneEdit,
}

/// Adds a milestone.
pub fn add(lab: &Lab, by: &By, new: NewMilestone) -> Result<MilestoneView, LabError> {
    lab.write(by, "milestone.add", None, |tx| {
        let label = match new.fields.patch.label.clone() {
            Some(label) => label,
            None => tx.mint(EntityKind::Milestone, &prefix(PREFIX))?,
        };
        let head = Head::new(tx.new_uid(), label, tx.at());
        let uid = head.uid.clone();
        let milestone = edited(tx, Milestone::new(head, new.title), new.fields)?;
        tx.insert_milestone(&milestone)?;
        Ok(view(tx, &uid)?.or_missing(EntityKind::Milestone, &uid)?)
    })
}
