//! Finishes an item.

use lab_model::steps::{self, Override};

use super::step::{StepItemError, StepName, Stepped, step};
use super::view::statuses_of_dependencies;
use crate::lab::Inner;
use crate::{By, Lab};

const NAME: StepName = StepName {
    verb: "item.done",
    phrase: "be done",
};

/// Finishes an item; `force` is the reason to do so although something is open, kept in the log.
pub fn done(lab: &Lab, by: &By, item: &str, force: Option<&str>) -> Result<Stepped, StepItemError> {
    step(lab, by, NAME, force, item, |tx, item| {
        let force = force
            .map(Override::because)
            .transpose()
            .map_err(Inner::Own)?;
        let statuses = statuses_of_dependencies(tx, &item)?;
        steps::done(
            item,
            tx.at(),
            |uid| statuses.get(uid).copied(),
            force.as_ref(),
        )
        .map_err(Inner::Own)
    })
}
