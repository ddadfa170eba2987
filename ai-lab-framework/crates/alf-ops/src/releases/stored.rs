//! `store list`: the releases that are in the store.

use ai_lab_contract::ErrorClass;
use alf_release::{Quick, Sha256, TARGET};
use semver::Version;
use serde::Serialize;

use super::assure::own_place;
use super::shelf::Shelf;
use crate::failure::Failure;
use crate::framework::Framework;

/// What the mark of a release says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkState {
    /// Untouched since it was last found whole.
    Untouched,
    /// Never found whole.
    Unmarked,
    /// Touched since: look at it.
    Touched,
}

/// One release.
#[derive(Debug, Serialize)]
pub struct StoredRelease {
    /// The name of its folder.
    pub name: String,
    /// Where it lies.
    pub path: String,
    /// Its version; `None` where no kept release says so.
    pub version: Option<Version>,
    /// The digest of its document; `None` as before.
    pub release_sha256: Option<Sha256>,
    /// How long its files are together, in bytes; `None` as before.
    pub bytes: Option<u64>,
    /// Whether its archive is kept, to repair it from.
    pub archive_kept: bool,
    /// What its mark says.
    pub mark: MarkState,
    /// Whether this very program lies in it.
    pub runs_this: bool,
}

/// The releases in the store.
#[derive(Debug, Serialize)]
pub struct StoredReleases {
    /// The form of this answer: 1.
    pub format: u32,
    /// The store's folder.
    pub root: String,
    /// By name.
    pub releases: Vec<StoredRelease>,
}

/// Lists the store; reads no release's files.
pub fn list_stored(framework: &Framework) -> Result<StoredReleases, Failure> {
    let shelf = Shelf::of(framework)?;
    let unreadable = |error| {
        Failure::caused(ErrorClass::Environment, "cannot look at the store", error)
            .with_hint("Look at that place: its owner, its mode.")
    };
    let own = own_place(framework);
    let mut releases = Vec::new();
    for name in shelf.store.names().map_err(unreadable)? {
        let kept = shelf
            .store
            .release_of_place(&name, TARGET, &shelf.trust)
            .ok();
        let archive = kept
            .as_ref()
            .and_then(|(release, _)| release.archive(TARGET));
        let tree = archive.map(|archive| &archive.tree);
        let mark = match shelf.store.quick(&name, tree).map_err(unreadable)? {
            Quick::Untouched => MarkState::Untouched,
            Quick::Unmarked => MarkState::Unmarked,
            Quick::Touched(_) => MarkState::Touched,
        };
        releases.push(StoredRelease {
            path: shelf.store.root().join(&name).display().to_string(),
            bytes: archive.map(|archive| archive.files.bytes()),
            archive_kept: archive.is_some_and(|one| shelf.store.kept_archive(one).is_some()),
            version: kept.as_ref().map(|(release, _)| release.version.clone()),
            release_sha256: kept.as_ref().map(|(_, sha256)| sha256.clone()),
            runs_this: own.as_deref() == Some(name.as_str()),
            name,
            mark,
        });
    }
    Ok(StoredReleases {
        format: 1,
        root: shelf.store.root().display().to_string(),
        releases,
    })
}
