//! The index of a folder: every release in it, under one number and one signature, until a day.

use std::fs;
use std::path::Path;

use alf_release::{
    INDEX_FILE, Index, IndexError, Listed, RELEASE_FILE, Release, ReleaseError, SIGNATURE_ENDING,
    Sha256,
};
use semver::Version;

use crate::document::{DiskError, disk, read, write};
use crate::signer::{SignError, Signer};

/// What becomes of an index.
#[derive(Clone, Debug)]
pub struct NewIndex {
    /// When it is signed: milliseconds since 1970, UTC.
    pub signed_at_ms: i64,
    /// Until when it may be believed.
    pub until_ms: i64,
    /// Versions that must not be used any more, and why. What was withdrawn once stays so.
    pub withdrawn: Vec<(Version, String)>,
}

/// Why there is no new index.
#[derive(Debug, thiserror::Error)]
pub enum IndexFolderError {
    /// The disk.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The index that is there is none.
    #[error("the index that is there: {0}")]
    Index(#[from] IndexError),
    /// A release that is none.
    #[error("the release {version}: {source}")]
    Release {
        /// Which folder.
        version: String,
        /// Why.
        source: ReleaseError,
    },
    /// One that lies in another's folder.
    #[error("the folder {folder} has the release {version}")]
    Folder {
        /// The folder.
        folder: String,
        /// The release in it.
        version: Version,
    },
    /// One that was signed and is another one now.
    #[error("the release {0} is not the one that was listed before: a release is never changed")]
    Changed(Version),
    /// One that was listed and is gone.
    #[error(
        "the release {0} was listed before and is not there any more: withdraw it and leave it there"
    )]
    Gone(Version),
    /// One that is to be withdrawn and is not there.
    #[error("there is no release {0} to withdraw")]
    Unknown(Version),
    /// Nobody signed it.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// Writes an index of every release in the folder, with the number after the one before.
pub fn index(folder: &Path, new: &NewIndex, signer: &Signer) -> Result<Index, IndexFolderError> {
    let path = folder.join(INDEX_FILE);
    let before = if path.exists() {
        Some(Index::read(&read(&path)?, 0, i64::MIN)?)
    } else {
        None
    };
    let found = releases(folder)?;
    let index = next(before.as_ref(), found, new)?;
    let text = index.text();
    let signature = signer.sign(text.as_bytes(), new.signed_at_ms)?;
    let beside = folder.join(format!("{INDEX_FILE}{SIGNATURE_ENDING}"));
    write(&beside, signature.as_bytes())?;
    write(&path, text.as_bytes())?;
    Ok(index)
}

/// The index after another one; touches nothing.
fn next(
    before: Option<&Index>,
    mut releases: Vec<Listed>,
    new: &NewIndex,
) -> Result<Index, IndexFolderError> {
    for old in before.map_or(&[][..], |before| &before.releases) {
        let now = releases.iter_mut().find(|one| one.version == old.version);
        let now = now.ok_or_else(|| IndexFolderError::Gone(old.version.clone()))?;
        if now.release_sha256 != old.release_sha256 {
            return Err(IndexFolderError::Changed(old.version.clone()));
        }
        now.withdrawn.clone_from(&old.withdrawn);
    }
    for (version, why) in &new.withdrawn {
        let one = releases.iter_mut().find(|one| one.version == *version);
        let one = one.ok_or_else(|| IndexFolderError::Unknown(version.clone()))?;
        one.withdrawn = Some(why.clone());
    }
    releases.sort_by(|a, b| a.version.cmp(&b.version));
    Ok(Index {
        format: 1,
        counter: before.map_or(0, |before| before.counter) + 1,
        until_ms: new.until_ms,
        releases,
    })
}

fn releases(folder: &Path) -> Result<Vec<Listed>, IndexFolderError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(disk("read", folder))? {
        let path = entry.map_err(disk("read", folder))?.path();
        let document = path.join(RELEASE_FILE);
        if !document.is_file() {
            continue;
        }
        let name = path.file_name().unwrap_or_default().display().to_string();
        let text = read(&document)?;
        let release = Release::read(&text).map_err(|source| IndexFolderError::Release {
            version: name.clone(),
            source,
        })?;
        if release.version.to_string() != name {
            let (folder, version) = (name, release.version);
            return Err(IndexFolderError::Folder { folder, version });
        }
        found.push(Listed {
            version: release.version,
            release_sha256: Sha256::of(&text),
            withdrawn: None,
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(version: &str) -> Listed {
        Listed {
            version: version.parse().expect("a version"),
            release_sha256: Sha256::of(version.as_bytes()),
            withdrawn: None,
        }
    }

    fn new(withdrawn: &[(&str, &str)]) -> NewIndex {
        let withdrawn = withdrawn.iter().map(|(version, why)| {
            let version = version.parse().expect("a version");
            (version, (*why).to_owned())
        });
        NewIndex {
            signed_at_ms: 0,
            until_ms: 9,
            withdrawn: withdrawn.collect(),
        }
    }

    #[test]
    fn each_index_has_the_next_number_and_what_was_withdrawn_stays_so() {
        let first =
            next(None, vec![listed("1.1.0"), listed("1.0.0")], &new(&[])).expect("an index");
        assert_eq!((first.counter, first.until_ms), (1, 9));
        let versions: Vec<_> = first
            .releases
            .iter()
            .map(|one| one.version.to_string())
            .collect();
        assert_eq!(versions, ["1.0.0", "1.1.0"]);
        let both = || vec![listed("1.0.0"), listed("1.1.0")];
        let second =
            next(Some(&first), both(), &new(&[("1.1.0", "it loses rows")])).expect("an index");
        let third = next(Some(&second), both(), &new(&[])).expect("an index");
        assert_eq!(third.counter, 3);
        assert_eq!(
            third.releases[1].withdrawn.as_deref(),
            Some("it loses rows")
        );
        assert_eq!(third.releases[0].withdrawn, None);
    }

    #[test]
    fn a_release_is_never_changed_and_never_taken_away() {
        let first = next(None, vec![listed("1.0.0")], &new(&[])).expect("an index");
        let told = |releases, new: &NewIndex| {
            let refused = next(Some(&first), releases, new).expect_err("refused");
            refused.to_string()
        };
        let mut other = listed("1.0.0");
        other.release_sha256 = Sha256::of(b"another");
        assert_eq!(
            told(vec![other], &new(&[])),
            "the release 1.0.0 is not the one that was listed before: a release is never changed"
        );
        assert_eq!(
            told(Vec::new(), &new(&[])),
            "the release 1.0.0 was listed before and is not there any more: withdraw it and leave it there"
        );
        assert_eq!(
            told(vec![listed("1.0.0")], &new(&[("2.0.0", "no")])),
            "there is no release 2.0.0 to withdraw"
        );
    }
}
