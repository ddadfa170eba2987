//! Changes the fields of every item that words say.

use ai_lab_contract::ErrorClass;
use lab_model::query::{ItemQuery, QueryError, Said, parse_query};
use lab_model::{Entity, changes};
use lab_store::Writer;
use serde::Serialize;

use super::edit::{EditItemError, ItemEdit, edited};
use super::list::looked_up;
use crate::history::Names;
use crate::lab::Inner;
use crate::{By, Failure, Lab, LabError};

/// How many items are changed at once: more is an import.
const MOST_ITEMS: usize = 10_000;

/// What was changed, or would be. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EditedAll {
    /// Those that it makes a difference to.
    pub items: Vec<EditedRow>,
    /// How many the words say in all.
    pub matched: usize,
    /// Whether it was carried out.
    pub is_done: bool,
}

/// One item with what changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EditedRow {
    /// What people call it.
    pub label: String,
    /// Its title.
    pub title: String,
    /// A sentence a fact.
    pub changes: Vec<String>,
}

/// Why items were not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditAllError {
    /// One of them cannot be changed so.
    #[error(transparent)]
    Edit(#[from] EditItemError),
    /// The words are no question.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// What only one item can have.
    #[error("{field} cannot be the same for many")]
    OfOneAlone {
        /// The field.
        field: &'static str,
    },
    /// The words say everything there is.
    #[error("no words say which items")]
    NoWords,
    /// Too many.
    #[error("{matched} items, more than the {MOST_ITEMS} that are changed at once")]
    TooMany {
        /// How many.
        matched: usize,
    },
}

impl From<LabError> for EditAllError {
    fn from(error: LabError) -> Self {
        Self::Edit(error.into())
    }
}

impl Failure for EditAllError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Edit(error) => error.class(),
            Self::Query(_) | Self::OfOneAlone { .. } | Self::NoWords => ErrorClass::InvalidInput,
            Self::TooMany { .. } => ErrorClass::Refused,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Edit(error) => error.hint(),
            Self::Query(_) | Self::NoWords => {
                Some("`ai-lab item list --help` explains the words".to_owned())
            }
            Self::OfOneAlone { .. } | Self::TooMany { .. } => None,
        }
    }
}

/// Changes every item that words say, as one; `carry_out` false only tells what would change.
pub fn edit_all(
    lab: &Lab,
    by: &By,
    words: &str,
    edit: &ItemEdit,
    carry_out: bool,
) -> Result<EditedAll, EditAllError> {
    check_of_many(edit)?;
    let said = Said {
        by: &by.actor.name,
        on: by.at.day_utc(),
    };
    let query = parse_query([words], said)?;
    if query == ItemQuery::default() {
        return Err(EditAllError::NoWords);
    }
    lab.write(by, "item.edit", None, |tx| {
        let items = tx.items(&looked_up(tx, query)?)?;
        let matched = items.len();
        if matched > MOST_ITEMS {
            return Err(Inner::Own(EditAllError::TooMany { matched }));
        }
        let mut rows = Vec::new();
        let mut names = Names::default();
        for before in items {
            let after = edited(tx, by, before.clone(), edit.clone()).map_err(Inner::widened)?;
            if let Some(row) = row(tx, &mut names, &before, &after)? {
                rows.push(row);
                if carry_out {
                    tx.update_item(&after)?;
                }
            }
        }
        Ok(EditedAll {
            items: rows,
            matched,
            is_done: carry_out,
        })
    })
}

fn check_of_many(edit: &ItemEdit) -> Result<(), EditAllError> {
    let of_one = [
        (edit.patch.label.is_some(), "a label to go by"),
        (edit.patch.title.is_some(), "a title"),
        (edit.spent.is_some(), "time spent"),
    ];
    match of_one.into_iter().find(|(is_given, _)| *is_given) {
        Some((_, field)) => Err(EditAllError::OfOneAlone { field }),
        None => Ok(()),
    }
}

fn row(
    tx: &dyn Writer,
    names: &mut Names,
    before: &lab_model::WorkItem,
    after: &lab_model::WorkItem,
) -> Result<Option<EditedRow>, lab_store::StoreError> {
    let mut sentences = Vec::new();
    for change in changes(&before.facts(), &after.facts()) {
        let field = change.fact.name();
        if field.ends_with(".position") {
            continue;
        }
        let nothing = || "nothing".to_owned();
        let was = names.text(tx, &field, change.before.as_ref())?;
        let is = names.text(tx, &field, change.after.as_ref())?;
        sentences.push(format!(
            "{field}: {} → {}",
            was.unwrap_or_else(nothing),
            is.unwrap_or_else(nothing)
        ));
    }
    Ok((!sentences.is_empty()).then(|| EditedRow {
        label: before.head.label.to_string(),
        title: before.title.clone(),
        changes: sentences,
    }))
}
