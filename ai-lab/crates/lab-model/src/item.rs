//! Work items.

use std::collections::BTreeSet;

use crate::entity::{Entity, EntityKind, Head, heads};
use crate::facts::Facts;
use crate::patch::{ListPatch, Patch, SetPatch, set};
use crate::words::words;
use crate::{
    Blocker, Claim, Criterion, Day, Dependency, GithubLink, Hours, Label, Moment, Tag, TimeEntry,
    Uid,
};

words! {
    /// Where a work item stands.
    ItemStatus, "item status", {
        /// Not begun.
        Todo = "todo",
        /// Someone is at it.
        InProgress = "in_progress",
        /// Waits for someone's look.
        Review = "review",
        /// Finished.
        Done = "done",
        /// Cannot go on.
        Blocked = "blocked",
        /// Will not be done.
        Cancelled = "cancelled",
    }
}

impl ItemStatus {
    /// Whether nothing more will happen: done or cancelled. What depends on it may go on.
    pub const fn is_settled(self) -> bool {
        match self {
            Self::Done | Self::Cancelled => true,
            Self::Todo | Self::InProgress | Self::Review | Self::Blocked => false,
        }
    }
}

words! {
    /// How much it matters, from the least to the most.
    Priority, "priority", {
        /// When there is nothing else.
        Low = "low",
        /// In its turn.
        Medium = "medium",
        /// Before others.
        High = "high",
        /// Before everything.
        Critical = "critical",
    }
}

words! {
    /// What kind of work it is.
    ItemType, "item type", {
        /// Something new.
        Feature = "feature",
        /// Something wrong.
        Bug = "bug",
        /// Anything else that is to be done.
        Task = "task",
        /// Something to be found out.
        Research = "research",
        /// Something to be written down.
        Documentation = "documentation",
        /// What the rest runs on.
        Infrastructure = "infrastructure",
    }
}

/// A piece of work.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkItem {
    /// Identity, label, revision, times.
    pub head: Head,
    /// What is to be done, in one line.
    pub title: String,
    /// What is to be done, at length; may be empty.
    pub description: String,
    /// Where it stands.
    pub status: ItemStatus,
    /// Where `unblock` goes back to; `None` unless blocked.
    pub blocked_from: Option<ItemStatus>,
    /// How much it matters.
    pub priority: Priority,
    /// What kind of work it is.
    pub item_type: ItemType,
    /// The person's own word for the kind.
    pub category: Option<String>,
    /// The project it belongs to.
    pub project: Option<Uid>,
    /// The item it is a part of.
    pub parent: Option<Uid>,
    /// The milestone it counts for.
    pub milestone: Option<Uid>,
    /// Who does it.
    pub assignee: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// Labels, in the sense of tags.
    pub labels: BTreeSet<Tag>,
    /// Items that have to be settled first.
    pub dependencies: BTreeSet<Dependency>,
    /// What must hold when it is done, in order.
    pub criteria: Vec<Criterion>,
    /// What kept or keeps it from going on, in order.
    pub blockers: Vec<Blocker>,
    /// How long it should take.
    pub estimated_hours: Option<Hours>,
    /// Hours spent that have no entry, such as an imported total; `None` is unknown, not 0.
    pub spent_hours: Option<Hours>,
    /// Hours spent, entry by entry, in order of writing.
    pub time_entries: Vec<TimeEntry>,
    /// By which day it should be done.
    pub due: Option<Day>,
    /// When it was started first.
    pub started_at: Option<Moment>,
    /// When it was settled; `None` while open, or where the source of an import did not say.
    pub settled_at: Option<Moment>,
    /// Who said to be at it; `None` where nobody did, or whoever did let go.
    pub claim: Option<Claim>,
    /// Whatever else is worth keeping.
    pub notes: Option<String>,
    /// Where the source of an import kept it: opaque text, never opened.
    pub file_path: Option<String>,
    /// Its issue on GitHub.
    pub github: Option<GithubLink>,
    /// Not yet meant to be worked on.
    pub is_draft: bool,
}

