//! Hands an item to someone's eyes.

use lab_model::steps;

use super::step::{StepItemError, StepName, Stepped, step};
use crate::lab::Inner;
use crate::{By, Lab};

const NAME: StepName = StepName {
    verb: "item.review",
    phrase: "go to review",
};

/// Hands an item to someone's eyes.
pub fn review(lab: &Lab, by: &By, item: &str) -> Result<Stepped, StepItemError> {
    step(lab, by, NAME, None, item, |_, item| {
        steps::review(item).map_err(Inner::Own)
    })
}
