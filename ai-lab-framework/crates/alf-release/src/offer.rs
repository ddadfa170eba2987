//! A folder of releases as it is offered: its index believed or not, each release of it looked at before it is used.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use semver::Version;

use crate::atomic_file;
use crate::digest::Sha256;
use crate::index::{Index, IndexError, Listed};
use crate::limits::{DOCUMENT_BYTES, SIGNATURE_BYTES};
use crate::release::{Archive, Release, ReleaseError};
use crate::seen::Seen;
use crate::trust::{Key, Trust, TrustError};

/// The index's file in the folder.
pub const INDEX_FILE: &str = "index.json";

/// A release's file in its version's folder.
pub const RELEASE_FILE: &str = "release.json";

/// What a signature's file is named beside the file that it signs.
pub const SIGNATURE_ENDING: &str = ".minisig";

/// What is released here.
pub const PRODUCT: &str = "ai-lab-framework";

/// A folder of releases whose index is believed.
#[derive(Debug)]
pub struct Offer {
    folder: PathBuf,
    index: Index,
    signer: Key,
    stale: Option<String>,
}

/// A release that may be used: its index or a pin names it, and a trusted key signed it.
#[derive(Clone, Debug)]
pub struct VerifiedRelease {
    /// What it says.
    pub release: Release,
    /// The document, byte for byte.
    pub text: Vec<u8>,
    /// Its signature.
    pub signature: String,
    /// The document's digest.
    pub sha256: Sha256,
    /// The name of the key that signed it.
    pub signed_by: String,
}

/// What an index that is out of date is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Staleness {
    /// Nothing: what it offers as the newest may not be.
    Refused,
    /// For a release whose digest is known from elsewhere.
    Told,
}

/// Why a folder of releases, or a release in it, is not used.
#[derive(Debug, thiserror::Error)]
pub enum OfferError {
    /// There is no index.
    #[error("there are no releases in `{}`: it has no `{INDEX_FILE}`", .0.display())]
    NoIndex(PathBuf),
    /// A file cannot be read.
    #[error("cannot read `{}`", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No key is trusted here.
    #[error("no key is trusted on this machine")]
    NoKeys,
    /// A signature that is not believed.
    #[error("`{}` is not believed", .path.display())]
    Signature {
        /// What it should sign.
        path: PathBuf,
        /// Why not.
        source: TrustError,
    },
    /// An index that is not used.
    #[error("the index `{}` is not used", .path.display())]
    Index {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: IndexError,
    },
    /// The index has no such version.
    #[error("the index has no version {0}")]
    NotListed(Version),
    /// It must not be used any more.
    #[error("the version {version} was withdrawn: {why}")]
    Withdrawn {
        /// Which.
        version: Version,
        /// What its makers say.
        why: String,
    },
    /// Another document than the one that is wanted.
    #[error("the release {version} is another one than {who} names: {found} instead of {wanted}")]
    Digest {
        /// Which.
        version: Version,
        /// `the index`, or `the pin`.
        who: &'static str,
        /// Its digest.
        found: Sha256,
        /// The one that is wanted.
        wanted: Sha256,
    },
    /// A document that is no release.
    #[error("the release {version} is not used")]
    Release {
        /// Which.
        version: Version,
        /// Why not.
        source: ReleaseError,
    },
    /// A release of something else.
    #[error("what is offered as {version} is {found}")]
    Another {
        /// Which version was wanted.
        version: Version,
        /// Its name and version.
        found: String,
    },
    /// Nothing for this machine.
    #[error("the release {version} has nothing for {target}: it is for {there}")]
    Platform {
        /// Which.
        version: Version,
        /// This machine.
        target: String,
        /// The platforms that it is for.
        there: String,
    },
}

