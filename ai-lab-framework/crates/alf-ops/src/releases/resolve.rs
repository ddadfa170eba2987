//! `release resolve`: which release of a folder is the one that is wanted, and why the others are not.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use alf_release::{
    Listed, Offer, OfferError, SchemaVersion, Sha256, Staleness, TARGET, VerifiedRelease,
};
use semver::{Version, VersionReq};
use serde::Serialize;

use super::list::IndexFacts;
use super::refusal::of_offer;
use super::shelf::Shelf;
use crate::failure::Failure;
use crate::framework::Framework;

/// What is wanted.
#[derive(Clone, Debug)]
pub struct ResolveRequest {
    /// The folder of releases.
    pub from: PathBuf,
    /// Which versions will do. A trial version only where it is named.
    pub wanted: VersionReq,
    /// Versions that are not wanted whatever the range says, such as those that failed here.
    pub excluded: Vec<Version>,
    /// The platform, as Rust names it; `None` for this machine's.
    pub target: Option<String>,
}

/// The release that is wanted.
#[derive(Debug, Serialize)]
pub struct ChosenRelease {
    /// Which.
    pub version: Version,
    /// The digest of its document.
    pub release_sha256: Sha256,
    /// When it was made: milliseconds since 1970, UTC.
    pub released_at_ms: i64,
    /// The contract that it speaks.
    pub contract: SchemaVersion,
    /// The schema of each database that it writes.
    pub schemas: BTreeMap<String, SchemaVersion>,
    /// What has changed, a sentence each.
    pub changes: Vec<String>,
    /// How long its archive is, in bytes.
    pub archive_bytes: u64,
    /// How long its files are together, in bytes.
    pub unpacked_bytes: u64,
    /// The name of its folder in the store, there or not.
    pub place: String,
    /// The name of the key that signed it.
    pub signed_by: String,
}

/// Why a release is not the one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Another version than the range says.
    OutOfRange,
    /// It is not wanted here.
    Excluded,
    /// Its makers took it back.
    Withdrawn,
    /// It is older than the chosen one.
    Older,
    /// It has nothing for this machine.
    Platform,
    /// It is not what the index says, or nobody trusted signed it.
    NotBelieved,
}

/// A release that is not the one.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct WhyNot {
    /// Which.
    pub version: Version,
    /// Why not.
    pub reason: Reason,
    /// In a sentence; `None` where the reason says it all.
    pub detail: Option<String>,
}

/// What was found.
#[derive(Debug, Serialize)]
pub struct Resolution {
    /// The form of this answer: 1.
    pub format: u32,
    /// The folder.
    pub from: String,
    /// What was wanted.
    pub wanted: String,
    /// The platform that it was wanted for.
    pub target: String,
    /// Its index.
    pub index: IndexFacts,
    /// The newest that will do; `None` when none does.
    pub chosen: Option<ChosenRelease>,
    /// The others, the newest first.
    pub others: Vec<WhyNot>,
}

/// Finds the newest release that will do and looks at it; each that is newer is named with what is against it.
pub fn resolve_release(
    framework: &Framework,
    request: &ResolveRequest,
) -> Result<Resolution, Failure> {
    let shelf = Shelf::of(framework)?;
    let offer = shelf.offer(&request.from, Staleness::Refused)?;
    let target = request.target.as_deref().unwrap_or(TARGET);
    let mut listed: Vec<&Listed> = offer.index().releases.iter().collect();
    listed.sort_by(|a, b| b.version.cmp(&a.version));
    let mut chosen = None;
    let mut others = Vec::new();
    for one in listed {
        let against = against(one, request, chosen.is_some());
        let (reason, detail) = match against {
            Some(against) => against,
            None => match look_at(&offer, &shelf, one, target, &request.from)? {
                Ok(found) => {
                    chosen = Some(found);
                    continue;
                }
                Err(against) => against,
            },
        };
        let version = one.version.clone();
        others.push(WhyNot {
            version,
            reason,
            detail,
        });
    }
    Ok(Resolution {
        format: 1,
        from: request.from.display().to_string(),
        wanted: request.wanted.to_string(),
        target: target.to_owned(),
        index: IndexFacts::of(&offer),
        chosen,
        others,
    })
}

type Against = (Reason, Option<String>);

/// What is against a release that can be told from the index.
fn against(one: &Listed, request: &ResolveRequest, is_chosen: bool) -> Option<Against> {
    if let Some(why) = &one.withdrawn {
        return Some((Reason::Withdrawn, Some(why.clone())));
    }
    if !request.wanted.matches(&one.version) {
        return Some((Reason::OutOfRange, None));
    }
    if request.excluded.contains(&one.version) {
        return Some((Reason::Excluded, None));
    }
    is_chosen.then_some((Reason::Older, None))
}

/// Looks at the release itself. A file that cannot be read is no reason to take an older one in silence.
fn look_at(
    offer: &Offer,
    shelf: &Shelf,
    one: &Listed,
    target: &str,
    from: &Path,
) -> Result<Result<ChosenRelease, Against>, Failure> {
    let found = offer.release(&one.version, &shelf.trust, None);
    match found.and_then(|found| chosen(found, target)) {
        Ok(chosen) => Ok(Ok(chosen)),
        Err(error @ OfferError::Platform { .. }) => {
            Ok(Err((Reason::Platform, Some(error.to_string()))))
        }
        Err(
            error @ (OfferError::Signature { .. }
            | OfferError::Digest { .. }
            | OfferError::Release { .. }
            | OfferError::Another { .. }),
        ) => Ok(Err((Reason::NotBelieved, Some(chain(&error))))),
        Err(
            error @ (OfferError::NoIndex(_)
            | OfferError::Unreadable { .. }
            | OfferError::NoKeys
            | OfferError::Index { .. }
            | OfferError::NotListed(_)
            | OfferError::Withdrawn { .. }),
        ) => Err(of_offer(error, from)),
    }
}

/// An error with everything behind it, in one line.
fn chain(error: &dyn Error) -> String {
    let below = error.source().map(|source| format!(": {}", chain(source)));
    format!("{error}{}", below.unwrap_or_default())
}

fn chosen(found: VerifiedRelease, target: &str) -> Result<ChosenRelease, OfferError> {
    let archive = found.archive(target)?;
    Ok(ChosenRelease {
        archive_bytes: archive.bytes,
        unpacked_bytes: archive.files.bytes(),
        place: alf_release::Store::name(&found.release.version, &archive.tree),
        version: found.release.version,
        release_sha256: found.sha256,
        released_at_ms: found.release.released_at_ms,
        contract: found.release.contract,
        schemas: found.release.schemas,
        changes: found.release.changes,
        signed_by: found.signed_by,
    })
}
