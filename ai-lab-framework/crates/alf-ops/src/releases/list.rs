//! `release list`: what a folder of releases offers.

use std::path::Path;

use alf_release::{Listed, Offer, Sha256, Staleness, Store, TARGET};
use semver::Version;
use serde::Serialize;

use super::shelf::Shelf;
use crate::failure::Failure;
use crate::framework::Framework;

/// What an index says of itself.
#[derive(Debug, Serialize)]
pub struct IndexFacts {
    /// Its number: higher with every index of its key.
    pub counter: u64,
    /// Until when it may be believed: milliseconds since 1970, UTC.
    pub until_ms: i64,
    /// The name of the key that signed it.
    pub signed_by: String,
}

impl IndexFacts {
    pub(super) fn of(offer: &Offer) -> Self {
        Self {
            counter: offer.index().counter,
            until_ms: offer.index().until_ms,
            signed_by: offer.signer().name.clone(),
        }
    }
}

/// One release of a listing.
#[derive(Debug, Serialize)]
pub struct ReleaseRow {
    /// Which.
    pub version: Version,
    /// The digest of its document.
    pub release_sha256: Sha256,
    /// Why it must not be used any more; `None` for one that may.
    pub withdrawn: Option<String>,
    /// The name of its folder in the store; `None` for one that is not there.
    pub place: Option<String>,
}

/// What a folder offers.
#[derive(Debug, Serialize)]
pub struct ReleaseList {
    /// The form of this answer: 1.
    pub format: u32,
    /// The folder.
    pub from: String,
    /// Its index.
    pub index: IndexFacts,
    /// Its releases, the newest first.
    pub releases: Vec<ReleaseRow>,
}

/// Lists what a folder offers, after looking at its index.
pub fn list_releases(framework: &Framework, from: &Path) -> Result<ReleaseList, Failure> {
    let shelf = Shelf::of(framework)?;
    let offer = shelf.offer(from, Staleness::Refused)?;
    let row = |listed: &Listed| ReleaseRow {
        version: listed.version.clone(),
        release_sha256: listed.release_sha256.clone(),
        withdrawn: listed.withdrawn.clone(),
        place: place_of(&shelf.store, &listed.release_sha256),
    };
    let mut releases: Vec<ReleaseRow> = offer.index().releases.iter().map(row).collect();
    releases.sort_by(|a, b| b.version.cmp(&a.version));
    Ok(ReleaseList {
        format: 1,
        from: from.display().to_string(),
        index: IndexFacts::of(&offer),
        releases,
    })
}

/// The name of the folder that a kept release was unpacked to; `None` when it is not there.
pub(super) fn place_of(store: &Store, sha256: &Sha256) -> Option<String> {
    let release = store.release_of_digest(sha256).ok()?;
    let archive = release.archive(TARGET)?;
    let path = store.path(&release.version, &archive.tree);
    path.is_dir()
        .then(|| Store::name(&release.version, &archive.tree))
}
