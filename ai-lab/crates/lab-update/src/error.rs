//! Why an update did not end with the new release in force.

use std::io;
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;

use crate::effects::{LabRefusal, ProcessError};
use crate::journal::JournalError;

/// What a step found that forbids to go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What and why, in one line.
    pub message: String,
    /// Which row of the table of failures.
    pub class: ErrorClass,
    /// A sentence naming the next command; `None` where there is none.
    pub hint: Option<String>,
}

impl Refusal {
    /// With no next command.
    pub fn new(class: ErrorClass, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            class,
            hint: None,
        }
    }

    /// The same with a next command.
    #[must_use]
    pub fn hinting(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }
}

impl From<LabRefusal> for Refusal {
    fn from(refusal: LabRefusal) -> Self {
        Self::new(refusal.class, refusal.message)
    }
}

impl From<ProcessError> for Refusal {
    fn from(error: ProcessError) -> Self {
        let class = match error {
            ProcessError::Start { .. } => ErrorClass::Environment,
            ProcessError::Silent { .. } => ErrorClass::Timeout,
            ProcessError::TooLong { .. } => ErrorClass::OutputLimit,
        };
        let why = match &error {
            ProcessError::Start { source, .. } => format!("{error}: {source}"),
            ProcessError::Silent { .. } | ProcessError::TooLong { .. } => error.to_string(),
        };
        Self::new(class, why)
    }
}

/// Why the wanted release is not in force.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// Another process updates this lab.
    #[error("another update of this lab is at work")]
    Busy,
    /// There is a journal, and it cannot be followed.
    #[error("the journal of an update cannot be followed")]
    Journal(#[source] JournalError),
    /// A step found that it must not go on; nothing was changed.
    #[error("nothing was changed: {step}")]
    Refused {
        /// The step.
        step: String,
        /// What it found.
        #[source]
        refusal: Refusal,
    },
    /// The release was in force, was not healthy, and was taken back.
    #[error("{version} was taken back: {why}")]
    TakenBack {
        /// The version that is not in force.
        version: String,
        /// Why.
        why: String,
        /// What is in force again; `None` where nothing was before.
        back_to: Option<String>,
        /// Where the evidence is kept.
        evidence: PathBuf,
    },
    /// The release was not healthy, and the one before is not either.
    #[error("neither the new nor the old release is healthy: {why}")]
    SafeMode {
        /// What was found.
        why: String,
        /// Where the evidence is kept.
        evidence: PathBuf,
    },
    /// The disk refused; the journal stays, and whoever comes next goes on from there.
    #[error("cannot {what} {}", path.display())]
    Disk {
        /// What was tried.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// What ends a step before its end.
#[derive(Debug)]
pub(crate) enum Cut {
    /// It found that it must not go on.
    Refused(Refusal),
    /// The disk refused.
    Disk {
        what: &'static str,
        path: PathBuf,
        source: io::Error,
    },
}

impl<R: Into<Refusal>> From<R> for Cut {
    fn from(refusal: R) -> Self {
        Self::Refused(refusal.into())
    }
}

/// An error of the disk with what was tried and where.
pub(crate) fn disk<'a>(what: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> Cut + 'a {
    move |source| Cut::Disk {
        what,
        path: path.to_owned(),
        source,
    }
}

impl Cut {
    /// In one line.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.message.clone(),
            Self::Disk { what, path, source } => {
                format!("cannot {what} {}: {source}", path.display())
            }
        }
    }

    /// As the end of an update that has changed nothing.
    pub(crate) fn refused(self, step: &str) -> UpdateError {
        let message = self.told();
        let refusal = match self {
            Self::Refused(refusal) => refusal,
            Self::Disk { .. } => Refusal::new(ErrorClass::Environment, message)
                .hinting("make room or mend the disk, then run the same command again"),
        };
        UpdateError::Refused {
            step: step.to_owned(),
            refusal,
        }
    }
}
