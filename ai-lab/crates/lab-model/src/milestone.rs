//! Milestones and their progress.

use std::collections::BTreeSet;

use crate::entity::{Entity, EntityKind, Head, heads};
use crate::facts::Facts;
use crate::patch::{Patch, SetPatch, set};
use crate::words::words;
use crate::{Day, Dependency, GithubLink, ItemStatus, Label, Moment, Uid};

words! {
    /// Where a milestone stands.
    MilestoneStatus, "milestone status", {
        /// Not begun.
        Planned = "planned",
        /// Under way.
        InProgress = "in_progress",
        /// Reached.
        Completed = "completed",
        /// Given up.
        Cancelled = "cancelled",
    }
}

impl MilestoneStatus {
    /// Whether nothing more will happen: completed or cancelled.
    pub const fn is_settled(self) -> bool {
        match self {
            Self::Completed | Self::Cancelled => true,
            Self::Planned | Self::InProgress => false,
        }
    }
}

/// A point that items lead up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// Identity, label, revision, times.
    pub head: Head,
    /// Its name.
    pub title: String,
    /// What it is; may be empty.
    pub description: String,
    /// The project it belongs to.
    pub project: Option<Uid>,
    /// Where it stands.
    pub status: MilestoneStatus,
    /// By which day it should be reached.
    pub due: Option<Day>,
    /// When it was reached.
    pub completed_at: Option<Moment>,
    /// Milestones that come first.
    pub dependencies: BTreeSet<Dependency>,
    /// Whatever else is worth keeping.
    pub notes: Option<String>,
    /// Its milestone on GitHub.
    pub github: Option<GithubLink>,
}

impl Milestone {
    /// A planned milestone with nothing but a title.
    pub fn new(head: Head, title: String) -> Self {
        Self {
            head,
            title,
            description: String::new(),
            project: None,
            status: MilestoneStatus::Planned,
            due: None,
            completed_at: None,
            dependencies: BTreeSet::new(),
            notes: None,
            github: None,
        }
    }
}

impl Entity for Milestone {
    const KIND: EntityKind = EntityKind::Milestone;
    heads!();

    fn facts(&self) -> Facts {
        let mut facts = Facts::of_head(&self.head);
        facts.text("title", &self.title);
        facts.text("description", &self.description);
        facts.optional("project", self.project.as_ref());
        facts.word("status", self.status.as_str());
        facts.optional("due", self.due);
        facts.optional("completed_at", self.completed_at);
        facts.dependencies(&self.dependencies);
        facts.optional("notes", self.notes.as_ref());
        facts.github(self.github.as_ref());
        facts
    }
}

/// An edit of a milestone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MilestonePatch {
    /// A new label; the old one becomes an alias.
    pub label: Option<Label>,
    /// See [`Milestone::title`].
    pub title: Option<String>,
    /// See [`Milestone::description`].
    pub description: Option<String>,
    /// See [`Milestone::project`].
    pub project: Patch<Uid>,
    /// See [`Milestone::status`].
    pub status: Option<MilestoneStatus>,
    /// See [`Milestone::due`].
    pub due: Patch<Day>,
    /// See [`Milestone::completed_at`].
    pub completed_at: Patch<Moment>,
    /// See [`Milestone::dependencies`].
    pub dependencies: SetPatch<Dependency>,
    /// See [`Milestone::notes`].
    pub notes: Patch<String>,
    /// See [`Head::archived`].
    pub archived: Option<bool>,
}

impl MilestonePatch {
    /// Carries the edit out.
    pub fn apply(self, milestone: &mut Milestone) {
        set(self.label, &mut milestone.head.label);
        set(self.archived, &mut milestone.head.archived);
        set(self.title, &mut milestone.title);
        set(self.description, &mut milestone.description);
        set(self.status, &mut milestone.status);
        self.project.apply(&mut milestone.project);
        self.due.apply(&mut milestone.due);
        self.completed_at.apply(&mut milestone.completed_at);
        self.dependencies.apply(&mut milestone.dependencies);
        self.notes.apply(&mut milestone.notes);
    }
}

/// How far a set of items has come. Cancelled items count for nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Items that are done.
    pub done: u64,
    /// Items that are done or still to be done.
    pub total: u64,
}

impl Progress {
    /// Counts items by their status.
    pub fn of(statuses: impl IntoIterator<Item = ItemStatus>) -> Self {
        statuses
            .into_iter()
            .fold(Self::default(), |sum, status| match status {
                ItemStatus::Done => Self {
                    done: sum.done + 1,
                    total: sum.total + 1,
                },
                ItemStatus::Todo
                | ItemStatus::InProgress
                | ItemStatus::Review
                | ItemStatus::Blocked => Self {
                    total: sum.total + 1,
                    ..sum
                },
                ItemStatus::Cancelled => sum,
            })
    }

    /// Whole percent, rounded down, so that 100 means all; `None` without items.
    pub const fn percent(self) -> Option<u64> {
        (self.done * 100).checked_div(self.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_whole_only_when_everything_is_done() {
        use ItemStatus::{Cancelled, Done, Todo};
        let mut nearly = vec![Done; 999];
        nearly.push(Todo);
        let percent = |statuses: &[ItemStatus]| Progress::of(statuses.iter().copied()).percent();
        assert_eq!(
            [
                &[][..],
                &[Cancelled],
                &[Done, Cancelled],
                &[Done, Todo, Todo],
                &nearly
            ]
            .map(percent),
            [None, None, Some(100), Some(33), Some(99)]
        );
    }
}
