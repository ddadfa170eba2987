//! Lists repositories.

use lab_model::{EntityKind, Moment};

use super::view::RepoView;
use crate::names::Labels;
use crate::{Lab, LabError};

/// Lists all repositories by label.
pub fn list(lab: &Lab, at: Moment) -> Result<Vec<RepoView>, LabError> {
    lab.read(at, |tx| {
        let labels = Labels::of(tx, &[EntityKind::Project])?;
        Ok(tx
            .repos()?
            .into_iter()
            .map(|repo| RepoView::new(repo, &labels))
            .collect())
    })
}
