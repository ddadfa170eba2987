//! Hands an item to someone's eyes.

use super::moves::Move;
use super::step::{StepItemError, Stepped, step};
use crate::{By, Lab};

/// Hands an item to someone's eyes.
pub fn review(lab: &Lab, by: &By, item: &str) -> Result<Stepped, StepItemError> {
    step(lab, by, item, &Move::Review)
}
