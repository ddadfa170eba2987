//! Puts an item back to where it is not begun.

use lab_model::steps;

use super::step::{StepItemError, StepName, Stepped, step};
use crate::lab::Inner;
use crate::{By, Lab};

const NAME: StepName = StepName {
    verb: "item.reopen",
    phrase: "be reopened",
};

/// Puts an item back to where it is not begun.
pub fn reopen(lab: &Lab, by: &By, item: &str) -> Result<Stepped, StepItemError> {
    step(lab, by, NAME, None, item, |_, item| {
        steps::reopen(item).map_err(Inner::Own)
    })
}
