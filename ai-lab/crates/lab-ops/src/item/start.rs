//! Begins an item.

use lab_model::steps;

use super::step::{StepItemError, StepName, Stepped, step};
use crate::lab::Inner;
use crate::{By, Lab};

const NAME: StepName = StepName {
    verb: "item.start",
    phrase: "be started",
};

/// Begins an item.
pub fn start(lab: &Lab, by: &By, item: &str) -> Result<Stepped, StepItemError> {
    step(lab, by, NAME, None, item, |tx, item| {
        steps::start(item, tx.at()).map_err(Inner::Own)
    })
}
