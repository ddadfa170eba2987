//! Asks the lock, before a tool runs, under which profile it may.

use std::sync::Arc;

use ai_lab_contract::Profile;
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
    if let Some(profile) = framework.rehearsal() {
        return Held {
            tool: under(tool, profile),
            warning: None,
            refused: None,
        };
    }
    let manifest = &tool.found.manifest;
    match admit(&manifest.name, manifest.profile, state(framework, &tool)) {
        Ok(admitted) => Held {
            tool: under(tool, admitted.profile),
            warning: admitted.warning,
            refused: None,
        },
        Err(refused) => Held {
            tool,
            warning: None,
            refused: Some(refused),
        },
    }
}

/// The tool as if its manifest claimed that profile.
fn under(tool: Arc<LoadedTool>, profile: Profile) -> Arc<LoadedTool> {
    if tool.found.manifest.profile == profile {
        return tool;
    }
    let mut other = LoadedTool::clone(&tool);
    other.found.manifest.profile = profile;
    Arc::new(other)
}

/// What the lock says of the tool as it was loaded.
pub(crate) fn state(framework: &Framework, tool: &LoadedTool) -> PinState {
    let manifest = &tool.found.manifest;
    let lock = LockFile::of(framework, &tool.found.origin);
    let writes = &manifest.grants.write;
    if !writes.is_empty() {
        let place = lock.path();
        let covers = |grant: &String| grant_covers(grant, &tool.folder, &place);
        if writes.iter().any(covers) {
            return PinState::WithinReach;
        }
    }
    match lock.digest(&manifest.name) {
        Err(_) => PinState::Unreadable,
        Ok(None) => PinState::NotPinned,
        Ok(Some(digest)) if digest == tool.digest.to_string() => PinState::Same,
        Ok(Some(_)) => PinState::Changed,
    }
}
