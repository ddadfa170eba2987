//! Shows one item.

use lab_model::{EntityKind, Moment};

use super::view::{ItemView, view};
use crate::names::OrMissing;
use crate::{Lab, LabError};

/// Everything about the item of this name.
pub fn show(lab: &Lab, at: Moment, item: &str) -> Result<ItemView, LabError> {
    lab.read(at, |tx| {
        let uid = tx.resolve(EntityKind::Item, item)?;
        Ok(view(tx, &uid)?.or_missing(EntityKind::Item, &uid)?)
    })
}
