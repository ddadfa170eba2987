//! `release fetch`: a release of a folder is looked at, unpacked into the store and kept.

use std::path::PathBuf;

use ai_lab_contract::{ErrorClass, LockedArchive, LockedFramework, LockedWheel, MajorMinor};
use alf_release::{OfferError, Release, SchemaVersion, Sha256, Staleness, Store, TARGET};
use semver::Version;
use serde::Serialize;

use super::refusal::{of_offer, of_place};
use super::shelf::Shelf;
use crate::failure::Failure;
use crate::framework::Framework;

/// What is to be fetched.
#[derive(Clone, Debug)]
pub struct FetchRequest {
    /// The folder of releases.
    pub from: PathBuf,
    /// Which.
    pub version: Version,
    /// The digest of its document, where it is known from elsewhere, such as from a lab's lock. An index that is out of
    /// date then serves as well.
    pub release_sha256: Option<Sha256>,
}

/// What has just been done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchStep {
    /// The index and the release were looked at.
    Believed {
        /// The index's number.
        counter: u64,
        /// The name of the key that signed the release.
        signed_by: String,
    },
    /// The archive is the one that the release names, and is kept.
    Kept {
        /// How long it is, in bytes.
        bytes: u64,
    },
    /// Every file lies in the store and was looked at there.
    Placed {
        /// How many files.
        files: usize,
        /// How long they are together, in bytes.
        bytes: u64,
    },
}

/// A release that is in the store.
#[derive(Debug, Serialize)]
pub struct FetchedRelease {
    /// The form of this answer: 1.
    pub format: u32,
    /// Which.
    pub version: Version,
    /// Where it lies.
    pub place: String,
    /// The name of its folder in the store.
    pub name: String,
    /// The digest of its document.
    pub release_sha256: Sha256,
    /// The platform.
    pub target: String,
    /// The name of the key that signed it.
    pub signed_by: String,
    /// Whether it lay there before.
    pub was_there: bool,
    /// What a person should know, a sentence each.
    pub warnings: Vec<String>,
    /// The table `framework` of a lab's lock that is held to it.
    pub lock: LockedFramework,
}

/// Brings a release into the store. Signature, index, digest and platform are looked at before anything is unpacked; what
/// is refused leaves nothing behind. `step` is told of each step.
pub fn fetch_release(
    framework: &Framework,
    request: &FetchRequest,
    step: &mut dyn FnMut(FetchStep),
) -> Result<FetchedRelease, Failure> {
    let shelf = Shelf::of(framework)?;
    let refused = |error: OfferError| of_offer(error, &request.from);
    let pinned = request.release_sha256.as_ref();
    let staleness = pinned.map_or(Staleness::Refused, |_| Staleness::Told);
    let offer = shelf.offer(&request.from, staleness)?;
    let found = offer
        .release(&request.version, &shelf.trust, pinned)
        .map_err(refused)?;
    let archive = found.archive(TARGET).map_err(refused)?;
    let lock = locked(&found.release, &found.sha256)?;
    step(FetchStep::Believed {
        counter: offer.index().counter,
        signed_by: found.signed_by.clone(),
    });
    let opened = offer
        .open_archive(&request.version, archive)
        .map_err(refused)?;
    let kept = shelf
        .store
        .keep_archive(opened, archive)
        .map_err(of_place)?;
    shelf.store.keep_release(&found).map_err(of_place)?;
    step(FetchStep::Kept {
        bytes: archive.bytes,
    });
    let version = &found.release.version;
    let was_there = shelf.store.path(version, &archive.tree).is_dir();
    let place = shelf
        .store
        .place(version, archive, &kept)
        .map_err(of_place)?;
    // What was just unpacked is read once more, from the disk: it is what the mark stands for.
    super::verify::whole(&shelf.store, version, archive)?;
    step(FetchStep::Placed {
        files: archive.files.files().len(),
        bytes: archive.files.bytes(),
    });
    if let Some(lab) = &framework.surroundings.instance {
        shelf.store.remember_lab(lab).map_err(|error| {
            Failure::caused(ErrorClass::Environment, "cannot remember the lab", error)
        })?;
    }
    let warnings = offer.stale().map(|why| format!("the index: {why}"));
    Ok(FetchedRelease {
        format: 1,
        version: version.clone(),
        place: place.display().to_string(),
        name: Store::name(version, &archive.tree),
        release_sha256: found.sha256.clone(),
        target: TARGET.to_owned(),
        signed_by: found.signed_by.clone(),
        was_there,
        warnings: warnings.into_iter().collect(),
        lock,
    })
}

/// What a lab that is held to this release writes down.
fn locked(release: &Release, sha256: &Sha256) -> Result<LockedFramework, Failure> {
    let unusable = |error| {
        Failure::caused(
            ErrorClass::Incompatible,
            "a lab's lock cannot name that release",
            error,
        )
    };
    let digest = |digest: &Sha256| digest.as_str().parse().map_err(unusable);
    let archives = release.archives.iter().map(|archive| {
        Ok(LockedArchive {
            target: archive.target.clone(),
            file: archive.file.parse().map_err(unusable)?,
            bytes: archive.bytes,
            sha256: digest(&archive.sha256)?,
            tree: digest(&archive.tree)?,
        })
    });
    let wheels = release.wheels.iter().map(|wheel| {
        Ok(LockedWheel {
            file: wheel.file.parse().map_err(unusable)?,
            bytes: wheel.bytes,
            sha256: digest(&wheel.sha256)?,
        })
    });
    let schemas = release.schemas.iter();
    Ok(LockedFramework {
        version: release.version.to_string().parse().map_err(unusable)?,
        release_sha256: digest(sha256)?,
        contract: major_minor(release.contract),
        schemas: schemas
            .map(|(name, schema)| (name.clone(), major_minor(*schema)))
            .collect(),
        archives: archives.collect::<Result<_, Failure>>()?,
        wheels: wheels.collect::<Result<_, Failure>>()?,
    })
}

const fn major_minor(version: SchemaVersion) -> MajorMinor {
    MajorMinor {
        major: version.major,
        minor: version.minor,
    }
}
