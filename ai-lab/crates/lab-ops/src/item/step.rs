//! What the steps of an item have in common.

use ai_lab_contract::ErrorClass;
use lab_model::steps::StepError;
use lab_model::{EntityKind, Label};
use serde::Serialize;

use super::moves::{Move, go};
use crate::lab::check_seen;
use crate::names::OrMissing;
use crate::{By, Failure, Lab, LabError};

/// What a step did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stepped {
    /// The item's label.
    pub label: String,
    /// Its title.
    pub title: String,
    /// Where it stood.
    pub was: &'static str,
    /// Where it stands.
    pub status: &'static str,
}

/// Why a step was not made.
#[derive(Debug, thiserror::Error)]
pub enum StepItemError {
    /// The item was not found or not written.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// The rules say no.
    #[error("{label} cannot {verb}")]
    NotAllowed {
        /// The item.
        label: Label,
        /// What it should have done, such as `be started`.
        verb: &'static str,
        /// The rule.
        #[source]
        source: StepError,
        /// What it waits for, in words.
        details: Vec<String>,
    },
}

impl Failure for StepItemError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Lab(error) => error.class(),
            Self::NotAllowed {
                source: StepError::NoReason,
                ..
            } => ErrorClass::InvalidInput,
            Self::NotAllowed {
                source: StepError::Claimed { .. },
                ..
            } => ErrorClass::Conflict,
            Self::NotAllowed { .. } => ErrorClass::Refused,
        }
    }

    fn hint(&self) -> Option<String> {
        let (label, source, details) = match self {
            Self::Lab(error) => return error.hint(),
            Self::NotAllowed {
                label,
                source,
                details,
                ..
            } => (label, source, details),
        };
        match source {
            StepError::Blocked(_) => Some(format!("`ai-lab item unblock {label}`")),
            StepError::OpenCriteria(_) => Some(format!(
                "`ai-lab item edit {label} --meet NUMBER` ticks one off; `ai-lab item done {label} --force REASON` overrides"
            )),
            StepError::OpenDependencies(_) => Some(format!(
                "it {}; `ai-lab item done {label} --force REASON` overrides",
                details.join(", ")
            )),
            StepError::NoReason => Some("give a reason in a few words".to_owned()),
            StepError::Claimed { .. } => Some(format!(
                "`ai-lab item ready` shows what else there is; `ai-lab item claim {label} --steal REASON` takes it"
            )),
            StepError::Status { .. } | StepError::NotBlocked | StepError::NotClaimed => {
                Some(format!("`ai-lab item show {label}` shows where it stands"))
            }
        }
    }
}

/// Moves an item as one write.
pub(super) fn step(lab: &Lab, by: &By, given: &str, to: &Move) -> Result<Stepped, StepItemError> {
    lab.write(by, to.verb(), to.reason(), |tx| {
        let uid = tx.resolve(EntityKind::Item, given)?;
        let before = tx.item(&uid)?.or_missing(EntityKind::Item, &uid)?;
        check_seen(tx, by, &before.head)?;
        go(tx, by, &uid, to)?;
        let after = tx.item(&uid)?.or_missing(EntityKind::Item, &uid)?;
        Ok(Stepped {
            label: before.head.label.to_string(),
            title: after.title,
            was: before.status.as_str(),
            status: after.status.as_str(),
        })
    })
}
