//! `release show`: one release of a folder, with every file of it.

use std::path::Path;

use alf_release::{Release, Sha256, Staleness};
use semver::Version;
use serde::Serialize;

use super::refusal::of_offer;
use super::shelf::Shelf;
use crate::failure::Failure;
use crate::framework::Framework;

/// One release that was looked at.
#[derive(Debug, Serialize)]
pub struct ShownRelease {
    /// The form of this answer: 1.
    pub format: u32,
    /// The digest of its document.
    pub release_sha256: Sha256,
    /// The name of the key that signed it.
    pub signed_by: String,
    /// What it says.
    pub release: Release,
}

/// Shows a release whose signature and digest are right.
pub fn show_release(
    framework: &Framework,
    from: &Path,
    version: &Version,
) -> Result<ShownRelease, Failure> {
    let shelf = Shelf::of(framework)?;
    let offer = shelf.offer(from, Staleness::Refused)?;
    let found = offer
        .release(version, &shelf.trust, None)
        .map_err(|error| of_offer(error, from))?;
    Ok(ShownRelease {
        format: 1,
        release_sha256: found.sha256,
        signed_by: found.signed_by,
        release: found.release,
    })
}
