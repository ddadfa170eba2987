//! Gives an item up.

use lab_model::steps;

use super::step::{StepItemError, StepName, Stepped, step};
use crate::lab::Inner;
use crate::{By, Lab};

const NAME: StepName = StepName {
    verb: "item.cancel",
    phrase: "be cancelled",
};

/// Gives an item up.
pub fn cancel(lab: &Lab, by: &By, item: &str) -> Result<Stepped, StepItemError> {
    step(lab, by, NAME, None, item, |tx, item| {
        steps::cancel(item, tx.at()).map_err(Inner::Own)
    })
}
