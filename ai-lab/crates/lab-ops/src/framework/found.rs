//! What the lab's own files say of its framework.

use std::fs;
use std::path::Path;

use ai_lab_contract::v1::{LabLock, LockedFramework};
use lab_pin::{Wanted, read_lock};
use lab_update::{Layout, Placed, Quarantined, read_quarantine};

use super::error::FrameworkError;
use crate::Lab;

/// What the lab wants.
pub(super) fn wanted(lab: &Lab) -> Result<Wanted, FrameworkError> {
    let text = text_of(&Layout::of(lab.root()).marker())?.unwrap_or_default();
    Ok(Wanted::read(&text)?)
}

/// What the lab is held to; `None` where it has no lock.
pub(super) fn locked(lab: &Lab) -> Result<Option<LabLock>, FrameworkError> {
    match text_of(&Layout::of(lab.root()).lock())? {
        Some(text) => Ok(Some(read_lock(&text)?)),
        None => Ok(None),
    }
}

/// What is in force, with what the lock or the history says of it; `None` where nothing is.
pub(super) fn in_force(lab: &Lab) -> Result<Option<Placed>, FrameworkError> {
    let layout = Layout::of(lab.root());
    let Ok(place) = fs::read_link(layout.switch()) else {
        return Ok(None);
    };
    let name = place
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let version = name
        .rsplit_once('-')
        .map_or(name.as_str(), |(version, _)| version);
    let version = version.to_owned();
    let framework = locked(lab)?.map(|lock| lock.framework);
    let is_it = |lock: &LockedFramework| {
        let places = lock
            .archives
            .iter()
            .map(|archive| lock.place(&archive.target));
        places.flatten().any(|place| place == name)
    };
    let known = || {
        let history = super::history(lab).ok()?;
        let placed = history.into_iter().rev().filter_map(|entry| entry.new);
        placed.filter(|it| it.name == name).find_map(|it| it.lock)
    };
    let lock = framework.filter(is_it).or_else(known);
    Ok(Some(Placed {
        name,
        place,
        version,
        lock,
    }))
}

pub(super) fn in_quarantine(lab: &Lab) -> Result<Vec<Quarantined>, FrameworkError> {
    let text = text_of(&Layout::of(lab.root()).quarantine())?.unwrap_or_default();
    Ok(read_quarantine(text.as_bytes())?)
}

/// The text of a file; `None` where there is none.
pub(super) fn text_of(path: &Path) -> Result<Option<String>, FrameworkError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(FrameworkError::Read {
            path: path.to_owned(),
            source,
        }),
    }
}
