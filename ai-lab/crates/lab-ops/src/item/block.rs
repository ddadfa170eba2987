//! Stops an item, and says why.

use lab_model::steps;

use super::step::{StepItemError, StepName, Stepped, step};
use crate::lab::Inner;
use crate::{By, Lab};

const NAME: StepName = StepName {
    verb: "item.block",
    phrase: "be blocked",
};

/// Stops an item, and says why.
pub fn block(lab: &Lab, by: &By, item: &str, reason: &str) -> Result<Stepped, StepItemError> {
    step(lab, by, NAME, Some(reason), item, |tx, item| {
        let blocker = tx.new_uid();
        steps::block(item, tx.at(), blocker, reason).map_err(Inner::Own)
    })
}
