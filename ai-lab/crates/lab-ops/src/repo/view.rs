//! What a repository looks like from outside.

use lab_model::{EntityKind, GithubRepo, Uid};
use lab_store::{Reader, StoreError};
use serde::Serialize;

use crate::names::Labels;

/// A repository. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RepoView {
    /// What people call it.
    pub label: String,
    /// `owner/name`.
    pub full_name: String,
    /// Its page.
    pub url: String,
    /// What it is.
    pub description: String,
    /// Who may see it there.
    pub visibility: Option<&'static str>,
    /// Its project's label.
    pub project: Option<String>,
    /// Whatever else is worth keeping.
    pub notes: Option<String>,
    /// Its identity.
    pub uid: String,
    /// How often it was written.
    pub revision: u64,
    /// Put away.
    pub archived: bool,
}

impl RepoView {
    pub(crate) fn new(repo: GithubRepo, labels: &Labels) -> Self {
        Self {
            label: repo.head.label.to_string(),
            full_name: repo.full_name.to_string(),
            url: repo.full_name.url(),
            visibility: repo.visibility.map(lab_model::Visibility::as_str),
            project: labels.option(repo.project.as_ref()),
            uid: repo.head.uid.to_string(),
            revision: repo.head.revision,
            archived: repo.head.archived,
            description: repo.description,
            notes: repo.notes,
        }
    }
}

/// Looks a repository up.
pub(crate) fn view(tx: &dyn Reader, uid: &Uid) -> Result<Option<RepoView>, StoreError> {
    let labels = Labels::of(tx, &[EntityKind::Project])?;
    Ok(tx.repo(uid)?.map(|repo| RepoView::new(repo, &labels)))
}
