//! The calls that the sync makes: where to, with what, and what another try would do.

use std::fmt;

use lab_model::{Moment, RepoName};
use serde_json::{Value, json};

use crate::address::escaped;
use crate::{IssueChange, MilestoneChange, NewIssue};

/// How many entries a full page has: GitHub's most.
pub const PER_PAGE: usize = 100;

/// The colour of labels that the sync makes.
const LABEL_COLOUR: &str = "ededed";

/// How a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Reads.
    Get,
    /// Makes or adds.
    Post,
    /// Changes.
    Patch,
    /// Takes away.
    Delete,
}

impl Verb {
    /// As HTTP writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// What it does to make a call once more, when nobody knows whether it was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it only reads.
    Reads,
    /// Nothing more than once did.
    Settles,
    /// One more of it: never again unasked.
    Creates,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// How.
    pub verb: Verb,
    /// Where to, with its query.
    pub path: String,
    /// What is sent.
    pub body: Option<Value>,
    /// The tag of the answer that is known already.
    pub known: Option<String>,
    /// What another try would do.
    pub effect: Effect,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb.as_str(), self.path)
    }
}

impl Call {
    const fn new(verb: Verb, path: String, body: Option<Value>, effect: Effect) -> Self {
        Self {
            verb,
            path,
            body,
            known: None,
            effect,
        }
    }

    /// Reads a path that an answer named, or one that is known by its tag.
    pub fn get(path: impl Into<String>, known: Option<String>) -> Self {
        Self {
            known,
            ..Self::new(Verb::Get, path.into(), None, Effect::Reads)
        }
    }

    /// Reads the repository.
    pub fn repo(repo: &RepoName) -> Self {
        Self::get(of(repo, ""), None)
    }

    /// Reads one issue.
    pub fn issue(repo: &RepoName, number: u64) -> Self {
        Self::get(of(repo, &format!("/issues/{number}")), None)
    }

    /// The first page of all labels.
    pub fn labels_path(repo: &RepoName) -> String {
        of(repo, &format!("/labels?per_page={PER_PAGE}"))
    }

    /// The first page of all milestones.
    pub fn milestones_path(repo: &RepoName) -> String {
        of(repo, &format!("/milestones?state=all&per_page={PER_PAGE}"))
    }

    /// The first page of issues that changed since, the earliest first; `None` is all of them.
    pub fn issues_path(repo: &RepoName, since: Option<Moment>) -> String {
        let query = since_query(since);
        of(
            repo,
            &format!("/issues?state=all&sort=updated&direction=asc&per_page={PER_PAGE}{query}"),
        )
    }

    /// The first page of every issue, in the order of their birth.
    pub fn every_issue_path(repo: &RepoName) -> String {
        of(
            repo,
            &format!("/issues?state=all&sort=created&direction=asc&per_page={PER_PAGE}"),
        )
    }

    /// The first page of comments that changed since, the earliest first.
    pub fn comments_path(repo: &RepoName, since: Option<Moment>) -> String {
        let query = since_query(since);
        of(
            repo,
            &format!("/issues/comments?sort=updated&direction=asc&per_page={PER_PAGE}{query}"),
        )
    }

    /// Makes a label; a second of the name is refused by GitHub.
    pub fn create_label(repo: &RepoName, name: &str) -> Self {
        let body = json!({ "name": name, "color": LABEL_COLOUR });
        Self::new(Verb::Post, of(repo, "/labels"), Some(body), Effect::Settles)
    }

    /// Makes a milestone; a second of the title is refused by GitHub.
    pub fn create_milestone(repo: &RepoName, new: &MilestoneChange) -> Self {
        Self::new(
            Verb::Post,
            of(repo, "/milestones"),
            Some(json!(new)),
            Effect::Settles,
        )
    }

    /// Changes a milestone.
    pub fn change_milestone(repo: &RepoName, number: u64, change: &MilestoneChange) -> Self {
        let path = of(repo, &format!("/milestones/{number}"));
        Self::new(Verb::Patch, path, Some(json!(change)), Effect::Settles)
    }

