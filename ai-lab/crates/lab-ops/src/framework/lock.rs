//! Whether the lab's three texts about its framework agree.

use ai_lab_contract::ErrorClass;
use ai_lab_contract::v1::LabLock;
use lab_pin::{Drift, Texts, drift, requirements};
use lab_scaffold::section::{Comment, Section};
use lab_update::Layout;
use serde::Serialize;

use super::error::FrameworkError;
use super::found::text_of;
use crate::{Failure, Lab};

/// How the three stand. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LockState {
    /// Where they differ; empty where they agree.
    pub drift: Vec<Drift>,
}

/// Why the lab is not in order.
#[derive(Debug, thiserror::Error)]
pub enum CheckLockError {
    /// They differ.
    #[error("ai-lab.toml, ai-lab.lock and requirements.txt say different things")]
    Drift,
    /// They cannot be read.
    #[error(transparent)]
    Framework(#[from] FrameworkError),
}

impl Failure for CheckLockError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Drift => ErrorClass::Config,
            Self::Framework(error) => error.class(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Drift => None,
            Self::Framework(error) => error.hint(),
        }
    }
}

/// Compares them.
pub fn check_lock(lab: &Lab) -> Result<LockState, FrameworkError> {
    let layout = Layout::of(lab.root());
    let marker = text_of(&layout.marker())?.unwrap_or_default();
    let lock = text_of(&layout.lock())?;
    let found = text_of(&layout.requirements())?;
    let texts = Texts {
        marker: &marker,
        lock: lock.as_deref(),
        requirements: found.as_deref(),
    };
    let expected = |lock: &LabLock| expected_requirements(lock, found.as_deref());
    Ok(LockState {
        drift: drift(&texts, expected),
    })
}

/// `requirements.txt` as it should be: the person's lines as they are, the lab's as the lock says.
fn expected_requirements(lock: &LabLock, found: Option<&str>) -> String {
    let section = section_of(lock);
    let merged = found.map(|found| section.merged_into(found.as_bytes()));
    let bytes = match merged {
        Some(Ok(bytes)) => bytes,
        // Markers that cannot be told apart differ from a file of the lab's lines alone, at the first of them or before.
        Some(Err(_)) | None => section.new_file(""),
    };
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The lab's lines of `requirements.txt`.
fn section_of(lock: &LabLock) -> Section {
    Section {
        comment: Comment::Hash,
        body: requirements(lock),
    }
}
