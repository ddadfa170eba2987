//! Repositories on GitHub.

use std::str::FromStr;

use crate::entity::{Entity, EntityKind, Head, heads};
use crate::facts::Facts;
use crate::patch::{Patch, set};
use crate::words::text_traits;
use crate::{Label, Uid, Visibility};

/// `owner/name`, as GitHub shows it; two that differ in the case of ASCII letters alone are the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoName(String);

/// A text that is no `owner/name`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no repository such as owner/name", given.escape_debug())]
pub struct RepoNameError {
    /// What was given.
    pub given: String,
}

impl RepoName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The page of the repository.
    pub fn url(&self) -> String {
        format!("https://github.com/{}", self.0)
    }
}

impl FromStr for RepoName {
    type Err = RepoNameError;

    /// Takes `owner/name` and the address of its page.
    fn from_str(text: &str) -> Result<Self, RepoNameError> {
        let bare = text.strip_prefix("https://github.com/").unwrap_or(text);
        let bare = bare
            .strip_suffix(".git")
            .unwrap_or(bare)
            .trim_end_matches('/');
        let part = |part: &str, longest: usize| {
            (1..=longest).contains(&part.len())
                && !part.starts_with('.')
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        };
        match bare.split_once('/') {
            Some((owner, name)) if part(owner, 39) && part(name, 100) => Ok(Self(bare.to_owned())),
            Some(_) | None => Err(RepoNameError {
                given: text.to_owned(),
            }),
        }
    }
}

text_traits!(RepoName);

/// A repository on GitHub that the lab knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GithubRepo {
    /// Identity, label, revision, times.
    pub head: Head,
    /// `owner/name`; unique.
    pub full_name: RepoName,
    /// GitHub's own number for it, which survives renames.
    pub github_id: Option<u64>,
    /// What it is; may be empty.
    pub description: String,
    /// Who may see it there; `None` where nobody said.
    pub visibility: Option<Visibility>,
    /// The project it belongs to.
    pub project: Option<Uid>,
    /// Whatever else is worth keeping.
    pub notes: Option<String>,
}

impl GithubRepo {
    /// A repository with nothing but its name.
    pub fn new(head: Head, full_name: RepoName) -> Self {
        Self {
            head,
            full_name,
            github_id: None,
            description: String::new(),
            visibility: None,
            project: None,
            notes: None,
        }
    }
}

impl Entity for GithubRepo {
    const KIND: EntityKind = EntityKind::Repo;
    heads!();

    fn facts(&self) -> Facts {
        let mut facts = Facts::of_head(&self.head);
        facts.word("full_name", self.full_name.as_str());
        facts.optional("github_id", self.github_id);
        facts.text("description", &self.description);
        facts.optional("visibility", self.visibility);
        facts.optional("project", self.project.as_ref());
        facts.optional("notes", self.notes.as_ref());
        facts
    }
}

/// An edit of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RepoPatch {
    /// A new label; the old one becomes an alias.
    pub label: Option<Label>,
    /// See [`GithubRepo::full_name`].
    pub full_name: Option<RepoName>,
    /// See [`GithubRepo::github_id`].
    pub github_id: Patch<u64>,
    /// See [`GithubRepo::description`].
    pub description: Option<String>,
    /// See [`GithubRepo::visibility`].
    pub visibility: Patch<Visibility>,
    /// See [`GithubRepo::project`].
    pub project: Patch<Uid>,
    /// See [`GithubRepo::notes`].
    pub notes: Patch<String>,
    /// See [`Head::archived`].
    pub archived: Option<bool>,
}

impl RepoPatch {
    /// Carries the edit out.
    pub fn apply(self, repo: &mut GithubRepo) {
        set(self.label, &mut repo.head.label);
        set(self.archived, &mut repo.head.archived);
        set(self.full_name, &mut repo.full_name);
        set(self.description, &mut repo.description);
        self.github_id.apply(&mut repo.github_id);
        self.visibility.apply(&mut repo.visibility);
        self.project.apply(&mut repo.project);
        self.notes.apply(&mut repo.notes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_or_the_address_of_its_page_is_taken() {
        let name = |text: &str| text.parse::<RepoName>().map(|n| n.to_string());
        for text in [
            "o/n",
            "https://github.com/o/n",
            "https://github.com/o/n/",
            "https://github.com/o/n.git",
        ] {
            assert_eq!(name(text), Ok("o/n".into()), "{text}");
        }
        for text in [
            "",
            "o",
            "o/",
            "/n",
            "o/n/x",
            "o n/x",
            "../x",
            "o/..",
            "http://github.com/o/n",
        ] {
            assert_eq!(
                name(text),
                Err(RepoNameError { given: text.into() }),
                "{text}"
            );
        }
    }
}
