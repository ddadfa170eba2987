//! Takes an item for a while, and lets go of it.

use std::time::Duration;

use lab_model::steps::{self, Override, StepError};
use lab_model::{Claim, Moment};

use super::step::{StepItemError, StepName, Stepped, step};
use crate::lab::Inner;
use crate::{By, Lab};

/// The longest claim: whoever is gone for longer is not at it.
pub const LONGEST_CLAIM: Duration = Duration::from_hours(30 * 24);

const CLAIM: StepName = StepName {
    verb: "item.claim",
    phrase: "be claimed",
};

const RELEASE: StepName = StepName {
    verb: "item.release",
    phrase: "be released",
};

/// Takes an item for so long, at most [`LONGEST_CLAIM`]; `steal` is the reason to take it from someone else.
pub fn claim(
    lab: &Lab,
    by: &By,
    item: &str,
    lease: Duration,
    steal: Option<&str>,
) -> Result<Stepped, StepItemError> {
    step(lab, by, CLAIM, steal, item, |tx, item| {
        let claim = Claim {
            by: by.actor.clone(),
            until: later(tx.at(), lease.min(LONGEST_CLAIM)),
        };
        let steal = overriding(steal)?;
        steps::claim(item, tx.at(), claim, steal.as_ref()).map_err(Inner::Own)
    })
}

/// Lets go of an item; `force` is the reason to do so for someone else.
pub fn release(
    lab: &Lab,
    by: &By,
    item: &str,
    force: Option<&str>,
) -> Result<Stepped, StepItemError> {
    step(lab, by, RELEASE, force, item, |tx, item| {
        let force = overriding(force)?;
        steps::release(item, tx.at(), &by.actor, force.as_ref()).map_err(Inner::Own)
    })
}

fn overriding(reason: Option<&str>) -> Result<Option<Override>, Inner<StepError>> {
    reason
        .map(Override::because)
        .transpose()
        .map_err(Inner::Own)
}

fn later(at: Moment, by: Duration) -> Moment {
    let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
    Moment::from_ms(at.ms().saturating_add(ms)).unwrap_or(at)
}
