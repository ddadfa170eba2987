//! Shows one repository.

use lab_model::{EntityKind, Moment};

use super::view::{RepoView, view};
use crate::names::OrMissing;
use crate::{Lab, LabError};

/// Everything about the repository of this name.
pub fn show(lab: &Lab, at: Moment, repo: &str) -> Result<RepoView, LabError> {
    lab.read(at, |tx| {
        let uid = tx.resolve(EntityKind::Repo, repo)?;
        Ok(view(tx, &uid)?.or_missing(EntityKind::Repo, &uid)?)
    })
}
