//! Changes an idea's fields.

use ai_lab_contract::ErrorClass;
use lab_model::{EntityKind, Idea, IdeaPatch, Patch};
use lab_store::Writer;

use super::view::{IdeaView, view};
use crate::lab::{Inner, check_seen};
use crate::lines::edit_lines;
use crate::names::{DependencyEdit, OrMissing, resolve_patch};
use crate::{By, Failure, Lab, LabError, LineEdit, LineEditError};

/// What is to change, with names where the idea holds uids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdeaEdit {
    /// The fields that need no looking up.
    pub patch: IdeaPatch,
    /// Which project it belongs to or became.
    pub related_project: Patch<String>,
    /// Which ideas come first.
    pub dependencies: DependencyEdit,
    /// Edits of `open_questions`, `next_steps`, `benefits` and `prerequisites`.
    pub lines: Vec<LineEdit>,
}

/// Why an idea was not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditIdeaError {
    /// Something was not found or not written.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// A list has no such entry.
    #[error(transparent)]
    Lines(#[from] LineEditError),
}

impl Failure for EditIdeaError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Lab(error) => error.class(),
            Self::Lines(error) => error.class(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Lab(error) => error.hint(),
            Self::Lines(_) => Some("`ai-lab idea show` numbers the entries".to_owned()),
        }
    }
}

/// Changes the idea of this name.
pub fn edit(lab: &Lab, by: &By, idea: &str, edit: IdeaEdit) -> Result<IdeaView, EditIdeaError> {
    lab.write(by, "idea.edit", None, |tx| {
        let uid = tx.resolve(EntityKind::Idea, idea)?;
        let before = tx.idea(&uid)?.or_missing(EntityKind::Idea, &uid)?;
        check_seen(tx, by, &before.head)?;
        let after = edited(tx, before, edit)?;
        tx.update_idea(&after)?;
        Ok(view(tx, &uid)?.or_missing(EntityKind::Idea, &uid)?)
    })
}

/// The idea with the edit carried out.
pub(crate) fn edited(
    tx: &mut dyn Writer,
    mut idea: Idea,
    edit: IdeaEdit,
) -> Result<Idea, Inner<EditIdeaError>> {
    let mut patch = edit.patch;
    patch.dependencies = edit
        .dependencies
        .looked_up(tx, EntityKind::Idea, &idea.dependencies)?;
    patch.related_project = resolve_patch(tx, EntityKind::Project, edit.related_project)?;
    patch.apply(&mut idea);
    let mut lists = [
        ("open_questions", &mut idea.open_questions),
        ("next_steps", &mut idea.next_steps),
        ("benefits", &mut idea.benefits),
        ("prerequisites", &mut idea.prerequisites),
    ];
    edit_lines(tx, &mut lists, edit.lines).map_err(|error| Inner::Own(error.into()))?;
    Ok(idea)
}
