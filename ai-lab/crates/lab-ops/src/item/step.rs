//! What the steps of an item have in common.

use ai_lab_contract::ErrorClass;
use lab_model::ready::Hindrance;
use lab_model::steps::StepError;
use lab_model::{EntityKind, Label, WorkItem};
use lab_store::Writer;
use serde::Serialize;

use crate::item::view::sentences;
use crate::lab::{Inner, check_seen};
use crate::names::{Labels, OrMissing};
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

/// Which command makes a step, and what its refusal says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StepName {
    /// The verb in the operation log.
    pub(crate) verb: &'static str,
    /// What the item cannot do, such as `be started`.
    pub(crate) phrase: &'static str,
}

/// Makes a step as one write.
pub(crate) fn step(
    lab: &Lab,
    by: &By,
    name: StepName,
    reason: Option<&str>,
    given: &str,
    body: impl FnOnce(&mut dyn Writer, WorkItem) -> Result<WorkItem, Inner<StepError>>,
) -> Result<Stepped, StepItemError> {
    lab.write(by, name.verb, reason, |tx| {
        let uid = tx.resolve(EntityKind::Item, given)?;
        let before = tx.item(&uid)?.or_missing(EntityKind::Item, &uid)?;
        check_seen(tx, by, &before.head)?;
        let (label, was) = (before.head.label.clone(), before.status);
        let after = match body(tx, before) {
            Ok(after) => after,
            Err(Inner::Store(error)) => return Err(error.into()),
            Err(Inner::Own(source)) => {
                let details = details(tx, &source)?;
                let verb = name.phrase;
                return Err(Inner::Own(StepItemError::NotAllowed {
                    label,
                    verb,
                    source,
                    details,
                }));
            }
        };
        tx.update_item(&after)?;
        Ok(Stepped {
            label: label.to_string(),
            title: after.title.clone(),
            was: was.as_str(),
            status: after.status.as_str(),
        })
    })
}

fn details(tx: &dyn Writer, refusal: &StepError) -> Result<Vec<String>, lab_store::StoreError> {
    match refusal {
        StepError::OpenDependencies(waiting) => {
            let waits = waiting.iter().filter_map(|hindrance| match hindrance {
                Hindrance::Waits(uid) => Some(uid),
                Hindrance::Status(_)
                | Hindrance::Draft
                | Hindrance::Archived
                | Hindrance::Blocker(_)
                | Hindrance::Unresolved(_) => None,
            });
            let labels = Labels::of_these(tx, waits)?;
            Ok(sentences(waiting, &labels))
        }
        StepError::Status { .. }
        | StepError::Blocked(_)
        | StepError::OpenCriteria(_)
        | StepError::NoReason
        | StepError::Claimed { .. }
        | StepError::NotClaimed
        | StepError::NotBlocked => Ok(Vec::new()),
    }
}
