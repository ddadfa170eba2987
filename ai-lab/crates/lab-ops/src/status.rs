//! The lab on one screen.

use lab_model::ready::{Hindrance, hindrances};
use lab_model::{Day, EntityKind, ItemStatus, Moment, Priority, WorkItem};
use lab_store::{ItemFilter, Reader, StoreError};
use serde::Serialize;

use crate::item::ItemRow;
use crate::names::Labels;
use crate::project::{ProjectRow, progress_by};
use crate::{Lab, LabError};

/// How many ready items the screen shows.
const READY: u32 = 5;

/// How many items under way, and how many blocked ones, the screen shows.
const SHOWN: usize = 10;

/// How far ahead a milestone is due soon, in days.
const SOON: i32 = 30;

/// What a lab is at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StatusView {
    /// The projects that are not settled, with their progress.
    pub projects: Vec<ProjectStanding>,
    /// What someone is at, or waits for someone's look: the ten most pressing.
    pub in_progress: Vec<StatusItem>,
    /// How many are under way in all.
    pub in_progress_total: u64,
    /// What could be started next: the five most pressing.
    pub ready: Vec<StatusItem>,
    /// How many could be started in all.
    pub ready_total: u64,
    /// What cannot go on, and why: the ten most pressing.
    pub blocked: Vec<StatusItem>,
    /// How many cannot go on in all.
    pub blocked_total: u64,
    /// Milestones that are late, or due within 30 days.
    pub milestones: Vec<MilestoneDue>,
    /// How many ideas wait to become something.
    pub open_ideas: u64,
}

/// A project with what is going on in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProjectStanding {
    /// What a listing shows.
    #[serde(flatten)]
    pub row: ProjectRow,
    /// Items under way.
    pub in_progress: u64,
    /// Items that cannot go on.
    pub blocked: u64,
}

/// An item on the screen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StatusItem {
    /// What a listing shows.
    #[serde(flatten)]
    pub row: ItemRow,
    /// Why it cannot go on; empty unless blocked.
    pub why: Vec<String>,
    /// How many days it is late; `null` where it is not.
    pub days_late: Option<i32>,
}

/// A milestone on the screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MilestoneDue {
    /// What people call it.
    pub label: String,
    /// Its name.
    pub title: String,
    /// By which day it should be reached.
    pub due: String,
    /// How many days are left; negative for a late one.
    pub days_left: i32,
    /// Items that are done.
    pub items_done: u64,
    /// Items that are done or still to be done.
    pub items_total: u64,
}

/// Gathers the screen; `at` says what is late (in UTC).
pub fn status(lab: &Lab, at: Moment) -> Result<StatusView, LabError> {
    lab.read(at, |tx| {
        let today = at.day_utc();
        let kinds = [EntityKind::Project, EntityKind::Milestone, EntityKind::Item];
        let labels = Labels::of(tx, &kinds)?;
        let items = tx.items(&ItemFilter {
            all: true,
            ..ItemFilter::default()
        })?;
        let ready = tx.ready(None)?;
        let show = |item: &WorkItem, why| StatusItem {
            row: ItemRow::new(item, &labels),
            why,
            days_late: item
                .due
                .map(|due| due.days_until(today))
                .filter(|days| *days > 0),
        };
        let at_work = most_pressing(
            items
                .iter()
                .filter(|it| is_at_work(it) && reasons(it).is_none()),
        );
        let stuck = most_pressing(items.iter().filter(|item| reasons(item).is_some()));
        Ok(StatusView {
            projects: projects(tx, &items)?,
            in_progress: at_work
                .iter()
                .take(SHOWN)
                .map(|item| show(item, Vec::new()))
                .collect(),
            in_progress_total: at_work.len() as u64,
            ready_total: ready.len() as u64,
            ready: ready
                .iter()
                .take(READY as usize)
                .map(|item| show(item, Vec::new()))
                .collect(),
            blocked: stuck
                .iter()
                .take(SHOWN)
                .map(|it| show(it, reasons(it).unwrap_or_default()))
                .collect(),
            blocked_total: stuck.len() as u64,
            milestones: milestones(tx, &items, today)?,
            open_ideas: tx
                .ideas()?
                .iter()
                .filter(|it| it.status.is_open() && !it.head.archived)
                .count() as u64,
        })
    })
}

fn is_at_work(item: &WorkItem) -> bool {
    matches!(item.status, ItemStatus::InProgress | ItemStatus::Review) && !item.head.archived
}

/// Why an open item cannot go on; `None` where it can, or only waits for others.
fn reasons(item: &WorkItem) -> Option<Vec<String>> {
    if item.status.is_settled() || item.head.archived {
        return None;
    }
    let blockers: Vec<String> = hindrances(item, |_| Some(ItemStatus::Done))
        .into_iter()
        .filter_map(|hindrance| match hindrance {
            Hindrance::Blocker(text) => Some(text),
            Hindrance::Status(_)
            | Hindrance::Draft
            | Hindrance::Archived
            | Hindrance::Waits(_)
            | Hindrance::Unresolved(_) => None,
        })
        .collect();
    (item.status == ItemStatus::Blocked || !blockers.is_empty()).then_some(blockers)
}

fn most_pressing<'a>(items: impl Iterator<Item = &'a WorkItem>) -> Vec<&'a WorkItem> {
    let mut items: Vec<&WorkItem> = items.collect();
    // Stable: what matters as much stays in the order of labels.
    items.sort_by_key(|item| {
        (
            std::cmp::Reverse::<Priority>(item.priority),
            item.due.is_none(),
            item.due,
        )
    });
    items
}

fn projects(tx: &dyn Reader, items: &[WorkItem]) -> Result<Vec<ProjectStanding>, StoreError> {
    let progress = progress_by(items, |item| item.project.as_ref());
    let standing = |project: &lab_model::Project| {
        let uid = &project.head.uid;
        let own = || {
            items
                .iter()
                .filter(|item| item.project.as_ref() == Some(uid))
        };
        let count =
            |matches: &dyn Fn(&WorkItem) -> bool| own().filter(|item| matches(item)).count() as u64;
        ProjectStanding {
            row: ProjectRow::new(project, progress.get(uid).copied().unwrap_or_default()),
            in_progress: count(&|item| is_at_work(item) && reasons(item).is_none()),
            blocked: count(&|item| reasons(item).is_some()),
        }
    };
    let projects = tx.projects()?;
    let open = projects
        .iter()
        .filter(|it| !it.head.archived && !it.status.is_settled());
    Ok(open.map(standing).collect())
}

fn milestones(
    tx: &dyn Reader,
    items: &[WorkItem],
    today: Day,
) -> Result<Vec<MilestoneDue>, StoreError> {
    let progress = progress_by(items, |item| item.milestone.as_ref());
    let mut found: Vec<MilestoneDue> = tx
        .milestones()?
        .into_iter()
        .filter(|milestone| !milestone.head.archived && !milestone.status.is_settled())
        .filter_map(|milestone| {
            let due = milestone.due?;
            let progress = progress
                .get(&milestone.head.uid)
                .copied()
                .unwrap_or_default();
            Some(MilestoneDue {
                label: milestone.head.label.to_string(),
                title: milestone.title,
                due: due.to_string(),
                days_left: today.days_until(due),
                items_done: progress.done,
                items_total: progress.total,
            })
        })
        .filter(|milestone| milestone.days_left <= SOON)
        .collect();
    found.sort_by_key(|milestone| milestone.days_left);
    Ok(found)
}
