//! Makes parts of an item.

use ai_lab_contract::ErrorClass;
use lab_model::{EntityKind, Patch};

use super::add::{AddItemError, NewItem, inserted};
use super::change::{ChangeItemError, ChangedItem};
use super::view::view;
use crate::lab::{Inner, check_seen};
use crate::names::OrMissing;
use crate::{By, Failure, Lab, LabError};

/// How many parts are made at once: more are a project of their own.
pub const MOST_PARTS: usize = 50;

/// The parts that were made, and what they are parts of.
#[derive(Clone, Debug, PartialEq)]
pub struct SplitItem {
    /// The whole as it is now.
    pub whole: ChangedItem,
    /// The labels of the new parts, in order.
    pub parts: Vec<String>,
}

/// Why nothing was split.
#[derive(Debug, thiserror::Error)]
pub enum SplitItemError {
    /// The whole was not found or has changed.
    #[error(transparent)]
    Whole(#[from] ChangeItemError),
    /// A part could not be added.
    #[error(transparent)]
    Part(#[from] AddItemError),
    /// No parts, or too many.
    #[error("{0} parts: an item is split into 1 to {MOST_PARTS} at once")]
    Count(usize),
}

impl From<LabError> for SplitItemError {
    fn from(error: LabError) -> Self {
        Self::Whole(error.into())
    }
}

impl Failure for SplitItemError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Whole(error) => error.class(),
            Self::Part(error) => error.class(),
            Self::Count(_) => ErrorClass::InvalidInput,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Whole(error) => error.hint(),
            Self::Part(error) => error.hint(),
            Self::Count(_) => None,
        }
    }
}

/// Adds parts to an item, all of them or none; `in_order` makes each wait for the one before.
pub fn split(
    lab: &Lab,
    by: &By,
    item: &str,
    parts: Vec<NewItem>,
    in_order: bool,
) -> Result<SplitItem, SplitItemError> {
    if !(1..=MOST_PARTS).contains(&parts.len()) {
        return Err(SplitItemError::Count(parts.len()));
    }
    lab.write(by, "item.split", None, |tx| {
        let uid = tx.resolve(EntityKind::Item, item)?;
        let whole = tx.item(&uid)?.or_missing(EntityKind::Item, &uid)?;
        check_seen::<LabError>(tx, by, &whole.head).map_err(Inner::widened)?;
        let mut made: Vec<String> = Vec::new();
        for mut part in parts {
            part.fields.parent = Patch::Set(uid.to_string());
            if in_order {
                part.fields.depends_on.extend(made.last().cloned());
            }
            let part = inserted(tx, by, part).map_err(Inner::widened)?;
            made.push(part.head.label.to_string());
        }
        let now = view(tx, &uid)?.or_missing(EntityKind::Item, &uid)?;
        let was = whole.status.as_str();
        Ok(SplitItem {
            whole: ChangedItem { was, now },
            parts: made,
        })
    })
}