    /// Makes an issue.
    pub fn create_issue(repo: &RepoName, new: &NewIssue) -> Self {
        Self::new(
            Verb::Post,
            of(repo, "/issues"),
            Some(json!(new)),
            Effect::Creates,
        )
    }

    /// Changes an issue.
    pub fn change_issue(repo: &RepoName, number: u64, change: &IssueChange) -> Self {
        let path = of(repo, &format!("/issues/{number}"));
        Self::new(Verb::Patch, path, Some(json!(change)), Effect::Settles)
    }

    /// Adds labels to an issue, and takes none away.
    pub fn add_labels(repo: &RepoName, number: u64, names: &[String]) -> Self {
        let path = of(repo, &format!("/issues/{number}/labels"));
        Self::new(
            Verb::Post,
            path,
            Some(json!({ "labels": names })),
            Effect::Settles,
        )
    }

    /// Takes one label from an issue.
    pub fn remove_label(repo: &RepoName, number: u64, name: &str) -> Self {
        let path = of(repo, &format!("/issues/{number}/labels/{}", escaped(name)));
        Self::new(Verb::Delete, path, None, Effect::Settles)
    }

    /// Adds people to an issue, or takes them away.
    pub fn change_assignees(repo: &RepoName, number: u64, logins: &[String], add: bool) -> Self {
        let path = of(repo, &format!("/issues/{number}/assignees"));
        let verb = if add { Verb::Post } else { Verb::Delete };
        Self::new(
            verb,
            path,
            Some(json!({ "assignees": logins })),
            Effect::Settles,
        )
    }

    /// Makes an issue a part of another; it is part of one only.
    pub fn add_part(repo: &RepoName, whole: u64, part_id: u64) -> Self {
        let path = of(repo, &format!("/issues/{whole}/sub_issues"));
        let body = json!({ "sub_issue_id": part_id, "replace_parent": true });
        Self::new(Verb::Post, path, Some(body), Effect::Settles)
    }

    /// Makes an issue a part of nothing.
    pub fn remove_part(repo: &RepoName, whole: u64, part_id: u64) -> Self {
        let path = of(repo, &format!("/issues/{whole}/sub_issue"));
        let body = json!({ "sub_issue_id": part_id });
        Self::new(Verb::Delete, path, Some(body), Effect::Settles)
    }

    /// Writes a comment.
    pub fn create_comment(repo: &RepoName, number: u64, text: &str) -> Self {
        let path = of(repo, &format!("/issues/{number}/comments"));
        Self::new(
            Verb::Post,
            path,
            Some(json!({ "body": text })),
            Effect::Creates,
        )
    }
}

fn of(repo: &RepoName, rest: &str) -> String {
    format!("/repos/{repo}{rest}")
}

fn since_query(since: Option<Moment>) -> String {
    let whole_seconds = |since: Moment| Moment::from_ms(since.ms().div_euclid(1000) * 1000).ok();
    since
        .and_then(whole_seconds)
        .map(|since| format!("&since={}", escaped(&since.to_string())))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_sends_what_changes_and_null_for_what_goes() {
        let repo: RepoName = "o/n".parse().expect("a name");
        let change = IssueChange {
            milestone: Some(None),
            ..IssueChange::default()
        };
        let call = Call::change_issue(&repo, 7, &change);
        assert_eq!(call.to_string(), "PATCH /repos/o/n/issues/7");
        assert_eq!(call.body, Some(json!({ "milestone": null })));
        assert!(!change.is_empty() && IssueChange::default().is_empty());
        let label = Call::remove_label(&repo, 7, "ui/ux");
        assert_eq!(label.path, "/repos/o/n/issues/7/labels/ui%2Fux");
    }

    #[test]
    fn since_is_asked_in_whole_seconds() {
        let repo: RepoName = "o/n".parse().expect("a name");
        let since = Moment::from_ms(1_999).ok();
        assert_eq!(
            Call::comments_path(&repo, since),
            "/repos/o/n/issues/comments?sort=updated&direction=asc&per_page=100&since=1970-01-01T00%3A00%3A01Z"
        );
        assert!(!Call::issues_path(&repo, None).contains("since"));
    }
}
