//! The lab on one screen.

use std::collections::BTreeMap;

use lab_model::ready::Stand;
use lab_model::{Day, Moment, Uid};
use lab_store::{ItemFilter, ItemLine, ItemOrder, PageRequest, Reader, StoreError, Tallies};
use serde::Serialize;

use crate::item::ItemRow;
use crate::project::ProjectRow;
use crate::{Lab, LabError};

/// How many ready items the screen shows.
const READY: u32 = 5;

/// How many items under way, and how many blocked ones, the screen shows.
const SHOWN: u32 = 10;

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
        let in_progress = standing(tx, Stand::UnderWay, SHOWN)?;
        let ready = standing(tx, Stand::Ready, READY)?;
        let blocked = standing(tx, Stand::Blocked, SHOWN)?;
        let tallies = tx.tallies(None)?;
        let by_owner = tx.tallies_by_owner()?;
        let plain = |line| shown(line, Vec::new(), today);
        Ok(StatusView {
            projects: projects(tx, &by_owner)?,
            in_progress: in_progress.into_iter().map(plain).collect(),
            in_progress_total: tallies.standing(Stand::UnderWay),
            ready: ready.into_iter().map(plain).collect(),
            ready_total: tallies.standing(Stand::Ready),
            blocked: blocked
                .into_iter()
                .map(|line| Ok(shown(line.clone(), reasons(tx, &line)?, today)))
                .collect::<Result<_, StoreError>>()?,
            blocked_total: tallies.standing(Stand::Blocked),
            milestones: milestones(tx, &by_owner, today)?,
            open_ideas: tx
                .ideas()?
                .iter()
                .filter(|it| it.status.is_open() && !it.head.archived)
                .count() as u64,
        })
    })
}

/// The most pressing items that stand there.
fn standing(tx: &dyn Reader, stand: Stand, most: u32) -> Result<Vec<ItemLine>, StoreError> {
    let filter = ItemFilter {
        stands: vec![stand],
        ..ItemFilter::default()
    };
    let page = PageRequest {
        after: None,
        limit: Some(most),
    };
    Ok(tx.item_page(&filter, ItemOrder::Pressing, &page)?.lines)
}

fn shown(line: ItemLine, why: Vec<String>, today: Day) -> StatusItem {
    let days_late = line.due.map(|due| due.days_until(today));
    StatusItem {
        row: ItemRow::of_line(line),
        why,
        days_late: days_late.filter(|days| *days > 0),
    }
}

/// The open blockers of an item.
fn reasons(tx: &dyn Reader, line: &ItemLine) -> Result<Vec<String>, StoreError> {
    let item = tx.item(&line.uid)?;
    let blockers = item.iter().flat_map(lab_model::WorkItem::open_blockers);
    Ok(blockers.map(|blocker| blocker.text.clone()).collect())
}

fn projects(
    tx: &dyn Reader,
    tallies: &BTreeMap<Uid, Tallies>,
) -> Result<Vec<ProjectStanding>, StoreError> {
    let standing = |project: &lab_model::Project| {
        let of = tallies.get(&project.head.uid).cloned().unwrap_or_default();
        ProjectStanding {
            row: ProjectRow::new(project, of.progress()),
            in_progress: of.standing(Stand::UnderWay),
            blocked: of.standing(Stand::Blocked),
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
    tallies: &BTreeMap<Uid, Tallies>,
    today: Day,
) -> Result<Vec<MilestoneDue>, StoreError> {
    let mut found: Vec<MilestoneDue> = tx
        .milestones()?
        .into_iter()
        .filter(|milestone| !milestone.head.archived && !milestone.status.is_settled())
        .filter_map(|milestone| {
            let due = milestone.due?;
            let progress = tallies.get(&milestone.head.uid).map(Tallies::progress);
            let progress = progress.unwrap_or_default();
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
