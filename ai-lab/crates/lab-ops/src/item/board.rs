//! Items by where they stand.

use lab_model::ItemStatus;
use lab_model::query::{Said, parse_query};
use lab_store::{ItemFilter, ItemLine, ItemOrder, PageRequest};
use serde::Serialize;

use super::list::{ListItemsError, looked_up};
use crate::{By, Lab, LabError};

/// The statuses of a board's columns unless words say others, from left to right.
const COLUMNS: [ItemStatus; 5] = [
    ItemStatus::Todo,
    ItemStatus::InProgress,
    ItemStatus::Review,
    ItemStatus::Blocked,
    ItemStatus::Done,
];

/// A column of a board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BoardColumn {
    /// Where its items stand.
    pub status: &'static str,
    /// The most pressing of them.
    pub cards: Vec<BoardCard>,
    /// How many there are in all; so many or more where `total_is_exact` is false.
    pub total: u64,
    /// Whether counting went to the end.
    pub total_is_exact: bool,
}

/// An item on a board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BoardCard {
    /// What people call it.
    pub label: String,
    /// What is to be done, in one line.
    pub title: String,
    /// How much it matters.
    pub priority: &'static str,
    /// By which day it should be done.
    pub due: Option<String>,
    /// Whether that day is over.
    pub is_late: bool,
    /// Who does it.
    pub assignee: Option<String>,
    /// Whether it can be started now.
    pub is_ready: bool,
    /// How often it was written.
    pub revision: u64,
}

/// The items that words say, column by column, at most so many in each.
pub fn board(
    lab: &Lab,
    by: &By,
    words: &str,
    most: u32,
) -> Result<Vec<BoardColumn>, ListItemsError> {
    let said = Said {
        by: &by.actor.name,
        on: by.at.day_utc(),
    };
    let query = parse_query([words], said)?;
    let shown: Vec<ItemStatus> = match (query.statuses.as_slice(), query.all) {
        ([], false) => COLUMNS.to_vec(),
        ([], true) => ItemStatus::ALL.to_vec(),
        (chosen, _) => {
            let all = COLUMNS.into_iter().chain([ItemStatus::Cancelled]);
            all.filter(|status| chosen.contains(status)).collect()
        }
    };
    Ok(lab.read(by.at, |tx| {
        let filter = looked_up(tx, query)?;
        let page = PageRequest {
            after: None,
            limit: Some(most),
        };
        let mut columns = Vec::new();
        for status in shown {
            let filter = ItemFilter {
                statuses: vec![status],
                ..filter.clone()
            };
            let found = tx.item_page(&filter, ItemOrder::Pressing, &page)?;
            let (total, total_is_exact) = crate::counted(found.total);
            columns.push(BoardColumn {
                status: status.as_str(),
                cards: found.lines.into_iter().map(|line| card(line, by)).collect(),
                total,
                total_is_exact,
            });
        }
        Ok::<_, crate::lab::Inner<LabError>>(columns)
    })?)
}

fn card(line: ItemLine, by: &By) -> BoardCard {
    let is_open = !line.status.is_settled();
    BoardCard {
        label: line.label.to_string(),
        title: line.title,
        priority: line.priority.as_str(),
        is_late: is_open && line.due.is_some_and(|due| due < by.at.day_utc()),
        due: line.due.map(|due| due.to_string()),
        assignee: line.assignee,
        is_ready: line.stand == lab_model::ready::Stand::Ready,
        revision: line.revision,
    }
}
