//! One step of a plan, for people and programs to read.

use std::fmt;

use lab_merge::Value;

use crate::local::shown;

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doing {
    /// Makes a milestone in the lab.
    MilestoneHere,
    /// Finds that an entity and a thing there are the same.
    Link,
    /// Makes an item in the lab.
    ItemHere,
    /// Changes an entity in the lab.
    ChangeHere,
    /// Makes a milestone on GitHub.
    MilestoneThere,
    /// Makes an issue on GitHub.
    IssueThere,
    /// Changes a thing on GitHub.
    ChangeThere,
    /// Writes a comment on GitHub.
    CommentThere,
}

impl Doing {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MilestoneHere => "milestone_here",
            Self::Link => "link",
            Self::ItemHere => "item_here",
            Self::ChangeHere => "change_here",
            Self::MilestoneThere => "milestone_there",
            Self::IssueThere => "issue_there",
            Self::ChangeThere => "change_there",
            Self::CommentThere => "comment_there",
        }
    }

    /// Whether it changes GitHub.
    pub const fn is_there(self) -> bool {
        match self {
            Self::MilestoneThere | Self::IssueThere | Self::ChangeThere | Self::CommentThere => {
                true
            }
            Self::MilestoneHere | Self::Link | Self::ItemHere | Self::ChangeHere => false,
        }
    }
}

/// A field that a step changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub field: &'static str,
    /// What it was on the side that changes.
    pub before: String,
    /// What it will be.
    pub after: String,
}

impl Change {
    pub(crate) fn new(field: &'static str, before: Option<&Value>, after: Option<&Value>) -> Self {
        Self {
            field,
            before: shown(before),
            after: shown(after),
        }
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it does.
    pub doing: Doing,
    /// The entity's label; `None` where it will be made.
    pub label: Option<String>,
    /// The number there; `None` where it will be made.
    pub number: Option<u64>,
    /// What it is called.
    pub title: String,
    /// What changes.
    pub changes: Vec<Change>,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = self.label.as_deref().unwrap_or("a new one");
        let number = self
            .number
            .map_or_else(|| "a new one".to_owned(), |number| format!("#{number}"));
        match self.doing {
            Doing::MilestoneHere => {
                write!(f, "make the milestone of {number} here: {}", self.title)
            }
            Doing::ItemHere => write!(f, "make an item of {number} here: {}", self.title),
            Doing::Link => write!(f, "{label} is {number}: {}", self.title),
            Doing::ChangeHere => write!(f, "change {label} here, from {number}"),
            Doing::MilestoneThere => write!(f, "make the milestone {label} there: {}", self.title),
            Doing::IssueThere => write!(f, "make an issue of {label} there: {}", self.title),
            Doing::ChangeThere => write!(f, "change {number} there, from {label}"),
            Doing::CommentThere => write!(f, "comment on {number} there, from {label}"),
        }?;
        if self.changes.is_empty() {
            return Ok(());
        }
        let fields: Vec<&str> = self.changes.iter().map(|change| change.field).collect();
        write!(f, " ({})", fields.join(", "))
    }
}
