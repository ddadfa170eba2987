//! Changes a repository's fields.

use lab_model::{EntityKind, GithubRepo, Patch, RepoPatch};
use lab_store::{StoreError, Writer};

use super::view::{RepoView, view};
use crate::lab::check_seen;
use crate::names::{OrMissing, resolve_patch};
use crate::{By, Lab, LabError};

/// What is to change, with names where the repository holds uids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RepoEdit {
    /// The fields that need no looking up.
    pub patch: RepoPatch,
    /// Which project it belongs to.
    pub project: Patch<String>,
}

/// Changes the repository of this name.
pub fn edit(lab: &Lab, by: &By, repo: &str, edit: RepoEdit) -> Result<RepoView, LabError> {
    lab.write(by, "repo.edit", None, |tx| {
        let uid = tx.resolve(EntityKind::Repo, repo)?;
        let before = tx.repo(&uid)?.or_missing(EntityKind::Repo, &uid)?;
        check_seen(tx, by, &before.head)?;
        let after = edited(tx, before, edit)?;
        tx.update_repo(&after)?;
        Ok(view(tx, &uid)?.or_missing(EntityKind::Repo, &uid)?)
    })
}

/// The repository with the edit carried out.
pub(crate) fn edited(
    tx: &mut dyn Writer,
    mut repo: GithubRepo,
    edit: RepoEdit,
) -> Result<GithubRepo, StoreError> {
    let mut patch = edit.patch;
    patch.project = resolve_patch(tx, EntityKind::Project, edit.project)?;
    patch.apply(&mut repo);
    Ok(repo)
}
