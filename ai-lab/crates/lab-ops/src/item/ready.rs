//! What can be started now.

use lab_model::Moment;

use super::ItemRow;
use crate::{Lab, LabError};

/// The items that can be started now, the most pressing first; `None` means all.
pub fn ready(lab: &Lab, at: Moment, limit: Option<u32>) -> Result<Vec<ItemRow>, LabError> {
    lab.read(at, |tx| {
        let items = tx.ready(limit)?;
        Ok(ItemRow::all(tx, &items)?)
    })
}
