//! Which repository is meant.

use ai_lab_contract::ErrorClass;
use lab_model::{EntityKind, GithubRepo, RepoName};
use lab_store::Reader;

use crate::lab::Inner;
use crate::names::OrMissing;
use crate::{Failure, LabError};

/// Why it is not clear which repository is meant.
#[derive(Debug, thiserror::Error)]
pub enum NoSuchLink {
    /// The lab was not read.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// No repository belongs to a project.
    #[error("no repository is linked to a project")]
    Nothing,
    /// This one does not.
    #[error("{0} is linked to no project")]
    Unlinked(RepoName),
    /// Several do, and none was named.
    #[error("several repositories are linked: {}", .0.join(", "))]
    Several(Vec<String>),
}

impl Failure for NoSuchLink {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Lab(error) => error.class(),
            Self::Nothing | Self::Unlinked(_) => ErrorClass::NotFound,
            Self::Several(_) => ErrorClass::InvalidInput,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Lab(error) => error.hint(),
            Self::Nothing => {
                Some("`ai-lab github link OWNER/NAME --project P` links one".to_owned())
            }
            Self::Unlinked(name) => {
                Some(format!("`ai-lab github link {name} --project P` links it"))
            }
            Self::Several(_) => Some("name one of them behind the command".to_owned()),
        }
    }
}

/// The repositories that belong to a project, by label.
pub(super) fn linked(tx: &dyn Reader) -> Result<Vec<GithubRepo>, Inner<NoSuchLink>> {
    let all = tx.repos()?.into_iter();
    Ok(all
        .filter(|repo| repo.project.is_some() && !repo.head.archived)
        .collect())
}

/// The one that is named by label or `owner/name`, or the only one there is.
pub(super) fn named(tx: &dyn Reader, name: Option<&str>) -> Result<GithubRepo, Inner<NoSuchLink>> {
    let Some(name) = name else {
        let mut linked = linked(tx)?;
        return match (linked.pop(), linked.is_empty()) {
            (Some(only), true) => Ok(only),
            (None, _) => Err(Inner::Own(NoSuchLink::Nothing)),
            (Some(last), false) => {
                let all = linked.iter().chain([&last]);
                let names = all.map(|repo| repo.full_name.to_string()).collect();
                Err(Inner::Own(NoSuchLink::Several(names)))
            }
        };
    };
    let repo = if let Some(repo) = by_name(tx, name)? {
        repo
    } else {
        let uid = tx.resolve(EntityKind::Repo, name)?;
        tx.repo(&uid)?.or_missing(EntityKind::Repo, &uid)?
    };
    if repo.project.is_none() {
        return Err(Inner::Own(NoSuchLink::Unlinked(repo.full_name)));
    }
    Ok(repo)
}

/// The repository of an `owner/name`; `None` where the lab knows none.
pub(super) fn by_name(
    tx: &dyn Reader,
    name: &str,
) -> Result<Option<GithubRepo>, lab_store::StoreError> {
    let Ok(name) = name.parse::<RepoName>() else {
        return Ok(None);
    };
    let same = |repo: &GithubRepo| repo.full_name.as_str().eq_ignore_ascii_case(name.as_str());
    Ok(tx.repos()?.into_iter().find(same))
}
