//! Asks the lock, before a tool runs, under which profile it may.

use std::sync::Arc;

use alf_catalog::LoadedTool;
use alf_lock::{PinState, admit};
use alf_manifest::grant_covers;

use super::file::LockFile;
use crate::framework::Framework;

/// A tool under the profile that holds for it now.
#[derive(Debug)]
pub(crate) struct Held {
    /// The tool; its manifest's profile is the one that holds.
    pub(crate) tool: Arc<LoadedTool>,
    /// What the person must know: the profile it claims does not hold.
    pub(crate) warning: Option<String>,
    /// Why it may not run.
    pub(crate) refused: Option<alf_lock::Refused>,
}

/// Holds a loaded tool against the lock.
pub(crate) fn held(framework: &Framework, tool: Arc<LoadedTool>) -> Held {
    let manifest = &tool.found.manifest;
    match admit(&manifest.name, manifest.profile, state(framework, &tool)) {
        Ok(admitted) if admitted.profile == manifest.profile => Held {
            tool,
            warning: admitted.warning,
            refused: None,
        },
        Ok(admitted) => {
            let mut lesser = LoadedTool::clone(&tool);
            lesser.found.manifest.profile = admitted.profile;
            Held {
                tool: Arc::new(lesser),
                warning: admitted.warning,
                refused: None,
            }
        }
        Err(refused) => Held {
            tool,
            warning: None,
            refused: Some(refused),
        },
    }
}

/// What the lock says of the tool as it was loaded.
fn state(framework: &Framework, tool: &LoadedTool) -> PinState {
    let manifest = &tool.found.manifest;
    let lock = LockFile::of(framework, &tool.found.origin);
    let place = lock.path();
    if manifest
        .grants
        .write
        .iter()
        .any(|grant| grant_covers(grant, &tool.folder, &place))
    {
        return PinState::WithinReach;
    }
    match lock.digest(&manifest.name) {
        Err(_) => PinState::Unreadable,
        Ok(None) => PinState::NotPinned,
        Ok(Some(digest)) if digest == tool.digest.to_string() => PinState::Same,
        Ok(Some(_)) => PinState::Changed,
    }
}
