//! Which releases are not offered again, and letting them out.

use std::io;
use std::path::PathBuf;

use ai_lab_contract::ErrorClass;
use lab_update::{Layout, Quarantined, without};

use super::error::FrameworkError;
use super::found::{in_quarantine, text_of};
use super::pin::replace;
use crate::{Failure, Lab};

/// Why the quarantine is as it was.
#[derive(Debug, thiserror::Error)]
pub enum QuarantineFailure {
    /// It is not in it.
    #[error("{} is not in quarantine", .0.escape_debug())]
    NotIn(String),
    /// It cannot be read.
    #[error(transparent)]
    Framework(#[from] FrameworkError),
    /// It cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Failure for QuarantineFailure {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NotIn(_) => ErrorClass::NotFound,
            Self::Framework(error) => error.class(),
            Self::Write { .. } => ErrorClass::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NotIn(_) => Some("`ai-lab framework quarantine list` shows what is".to_owned()),
            Self::Framework(error) => error.hint(),
            Self::Write { .. } => None,
        }
    }
}

/// The releases that are not offered again.
pub fn quarantined(lab: &Lab) -> Result<Vec<Quarantined>, FrameworkError> {
    in_quarantine(lab)
}

/// Lets one out, or all where `None`.
pub fn clear_quarantine(lab: &Lab, version: Option<&str>) -> Result<(), QuarantineFailure> {
    let path = Layout::of(lab.root()).quarantine();
    let text = text_of(&path)?.unwrap_or_default();
    let left = without(text.as_bytes(), version).map_err(FrameworkError::from)?;
    match (left, version) {
        (Some(left), _) => {
            replace(&path, &left).map_err(|source| QuarantineFailure::Write { path, source })
        }
        (None, Some(version)) => Err(QuarantineFailure::NotIn(version.to_owned())),
        (None, None) => Ok(()),
    }
}
