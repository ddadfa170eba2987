//! Changes an item's fields and moves it, as one.

use ai_lab_contract::ErrorClass;
use lab_model::EntityKind;

use super::edit::{EditItemError, ItemEdit, edited};
use super::moves::{Move, go};
use super::step::StepItemError;
use super::view::{ItemView, view};
use crate::lab::{Inner, check_seen};
use crate::names::OrMissing;
use crate::{By, Failure, Lab, LabError};

/// An item before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangedItem {
    /// Where it stood.
    pub was: &'static str,
    /// What it is now.
    pub now: ItemView,
}

/// Why an item is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ChangeItemError {
    /// Its fields cannot be changed so.
    #[error(transparent)]
    Edit(#[from] EditItemError),
    /// It cannot go there.
    #[error(transparent)]
    Step(#[from] StepItemError),
}

impl From<LabError> for ChangeItemError {
    fn from(error: LabError) -> Self {
        Self::Edit(error.into())
    }
}

impl Failure for ChangeItemError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Edit(error) => error.class(),
            Self::Step(error) => error.class(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Edit(error) => error.hint(),
            Self::Step(error) => error.hint(),
        }
    }
}

/// Changes the item's fields, then moves it: both or neither.
pub fn change(
    lab: &Lab,
    by: &By,
    item: &str,
    edit: ItemEdit,
    to: Option<&Move>,
) -> Result<ChangedItem, ChangeItemError> {
    lab.write(by, "item.edit", None, |tx| {
        let uid = tx.resolve(EntityKind::Item, item)?;
        let before = tx.item(&uid)?.or_missing(EntityKind::Item, &uid)?;
        check_seen::<LabError>(tx, by, &before.head).map_err(Inner::widened)?;
        let was = before.status.as_str();
        let after = edited(tx, by, before, edit).map_err(Inner::widened)?;
        tx.update_item(&after)?;
        if let Some(to) = to {
            go(tx, by, &uid, to).map_err(Inner::widened)?;
        }
        let now = view(tx, &uid)?.or_missing(EntityKind::Item, &uid)?;
        Ok(ChangedItem { was, now })
    })
}