impl Offer {
    /// Reads the index of that folder, if it is signed by a trusted key and is none that is played again.
    pub fn open(
        folder: &Path,
        trust: &Trust,
        seen: &Seen,
        now_ms: i64,
        staleness: Staleness,
    ) -> Result<Self, OfferError> {
        let path = folder.join(INDEX_FILE);
        let text = match atomic_file::read(&path, DOCUMENT_BYTES) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(OfferError::NoIndex(folder.to_owned()));
            }
            read => read.map_err(|source| unreadable(&path, source))?,
        };
        let signer = signer(&path, &text, &signature_of(&path)?, trust, now_ms)?;
        let refused = |source| OfferError::Index {
            path: path.clone(),
            source,
        };
        let read = |now_ms| Index::read(&text, seen.of(&signer), now_ms);
        let (index, stale) = match read(now_ms) {
            Err(error @ IndexError::OutOfDate { .. }) if staleness == Staleness::Told => {
                (read(i64::MIN).map_err(refused)?, Some(error.to_string()))
            }
            read => (read.map_err(refused)?, None),
        };
        Ok(Self {
            folder: folder.to_owned(),
            index,
            signer,
            stale,
        })
    }

    /// What it offers.
    pub const fn index(&self) -> &Index {
        &self.index
    }

    /// Who signed the index.
    pub const fn signer(&self) -> &Key {
        &self.signer
    }

    /// Why it would be refused had nobody known what they want from it; `None` for one of this time.
    pub fn stale(&self) -> Option<&str> {
        self.stale.as_deref()
    }

    /// The release of exactly that version: not withdrawn, the one that the index names and `pinned` too, and signed by a
    /// key that was valid when it was made. The index, signed today, stands in for what an older key signed in its time.
    pub fn release(
        &self,
        version: &Version,
        trust: &Trust,
        pinned: Option<&Sha256>,
    ) -> Result<VerifiedRelease, OfferError> {
        let not_listed = || OfferError::NotListed(version.clone());
        let listed = self.index.exactly(version).ok_or_else(not_listed)?;
        if let Some(why) = &listed.withdrawn {
            let (version, why) = (version.clone(), why.clone());
            return Err(OfferError::Withdrawn { version, why });
        }
        self.look_at(listed, trust, pinned)
    }

    fn look_at(
        &self,
        listed: &Listed,
        trust: &Trust,
        pinned: Option<&Sha256>,
    ) -> Result<VerifiedRelease, OfferError> {
        let version = &listed.version;
        let path = self.file(version, RELEASE_FILE);
        let text =
            atomic_file::read(&path, DOCUMENT_BYTES).map_err(|source| unreadable(&path, source))?;
        let sha256 = Sha256::of(&text);
        let named_by = [
            ("the index", Some(&listed.release_sha256)),
            ("the pin", pinned),
        ];
        for (who, wanted) in named_by {
            if let Some(wanted) = wanted.filter(|wanted| **wanted != sha256) {
                return Err(OfferError::Digest {
                    version: version.clone(),
                    who,
                    found: sha256,
                    wanted: wanted.clone(),
                });
            }
        }
        let signature = signature_of(&path)?;
        verified(&path, version, text, signature, trust)
    }

    /// A file of a version.
    pub fn file(&self, version: &Version, name: &str) -> PathBuf {
        self.folder.join(version.to_string()).join(name)
    }

    /// Opens a version's archive, which may still be any file.
    pub fn open_archive(&self, version: &Version, archive: &Archive) -> Result<File, OfferError> {
        let path = self.file(version, &archive.file);
        atomic_file::open_plain(&path).map_err(|source| unreadable(&path, source))
    }
}

/// Looks at a release's document and signature, wherever they were read.
pub(crate) fn verified(
    path: &Path,
    version: &Version,
    text: Vec<u8>,
    signature: String,
    trust: &Trust,
) -> Result<VerifiedRelease, OfferError> {
    let release = Release::read(&text).map_err(|source| OfferError::Release {
        version: version.clone(),
        source,
    })?;
    if release.name != PRODUCT || release.version != *version {
        return Err(OfferError::Another {
            version: version.clone(),
            found: format!("{} {}", release.name, release.version),
        });
    }
    let signer = signer(path, &text, &signature, trust, release.released_at_ms)?;
    Ok(VerifiedRelease {
        sha256: Sha256::of(&text),
        release,
        text,
        signature,
        signed_by: signer.name,
    })
}

impl VerifiedRelease {
    /// The archive for a platform.
    pub fn archive(&self, target: &str) -> Result<&Archive, OfferError> {
        self.release.archive(target).ok_or_else(|| {
            let targets = self.release.archives.iter().map(|one| one.target.as_str());
            OfferError::Platform {
                version: self.release.version.clone(),
                target: target.to_owned(),
                there: targets.collect::<Vec<_>>().join(", "),
            }
        })
    }
}

fn unreadable(path: &Path, source: io::Error) -> OfferError {
    OfferError::Unreadable {
        path: path.to_owned(),
        source,
    }
}

/// The text of the signature beside a file.
fn signature_of(path: &Path) -> Result<String, OfferError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(SIGNATURE_ENDING);
    let beside = PathBuf::from(beside);
    let bytes = atomic_file::read(&beside, SIGNATURE_BYTES)
        .map_err(|source| unreadable(&beside, source))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn signer(
    path: &Path,
    text: &[u8],
    signature: &str,
    trust: &Trust,
    at_ms: i64,
) -> Result<Key, OfferError> {
    if trust.is_empty() {
        return Err(OfferError::NoKeys);
    }
    match trust.signer(text, signature, at_ms) {
        Ok(key) => Ok(key.clone()),
        Err(source) => Err(OfferError::Signature {
            path: path.to_owned(),
            source,
        }),
    }
}

#[cfg(test)]
mod tests;
