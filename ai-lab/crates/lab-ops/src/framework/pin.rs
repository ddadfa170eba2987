//! What the lab wants is changed: exactly one version.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use lab_pin::with_range;
use lab_update::Layout;
use semver::VersionReq;
use serde::Serialize;

use super::error::FrameworkError;
use super::found::text_of;
use crate::{Failure, Lab};

/// What the lab wants now. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pinned {
    /// The range.
    pub range: String,
    /// Whether it was another before.
    pub is_changed: bool,
}

/// Why the lab wants what it wanted.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    /// It is no version and no range.
    #[error("`{}` is no version such as 1.4.2 and no range such as ~1.4", .0.escape_debug())]
    NoRange(String),
    /// The file cannot be read or understood.
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

impl Failure for PinError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NoRange(_) => ErrorClass::Usage,
            Self::Framework(error) => error.class(),
            Self::Write { .. } => ErrorClass::Environment,
        }
    }
}

/// Wants exactly that version, or that range; the file's other lines stay.
pub fn pin(lab: &Lab, wish: &str) -> Result<Pinned, PinError> {
    let range = if semver::Version::parse(wish).is_ok() {
        format!("={wish}")
    } else {
        let is_range = VersionReq::parse(wish).is_ok();
        is_range
            .then(|| wish.to_owned())
            .ok_or_else(|| PinError::NoRange(wish.to_owned()))?
    };
    let path = Layout::of(lab.root()).marker();
    let text = text_of(&path)?.unwrap_or_default();
    let changed = with_range(&text, &range).map_err(FrameworkError::from)?;
    let is_changed = changed != text;
    if is_changed {
        replace(&path, &changed).map_err(|source| PinError::Write { path, source })?;
    }
    Ok(Pinned { range, is_changed })
}

/// Writes beside the file, then in its place.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".ai-lab-new");
    let draft = PathBuf::from(draft);
    let mut file = std::fs::File::create(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::File::open(folder)?.sync_all()
}
