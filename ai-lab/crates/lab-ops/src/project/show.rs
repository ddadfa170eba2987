//! Shows one project.

use lab_model::{EntityKind, Moment};

use super::view::{ProjectView, view};
use crate::names::OrMissing;
use crate::{Lab, LabError};

/// Everything about the project of this name.
pub fn show(lab: &Lab, at: Moment, project: &str) -> Result<ProjectView, LabError> {
    lab.read(at, |tx| {
        let uid = tx.resolve(EntityKind::Project, project)?;
        Ok(view(tx, &uid)?.or_missing(EntityKind::Project, &uid)?)
    })
}
