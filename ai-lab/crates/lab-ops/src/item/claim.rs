//! Takes an item for a while, and lets go of it.

use std::time::Duration;

use super::moves::Move;
use super::step::{StepItemError, Stepped, step};
use crate::{By, Lab};

/// Takes an item for so long; `steal` is the reason to take it from someone else.
pub fn claim(
    lab: &Lab,
    by: &By,
    item: &str,
    lease: Duration,
    steal: Option<&str>,
) -> Result<Stepped, StepItemError> {
    let to = Move::Claim(lease, steal.map(str::to_owned));
    step(lab, by, item, &to)
}

/// Lets go of an item; `force` is the reason to do so for someone else.
pub fn release(
    lab: &Lab,
    by: &By,
    item: &str,
    force: Option<&str>,
) -> Result<Stepped, StepItemError> {
    step(lab, by, item, &Move::Release(force.map(str::to_owned)))
}
