//! Links a repository to the project whose items are its issues.

use ai_lab_contract::ErrorClass;
use lab_model::{EntityKind, GithubRepo, Head, Label, RepoName};

use super::named::by_name;
use crate::lab::Inner;
use crate::names::{OrMissing, prefix};
use crate::repo::RepoView;
use crate::{By, Failure, Lab, LabError};

/// What labels of repositories begin with.
const PREFIX: &str = "REPO";

/// Why a repository was not linked.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The lab was not written.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// It is linked to another project.
    #[error("{name} is linked to {project}")]
    Taken {
        /// Which.
        name: RepoName,
        /// To which project.
        project: Label,
    },
    /// Its project cannot name the items that come in.
    #[error("project {0} has no prefix for the labels of its items")]
    NoPrefix(Label),
}

impl Failure for LinkError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Lab(error) => error.class(),
            Self::Taken { .. } => ErrorClass::Conflict,
            Self::NoPrefix(_) => ErrorClass::Refused,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Lab(error) => error.hint(),
            Self::Taken { .. } => {
                Some("`ai-lab repo edit` changes the project of a repository".to_owned())
            }
            Self::NoPrefix(project) => Some(format!(
                "`ai-lab project edit {project} --prefix ABC` gives it one"
            )),
        }
    }
}

/// Links a repository; one that the lab does not know yet is added. Speaks with nobody.
pub fn link(lab: &Lab, by: &By, name: &RepoName, project: &str) -> Result<RepoView, LinkError> {
    let label = lab.write(by, "github.link", None, |tx| {
        let project = tx.resolve(EntityKind::Project, project)?;
        let project = tx
            .project(&project)?
            .or_missing(EntityKind::Project, &project)?;
        if project.prefix.is_none() {
            return Err(Inner::Own(LinkError::NoPrefix(project.head.label)));
        }
        let uid = project.head.uid;
        if let Some(mut repo) = by_name(tx, name.as_str())? {
            if let Some(other) = repo.project.as_ref().filter(|other| **other != uid) {
                let project = tx.label_of(other)?.or_missing(EntityKind::Project, other)?;
                let name = name.clone();
                return Err(Inner::Own(LinkError::Taken { name, project }));
            }
            repo.project = Some(uid);
            repo.head.archived = false;
            tx.update_repo(&repo)?;
            return Ok(repo.head.label);
        }
        let label = tx.mint(EntityKind::Repo, &prefix(PREFIX))?;
        let mut repo = GithubRepo::new(Head::new(tx.new_uid(), label, tx.at()), name.clone());
        repo.project = Some(uid);
        tx.insert_repo(&repo)?;
        Ok(repo.head.label)
    })?;
    Ok(crate::repo::show(lab, by.at, label.as_str())?)
}
