//! Shows one idea.

use lab_model::{EntityKind, Moment};

use super::view::{IdeaView, view};
use crate::names::OrMissing;
use crate::{Lab, LabError};

/// Everything about the idea of this name.
pub fn show(lab: &Lab, at: Moment, idea: &str) -> Result<IdeaView, LabError> {
    lab.read(at, |tx| {
        let uid = tx.resolve(EntityKind::Idea, idea)?;
        Ok(view(tx, &uid)?.or_missing(EntityKind::Idea, &uid)?)
    })
}
