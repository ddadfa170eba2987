//! Adds a repository.

use lab_model::{EntityKind, GithubRepo, Head, RepoName};

use super::edit::{RepoEdit, edited};
use super::view::{RepoView, view};
use crate::names::{OrMissing, prefix};
use crate::{By, Lab, LabError};

/// What labels of repositories begin with.
const PREFIX: &str = "REPO";

/// A new repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRepo {
    /// `owner/name`.
    pub full_name: RepoName,
    /// Everything else.
    pub fields: RepoEdit,
}

/// Adds a repository.
pub fn add(lab: &Lab, by: &By, new: NewRepo) -> Result<RepoView, LabError> {
    lab.write(by, "repo.add", None, |tx| {
        let label = match new.fields.patch.label.clone() {
            Some(label) => label,
            None => tx.mint(EntityKind::Repo, &prefix(PREFIX))?,
        };
        let head = Head::new(tx.new_uid(), label, tx.at());
        let uid = head.uid.clone();
        let repo = edited(tx, GithubRepo::new(head, new.full_name), new.fields)?;
        tx.insert_repo(&repo)?;
        Ok(view(tx, &uid)?.or_missing(EntityKind::Repo, &uid)?)
    })
}
