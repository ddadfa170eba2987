//! Lists projects.

use lab_model::Moment;
use lab_store::ItemFilter;

use super::view::{ProjectRow, progress_by};
use crate::{Lab, LabError};

/// Lists projects by label; `all` shows completed, cancelled and put-away ones too.
pub fn list(lab: &Lab, at: Moment, all: bool) -> Result<Vec<ProjectRow>, LabError> {
    lab.read(at, |tx| {
        let items = tx.items(&ItemFilter {
            all: true,
            ..ItemFilter::default()
        })?;
        let progress = progress_by(&items, |item| item.project.as_ref());
        let of = |uid| progress.get(uid).copied().unwrap_or_default();
        let projects = tx.projects()?;
        let shown = projects
            .iter()
            .filter(|it| all || !(it.head.archived || it.status.is_settled()));
        Ok(shown
            .map(|project| ProjectRow::new(project, of(&project.head.uid)))
            .collect())
    })
}
