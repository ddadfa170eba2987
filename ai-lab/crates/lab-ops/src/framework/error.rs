//! Why nothing was done with the lab's framework.

use std::path::PathBuf;

use ai_lab_client::LocateError;
use ai_lab_contract::ErrorClass;
use lab_pin::WantedError;
use lab_update::{QuarantineError, UpdateError};

use super::source::SourceError;
use crate::Failure;

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum FrameworkError {
    /// What the lab wants cannot be read.
    #[error("ai-lab.toml cannot be followed")]
    Wanted(#[from] WantedError),
    /// What it is held to cannot be read.
    #[error("ai-lab.lock cannot be read")]
    Lock(#[from] lab_pin::LockError),
    /// There is no lock.
    #[error("the lab has no ai-lab.lock")]
    NoLock,
    /// There is no framework to ask about releases.
    #[error("the framework is not found")]
    NotFound(#[from] LocateError),
    /// Releases cannot be had from there.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// What is in quarantine cannot be told.
    #[error(transparent)]
    Quarantine(#[from] QuarantineError),
    /// It is in quarantine.
    #[error("{version} is in quarantine: {why}")]
    Quarantined {
        /// Which.
        version: String,
        /// Why.
        why: String,
    },
    /// No such version, or no way back to it.
    #[error("{0}")]
    NoWay(String),
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The update failed, or was taken back.
    #[error(transparent)]
    Update(#[from] UpdateError),
}

impl Failure for FrameworkError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Wanted(_) | Self::Lock(_) | Self::Quarantine(_) => ErrorClass::Config,
            Self::NoLock | Self::NoWay(_) => ErrorClass::NotFound,
            Self::NotFound(_) | Self::Read { .. } => ErrorClass::Environment,
            Self::Source(error) => error.class(),
            Self::Quarantined { .. } => ErrorClass::Refused,
            Self::Update(error) => error.class(),
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Lock(_) => "`ai-lab lock --check` names what is wrong and what sets it right",
            Self::NoLock => "`ai-lab lock` writes it",
            Self::NotFound(_) => {
                "`pip install -r requirements.txt` in the lab installs one; AI_LAB_FRAMEWORK names another place"
            }
            Self::Quarantined { .. } => "`ai-lab framework quarantine clear VERSION` lets it be tried again",
            Self::Source(error) => return error.hint(),
            Self::Update(error) => return error.hint(),
            Self::NoWay(_) | Self::Wanted(_) | Self::Quarantine(_) | Self::Read { .. } => return None,
        }
        .to_owned())
    }
}
