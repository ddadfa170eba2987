//! Lists items.

use ai_lab_contract::ErrorClass;
use lab_model::query::{Due, ItemQuery, QueryError, Said, parse_query};
use lab_model::{EntityKind, Label, Uid};
use lab_store::{DueFilter, ItemFilter, ItemOrder, PageRequest, Reader, StoreError};

use super::{ItemRow, ItemRows};
use crate::{By, Failure, Lab, LabError};

/// Which part of a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paging {
    /// What comes behind the item of this label.
    pub after: Option<Label>,
    /// At most so many; `None` means all.
    pub limit: Option<u32>,
}

impl From<Paging> for PageRequest {
    fn from(paging: Paging) -> Self {
        Self {
            after: paging.after,
            limit: paging.limit,
        }
    }
}

/// Why items were not listed.
#[derive(Debug, thiserror::Error)]
pub enum ListItemsError {
    /// The lab could not be read, or something named is not there.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// The words are no question.
    #[error(transparent)]
    Query(#[from] QueryError),
}

impl Failure for ListItemsError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Lab(error) => error.class(),
            Self::Query(_) => ErrorClass::InvalidInput,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Lab(error) => error.hint(),
            Self::Query(_) => Some("`ai-lab item list --help` explains the words".to_owned()),
        }
    }
}

/// Lists a page of items by label.
///
/// `words` are a query as people say it, see [`lab_model::query`]; `flags` holds beside it what was said otherwise.
pub fn list(
    lab: &Lab,
    by: &By,
    words: &[String],
    flags: ItemQuery,
    paging: Paging,
) -> Result<ItemRows, ListItemsError> {
    page(lab, by, words, flags, ItemOrder::Label, paging)
}

/// Lists a page of what can be started now, the most pressing first.
pub fn ready(
    lab: &Lab,
    by: &By,
    words: &[String],
    paging: Paging,
) -> Result<ItemRows, ListItemsError> {
    let flags = ItemQuery {
        stands: vec![lab_model::ready::Stand::Ready],
        ..ItemQuery::default()
    };
    page(lab, by, words, flags, ItemOrder::Pressing, paging)
}

fn page(
    lab: &Lab,
    by: &By,
    words: &[String],
    flags: ItemQuery,
    order: ItemOrder,
    paging: Paging,
) -> Result<ItemRows, ListItemsError> {
    let said = Said {
        by: &by.actor.name,
        on: by.at.day_utc(),
    };
    let query = and(parse_query(words.iter().map(String::as_str), said)?, flags);
    Ok(lab.read(by.at, |tx| {
        let filter = looked_up(tx, query)?;
        let page = tx.item_page(&filter, order, &paging.into())?;
        Ok::<_, crate::lab::Inner<LabError>>(ItemRows::new(page))
    })?)
}

/// What words and flags ask for together.
fn and(mut words: ItemQuery, flags: ItemQuery) -> ItemQuery {
    words.statuses.extend(flags.statuses);
    words.priorities.extend(flags.priorities);
    words.types.extend(flags.types);
    words.stands.extend(flags.stands);
    words.projects.extend(flags.projects);
    words.milestones.extend(flags.milestones);
    words.parents.extend(flags.parents);
    words.assignees.extend(flags.assignees);
    words.labels.extend(flags.labels);
    words.without_labels.extend(flags.without_labels);
    words.due = words.due.or(flags.due);
    words.text = match (words.text, flags.text) {
        (Some(one), Some(other)) => Some(format!("{one} {other}")),
        (one, other) => one.or(other),
    };
    words.all |= flags.all;
    words
}

/// The query with uids instead of names.
pub(crate) fn looked_up(tx: &dyn Reader, query: ItemQuery) -> Result<ItemFilter, StoreError> {
    let names = |kind: EntityKind, names: Vec<Option<String>>| {
        names
            .into_iter()
            .map(|name| name.map(|name| tx.resolve(kind, &name)).transpose())
            .collect::<Result<Vec<Option<Uid>>, StoreError>>()
    };
    Ok(ItemFilter {
        projects: names(EntityKind::Project, query.projects)?,
        milestones: names(EntityKind::Milestone, query.milestones)?,
        parents: names(EntityKind::Item, query.parents)?,
        statuses: query.statuses,
        priorities: query.priorities,
        types: query.types,
        stands: query.stands,
        assignees: query.assignees,
        labels: query.labels,
        without_labels: query.without_labels,
        due: query.due.map(|due| match due {
            Due::Never => DueFilter::Never,
            Due::Between(from, to) => DueFilter::Between(from, to),
        }),
        text: query.text,
        all: query.all,
    })
}

impl ItemRows {
    fn new(page: lab_store::ItemPage) -> Self {
        let next = page.more.then(|| page.lines.last()).flatten();
        let (total, total_is_exact) = crate::counted(page.total);
        Self {
            next: next.map(|line| line.label.to_string()),
            items: page.lines.into_iter().map(ItemRow::of_line).collect(),
            total,
            total_is_exact,
        }
    }
}
