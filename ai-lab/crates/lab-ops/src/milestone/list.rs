//! Lists milestones.

use lab_model::{EntityKind, Moment};
use lab_store::Tallies;

use super::view::MilestoneRow;
use crate::names::{Labels, resolve_option};
use crate::{Lab, LabError};

/// Lists milestones by label; `all` shows completed, cancelled and put-away ones too.
pub fn list(
    lab: &Lab,
    at: Moment,
    project: Option<&String>,
    all: bool,
) -> Result<Vec<MilestoneRow>, LabError> {
    lab.read(at, |tx| {
        let project = resolve_option(tx, EntityKind::Project, project)?;
        let labels = Labels::of(tx, &[EntityKind::Project])?;
        let tallies = tx.tallies_by_owner()?;
        let of = |uid| tallies.get(uid).map(Tallies::progress).unwrap_or_default();
        let milestones = tx.milestones()?;
        let shown = milestones
            .iter()
            .filter(|it| all || !(it.head.archived || it.status.is_settled()))
            .filter(|it| project.is_none() || it.project == project);
        Ok(shown
            .map(|it| MilestoneRow::new(it, of(&it.head.uid), &labels))
            .collect())
    })
}
