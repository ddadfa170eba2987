//! Gives an item up.

use super::moves::Move;
use super::step::{StepItemError, Stepped, step};
use crate::{By, Lab};

/// Gives an item up.
pub fn cancel(lab: &Lab, by: &By, item: &str) -> Result<Stepped, StepItemError> {
    step(lab, by, item, &Move::Cancel)
}
