//! Lets an item go on where it stood.

use lab_model::steps;

use super::step::{StepItemError, StepName, Stepped, step};
use crate::lab::Inner;
use crate::{By, Lab};

const NAME: StepName = StepName {
    verb: "item.unblock",
    phrase: "be unblocked",
};

/// Lets an item go on where it stood; `resolution` says what became of its blockers.
pub fn unblock(
    lab: &Lab,
    by: &By,
    item: &str,
    resolution: Option<&str>,
) -> Result<Stepped, StepItemError> {
    step(lab, by, NAME, resolution, item, |tx, item| {
        steps::unblock(item, tx.at(), resolution).map_err(Inner::Own)
    })
}
