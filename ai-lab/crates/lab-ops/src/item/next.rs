//! The item to work on next.

use lab_model::EntityKind;
use lab_model::query::{ItemQuery, Said, parse_query};
use lab_model::ready::Stand;
use lab_store::{ItemFilter, ItemOrder, PageRequest, Reader, StoreError};

use super::list::{ListItemsError, looked_up};
use super::moves::{Move, go};
use super::step::StepItemError;
use super::view::{ItemView, view};
use crate::lab::Inner;
use crate::names::OrMissing;
use crate::{By, Failure, Lab, LabError};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum NextItemError {
    /// The lab could not be read, or the words are no question.
    #[error(transparent)]
    List(#[from] ListItemsError),
    /// It could not be claimed.
    #[error(transparent)]
    Step(#[from] StepItemError),
}

impl From<LabError> for NextItemError {
    fn from(error: LabError) -> Self {
        Self::List(error.into())
    }
}

impl Failure for NextItemError {
    fn class(&self) -> ai_lab_contract::ErrorClass {
        match self {
            Self::List(error) => error.class(),
            Self::Step(error) => error.class(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::List(error) => error.hint(),
            Self::Step(error) => error.hint(),
        }
    }
}

/// The most pressing item that can be started now, of those that words say; `None` where there is none.
///
/// With a claim it is taken in the same write, so that two who ask at once are given two.
pub fn next(
    lab: &Lab,
    by: &By,
    words: &[String],
    claim: Option<&Move>,
) -> Result<Option<ItemView>, NextItemError> {
    let said = Said {
        by: &by.actor.name,
        on: by.at.day_utc(),
    };
    let query =
        parse_query(words.iter().map(String::as_str), said).map_err(ListItemsError::from)?;
    match claim {
        None => lab.read(by.at, |tx| Ok(first(tx, query)?)),
        Some(claim) => lab.write(by, claim.verb(), claim.reason(), |tx| {
            let Some(found) = first(tx, query)? else {
                return Ok(None);
            };
            let uid = tx.resolve(EntityKind::Item, &found.uid)?;
            go(tx, by, &uid, claim).map_err(Inner::widened)?;
            Ok(Some(view(tx, &uid)?.or_missing(EntityKind::Item, &uid)?))
        }),
    }
}

fn first(tx: &dyn Reader, query: ItemQuery) -> Result<Option<ItemView>, StoreError> {
    let filter = ItemFilter {
        stands: vec![Stand::Ready],
        ..looked_up(tx, query)?
    };
    let page = PageRequest {
        after: None,
        limit: Some(1),
    };
    let found = tx.item_page(&filter, ItemOrder::Pressing, &page)?;
    match found.lines.first() {
        Some(line) => view(tx, &line.uid),
        None => Ok(None),
    }
}
