//! Puts an item back to where it is not begun.

use super::moves::Move;
use super::step::{StepItemError, Stepped, step};
use crate::{By, Lab};

/// Puts an item back to where it is not begun.
pub fn reopen(lab: &Lab, by: &By, item: &str) -> Result<Stepped, StepItemError> {
    step(lab, by, item, &Move::Reopen)
}