impl WorkItem {
    /// A task of medium priority to do, with nothing but a title.
    pub fn new(head: Head, title: String) -> Self {
        Self {
            head,
            title,
            description: String::new(),
            status: ItemStatus::Todo,
            blocked_from: None,
            priority: Priority::Medium,
            item_type: ItemType::Task,
            category: None,
            project: None,
            parent: None,
            milestone: None,
            assignee: None,
            author: None,
            labels: BTreeSet::new(),
            dependencies: BTreeSet::new(),
            criteria: Vec::new(),
            blockers: Vec::new(),
            estimated_hours: None,
            spent_hours: None,
            time_entries: Vec::new(),
            due: None,
            started_at: None,
            settled_at: None,
            claim: None,
            notes: None,
            file_path: None,
            github: None,
            is_draft: false,
        }
    }

    /// All hours spent; `None` where nothing is known.
    pub fn total_spent(&self) -> Option<Hours> {
        let entries = self.time_entries.iter().map(|entry| entry.hours);
        let known: Vec<f64> = self
            .spent_hours
            .into_iter()
            .chain(entries)
            .map(Hours::as_f64)
            .collect();
        if known.is_empty() {
            None
        } else {
            Hours::try_from(known.iter().sum::<f64>()).ok()
        }
    }

    /// The blockers that still hold.
    pub fn open_blockers(&self) -> impl Iterator<Item = &Blocker> {
        self.blockers.iter().filter(|blocker| blocker.open)
    }

    /// The criteria that do not hold yet.
    pub fn open_criteria(&self) -> impl Iterator<Item = &Criterion> {
        self.criteria.iter().filter(|criterion| !criterion.done)
    }
}

impl Entity for WorkItem {
    const KIND: EntityKind = EntityKind::Item;
    heads!();

    fn facts(&self) -> Facts {
        let mut facts = Facts::of_head(&self.head);
        facts.text("title", &self.title);
        facts.text("description", &self.description);
        facts.word("status", self.status.as_str());
        facts.optional("blocked_from", self.blocked_from);
        facts.word("priority", self.priority.as_str());
        facts.word("item_type", self.item_type.as_str());
        facts.optional("category", self.category.as_ref());
        facts.optional("project", self.project.as_ref());
        facts.optional("parent", self.parent.as_ref());
        facts.optional("milestone", self.milestone.as_ref());
        facts.optional("assignee", self.assignee.as_ref());
        facts.optional("author", self.author.as_ref());
        facts.set("labels", self.labels.iter().map(Tag::as_str));
        facts.dependencies(&self.dependencies);
        facts.criteria(&self.criteria);
        facts.blockers(&self.blockers);
        facts.optional("estimated_hours", self.estimated_hours);
        facts.optional("spent_hours", self.spent_hours);
        facts.time_entries(&self.time_entries);
        facts.optional("due", self.due);
        facts.optional("started_at", self.started_at);
        facts.optional("settled_at", self.settled_at);
        facts.claim(self.claim.as_ref());
        facts.optional("notes", self.notes.as_ref());
        facts.optional("file_path", self.file_path.as_ref());
        facts.github(self.github.as_ref());
        facts.flag("is_draft", self.is_draft);
        facts
    }
}

/// An edit of a work item. Status moves by [`crate::steps`] instead, where rules hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemPatch {
    /// A new label; the old one becomes an alias.
    pub label: Option<Label>,
    /// See [`WorkItem::title`].
    pub title: Option<String>,
    /// See [`WorkItem::description`].
    pub description: Option<String>,
    /// See [`WorkItem::priority`].
    pub priority: Option<Priority>,
    /// See [`WorkItem::item_type`].
    pub item_type: Option<ItemType>,
    /// See [`WorkItem::category`].
    pub category: Patch<String>,
    /// See [`WorkItem::project`].
    pub project: Patch<Uid>,
    /// See [`WorkItem::parent`].
    pub parent: Patch<Uid>,
    /// See [`WorkItem::milestone`].
    pub milestone: Patch<Uid>,
    /// See [`WorkItem::assignee`].
    pub assignee: Patch<String>,
    /// See [`WorkItem::labels`].
    pub labels: SetPatch<Tag>,
    /// See [`WorkItem::dependencies`].
    pub dependencies: SetPatch<Dependency>,
    /// See [`WorkItem::criteria`].
    pub criteria: ListPatch<Criterion>,
    /// Criteria that now hold, with what shows it.
    pub criteria_done: Vec<(Uid, Option<String>)>,
    /// Criteria that no longer hold.
    pub criteria_open: Vec<Uid>,
    /// See [`WorkItem::estimated_hours`].
    pub estimated_hours: Patch<Hours>,
    /// See [`WorkItem::time_entries`].
    pub time_entries: Vec<TimeEntry>,
    /// See [`WorkItem::due`].
    pub due: Patch<Day>,
    /// See [`WorkItem::notes`].
    pub notes: Patch<String>,
    /// See [`WorkItem::is_draft`].
    pub is_draft: Option<bool>,
    /// See [`Head::archived`].
    pub archived: Option<bool>,
}

