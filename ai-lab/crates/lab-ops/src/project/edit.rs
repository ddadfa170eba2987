//! Changes a project's fields.

use ai_lab_contract::ErrorClass;
use lab_model::{EntityKind, Patch, Project, ProjectPatch};
use lab_store::Writer;

use super::view::{ProjectView, view};
use crate::lab::{Inner, check_seen};
use crate::lines::edit_lines;
use crate::names::{OrMissing, resolve_patch};
use crate::{By, Failure, Lab, LabError, LineEdit, LineEditError};

/// What is to change, with names where the project holds uids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectEdit {
    /// The fields that need no looking up.
    pub patch: ProjectPatch,
    /// From which idea it came.
    pub source_idea: Patch<String>,
    /// Which repository it has.
    pub repo: Patch<String>,
    /// Edits of `team`, `objectives`, `deliverables`, `technologies` and `risks`.
    pub lines: Vec<LineEdit>,
}

/// Why a project was not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditProjectError {
    /// Something was not found or not written.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// A list has no such entry.
    #[error(transparent)]
    Lines(#[from] LineEditError),
}

impl Failure for EditProjectError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Lab(error) => error.class(),
            Self::Lines(error) => error.class(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Lab(error) => error.hint(),
            Self::Lines(_) => Some("`ai-lab project show` numbers the entries".to_owned()),
        }
    }
}

/// Changes the project of this name.
pub fn edit(
    lab: &Lab,
    by: &By,
    project: &str,
    edit: ProjectEdit,
) -> Result<ProjectView, EditProjectError> {
    lab.write(by, "project.edit", None, |tx| {
        let uid = tx.resolve(EntityKind::Project, project)?;
        let before = tx.project(&uid)?.or_missing(EntityKind::Project, &uid)?;
        check_seen(tx, by, &before.head)?;
        let after = edited(tx, before, edit)?;
        tx.update_project(&after)?;
        Ok(view(tx, &uid)?.or_missing(EntityKind::Project, &uid)?)
    })
}

/// The project with the edit carried out.
pub(crate) fn edited(
    tx: &mut dyn Writer,
    mut project: Project,
    edit: ProjectEdit,
) -> Result<Project, Inner<EditProjectError>> {
    let mut patch = edit.patch;
    patch.source_idea = resolve_patch(tx, EntityKind::Idea, edit.source_idea)?;
    patch.repo = resolve_patch(tx, EntityKind::Repo, edit.repo)?;
    patch.apply(&mut project);
    let mut lists = [
        ("team", &mut project.team),
        ("objectives", &mut project.objectives),
        ("deliverables", &mut project.deliverables),
        ("technologies", &mut project.technologies),
        ("risks", &mut project.risks),
    ];
    edit_lines(tx, &mut lists, edit.lines).map_err(|error| Inner::Own(error.into()))?;
    Ok(project)
}
