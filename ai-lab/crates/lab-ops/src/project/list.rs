//! Lists projects.

use lab_model::Moment;
use lab_store::Tallies;

use super::view::ProjectRow;
use crate::{Lab, LabError};

/// Lists projects by label; `all` shows completed, cancelled and put-away ones too.
pub fn list(lab: &Lab, at: Moment, all: bool) -> Result<Vec<ProjectRow>, LabError> {
    lab.read(at, |tx| {
        let tallies = tx.tallies_by_owner()?;
        let of = |uid| tallies.get(uid).map(Tallies::progress).unwrap_or_default();
        let projects = tx.projects()?;
        let shown = projects
            .iter()
            .filter(|it| all || !(it.head.archived || it.status.is_settled()));
        Ok(shown
            .map(|project| ProjectRow::new(project, of(&project.head.uid)))
            .collect())
    })
}
