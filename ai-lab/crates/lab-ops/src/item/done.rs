//! Finishes an item.

use super::moves::Move;
use super::step::{StepItemError, Stepped, step};
use crate::{By, Lab};

/// Finishes an item; `force` is the reason to do so although something is open, kept in the log.
pub fn done(lab: &Lab, by: &By, item: &str, force: Option<&str>) -> Result<Stepped, StepItemError> {
    step(lab, by, item, &Move::Done(force.map(str::to_owned)))
}
