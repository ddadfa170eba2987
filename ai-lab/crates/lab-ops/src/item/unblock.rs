//! Lets an item go on where it stood.

use super::moves::Move;
use super::step::{StepItemError, Stepped, step};
use crate::{By, Lab};

/// Lets an item go on where it stood; `resolution` says what became of its blockers.
pub fn unblock(
    lab: &Lab,
    by: &By,
    item: &str,
    resolution: Option<&str>,
) -> Result<Stepped, StepItemError> {
    step(lab, by, item, &Move::Unblock(resolution.map(str::to_owned)))
}
