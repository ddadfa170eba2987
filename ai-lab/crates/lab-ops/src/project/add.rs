//! Adds a project.

use ai_lab_contract::ErrorClass;
use lab_model::{EntityKind, Head, Patch, Prefix, Project};
use lab_store::StoreError;

use super::edit::{EditProjectError, ProjectEdit, edited};
use super::view::{ProjectView, view};
use crate::lab::Inner;
use crate::names::{OrMissing, prefix};
use crate::{By, Failure, Lab, LabError};

/// What labels of projects begin with.
pub(crate) const PROJECT_PREFIX: &str = "PROJ";

/// A new project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewProject {
    /// Its name.
    pub name: String,
    /// Everything else. Without a prefix one is made from the name.
    pub fields: ProjectEdit,
}

/// Why a project was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddProjectError {
    /// Its fields do not go together with what is there.
    #[error(transparent)]
    Edit(#[from] EditProjectError),
    /// Its name has no letter that a prefix could begin with.
    #[error("no prefix for the labels of its items can be made from `{}`", name.escape_debug())]
    NoPrefix {
        /// The name.
        name: String,
    },
}

impl From<LabError> for AddProjectError {
    fn from(error: LabError) -> Self {
        Self::Edit(error.into())
    }
}

impl Failure for AddProjectError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Edit(error) => error.class(),
            Self::NoPrefix { .. } => ErrorClass::InvalidInput,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Edit(EditProjectError::Lab(LabError::Store(StoreError::Taken { .. }))) => Some(
                "`--prefix ABC` names another; `ai-lab project list --all` shows what is taken"
                    .to_owned(),
            ),
            Self::Edit(error) => error.hint(),
            Self::NoPrefix { .. } => Some("`--prefix ABC` names one".to_owned()),
        }
    }
}

/// Adds a project.
pub fn add(lab: &Lab, by: &By, new: NewProject) -> Result<ProjectView, AddProjectError> {
    let mut fields = new.fields;
    if fields.patch.prefix == Patch::Keep {
        let name = &new.name;
        let made =
            suggest_prefix(name).ok_or_else(|| AddProjectError::NoPrefix { name: name.clone() })?;
        fields.patch.prefix = Patch::Set(made);
    }
    lab.write(by, "project.add", None, |tx| {
        let label = match fields.patch.label.clone() {
            Some(label) => label,
            None => tx.mint(EntityKind::Project, &prefix(PROJECT_PREFIX))?,
        };
        let head = Head::new(tx.new_uid(), label, tx.at());
        let uid = head.uid.clone();
        let project =
            edited(tx, Project::new(head, new.name), fields).map_err(|error| match error {
                Inner::Store(error) => Inner::Store(error),
                Inner::Own(error) => Inner::Own(AddProjectError::from(error)),
            })?;
        tx.insert_project(&project)?;
        Ok(view(tx, &uid)?.or_missing(EntityKind::Project, &uid)?)
    })
}

/// The initials of a name of several words, else the first four letters.
pub(crate) fn suggest_prefix(name: &str) -> Option<Prefix> {
    let words: Vec<&str> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let text: String = match words[..] {
        [] => return None,
        [word] => word.chars().take(4).collect(),
        [..] => words
            .iter()
            .filter_map(|word| word.chars().next())
            .take(12)
            .collect(),
    };
    text.to_ascii_uppercase().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_made_from_the_name() {
        for (name, prefix) in [
            ("AI Lab Framework", Some("ALF")),
            ("homeserver-agent", Some("HA")),
            ("Garden", Some("GARD")),
            ("3 Bears", None),
            ("Überblick", Some("BERB")),
            ("🏠", None),
        ] {
            assert_eq!(
                suggest_prefix(name).map(|p| p.to_string()).as_deref(),
                prefix,
                "{name}"
            );
        }
    }
}
