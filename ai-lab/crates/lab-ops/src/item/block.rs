//! Stops an item, and says why.

use super::moves::Move;
use super::step::{StepItemError, Stepped, step};
use crate::{By, Lab};

/// Stops an item, and says why.
pub fn block(lab: &Lab, by: &By, item: &str, reason: &str) -> Result<Stepped, StepItemError> {
    step(lab, by, item, &Move::Block(reason.to_owned()))
}
