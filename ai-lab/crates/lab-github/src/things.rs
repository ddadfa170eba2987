//! What GitHub tells of its things, as far as the sync asks; unknown members are passed over.

use lab_model::Moment;
use serde::{Deserialize, Serialize};

/// A repository.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct RepoThere {
    /// Its number, which survives renames.
    pub id: u64,
    /// `owner/name`, as of now.
    pub full_name: String,
    /// Whether it takes issues.
    pub has_issues: Option<bool>,
}

/// Somebody's account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Account {
    /// Its name.
    pub login: String,
}

/// A label; within an issue it may come as a bare name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum LabelThere {
    /// Its name alone.
    Name(String),
    /// With its number.
    Full {
        /// Its number, which survives renames.
        id: Option<u64>,
        /// Its name.
        name: Option<String>,
    },
}

impl LabelThere {
    /// Its name; `None` where GitHub does not tell.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            Self::Full { name, .. } => name.as_deref(),
        }
    }
}

/// A milestone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct MilestoneThere {
    /// Its number within the repository.
    pub number: u64,
    /// Its name, of which a repository has one.
    pub title: String,
    /// What it is.
    pub description: Option<String>,
    /// `open` or `closed`.
    pub state: String,
    /// When it is due: an instant that means a date.
    pub due_on: Option<Moment>,
    /// When it was last changed.
    pub updated_at: Moment,
}

/// What marks an issue that is a pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct PullRequestMark {}

/// An issue.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Issue {
    /// GitHub's own number for it, by which links name it.
    pub id: u64,
    /// Its number within the repository.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: Option<String>,
    /// `open` or `closed`.
    pub state: String,
    /// Why.
    pub state_reason: Option<String>,
    /// Its labels.
    #[serde(default)]
    pub labels: Vec<LabelThere>,
    /// Who does it.
    pub assignees: Option<Vec<Account>>,
    /// What it counts for.
    pub milestone: Option<MilestoneThere>,
    /// The issue it is a part of, by address.
    pub parent_issue_url: Option<String>,
    /// There where it is no issue but a pull request.
    pub pull_request: Option<PullRequestMark>,
    /// Who wrote it.
    pub user: Option<Account>,
    /// When it was written.
    pub created_at: Moment,
    /// When it was last changed, in whole seconds.
    pub updated_at: Moment,
    /// When it was closed.
    pub closed_at: Option<Moment>,
}

/// A comment on an issue.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Comment {
    /// Its number.
    pub id: u64,
    /// Its text.
    pub body: Option<String>,
    /// Who wrote it.
    pub user: Option<Account>,
    /// The issue it is on, by address.
    pub issue_url: String,
    /// When it was written.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

/// What a new issue is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NewIssue {
    /// Its title.
    pub title: String,
    /// Its text, with the marker.
    pub body: String,
    /// Its labels.
    pub labels: Vec<String>,
    /// Who does it.
    pub assignees: Vec<String>,
    /// What it counts for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub milestone: Option<u64>,
}

/// What changes of an issue; what is not in stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct IssueChange {
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its text, with the marker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// `open` or `closed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<&'static str>,
    /// What it counts for; `Some(None)` is nothing any more, which is sent as `null`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub milestone: Option<Option<u64>>,
}

impl IssueChange {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What a milestone is made of, or what changes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MilestoneChange {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `open` or `closed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// When it is due; GitHub describes no way to take it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_on: Option<String>,
}