impl ItemPatch {
    /// Carries the edit out.
    pub fn apply(self, item: &mut WorkItem) {
        set(self.label, &mut item.head.label);
        set(self.archived, &mut item.head.archived);
        set(self.title, &mut item.title);
        set(self.description, &mut item.description);
        set(self.priority, &mut item.priority);
        set(self.item_type, &mut item.item_type);
        set(self.is_draft, &mut item.is_draft);
        self.category.apply(&mut item.category);
        self.project.apply(&mut item.project);
        self.parent.apply(&mut item.parent);
        self.milestone.apply(&mut item.milestone);
        self.assignee.apply(&mut item.assignee);
        self.labels.apply(&mut item.labels);
        self.dependencies.apply(&mut item.dependencies);
        self.criteria.apply(&mut item.criteria);
        self.estimated_hours.apply(&mut item.estimated_hours);
        self.due.apply(&mut item.due);
        self.notes.apply(&mut item.notes);
        item.time_entries.extend(self.time_entries);
        for criterion in &mut item.criteria {
            if let Some((_, evidence)) = self
                .criteria_done
                .iter()
                .find(|(uid, _)| *uid == criterion.uid)
            {
                criterion.done = true;
                criterion.evidence = evidence.clone().or_else(|| criterion.evidence.take());
            }
            if self.criteria_open.contains(&criterion.uid) {
                criterion.done = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item() -> WorkItem {
        let at = Moment::from_ms(0).expect("in range");
        let label = "FRM-001".parse().expect("a label");
        WorkItem::new(
            Head::new(Uid::from_parts(0, [0; 10]), label, at),
            "t".to_owned(),
        )
    }

    #[test]
    fn hours_that_nobody_knows_are_not_zero() {
        let hours = |number: f64| Hours::try_from(number).ok();
        let mut item = item();
        assert_eq!(item.total_spent(), None);
        item.spent_hours = hours(0.0);
        assert_eq!(item.total_spent(), hours(0.0));
        let uid = Uid::from_parts(9, [0; 10]);
        let at = Moment::from_ms(0).expect("in range");
        let spent = hours(1.5).expect("hours");
        item.time_entries = vec![TimeEntry {
            uid,
            hours: spent,
            at,
            who: String::new(),
            note: String::new(),
        }];
        assert_eq!(item.total_spent(), hours(1.5));
    }

    #[test]
    fn criteria_are_ticked_by_their_identity() {
        let uid = |number| Uid::from_parts(number, [0; 10]);
        let criterion = |number, done, evidence: Option<&str>| Criterion {
            uid: uid(number),
            text: number.to_string(),
            done,
            evidence: evidence.map(str::to_owned),
        };
        let mut item = item();
        item.criteria = vec![
            criterion(1, false, Some("seen")),
            criterion(2, true, None),
            criterion(3, false, None),
        ];
        let patch = ItemPatch {
            criteria: ListPatch {
                add: vec![criterion(4, false, None)],
                remove: vec![uid(3)],
            },
            criteria_done: vec![(uid(1), None), (uid(4), Some("commit".to_owned()))],
            criteria_open: vec![uid(2)],
            ..ItemPatch::default()
        };
        patch.apply(&mut item);
        assert_eq!(
            item.criteria,
            [
                criterion(1, true, Some("seen")),
                criterion(2, false, None),
                criterion(4, true, Some("commit"))
            ]
        );
    }

    #[test]
    fn a_word_reads_back_and_a_wrong_one_is_told_with_the_right_ones() {
        for status in ItemStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(*status));
            let json = serde_json::to_string(status).expect("a word is JSON");
            assert_eq!(
                serde_json::from_str::<ItemStatus>(&json).ok(),
                Some(*status)
            );
        }
        let wrong = "completed"
            .parse::<ItemStatus>()
            .map_err(|error| error.to_string());
        let told =
            "`completed` is no item status: todo, in_progress, review, done, blocked, cancelled";
        assert_eq!(wrong, Err(told.to_owned()));
        assert!(Priority::Low < Priority::Medium && Priority::High < Priority::Critical);
    }
}
