//! An index of releases, signed as they are: which there are, which are withdrawn, and until when it may be believed.

use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};

use crate::digest::Sha256;
use crate::limits::DOCUMENT_BYTES;

/// The form that this release writes and reads.
const FORMAT: u32 = 1;

/// The releases that somebody offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Index {
    /// The form of this document: 1.
    pub format: u32,
    /// Higher with every index that the same key signs: an older one is never believed again.
    pub counter: u64,
    /// Until when it may be believed: milliseconds since 1970, UTC. Whoever keeps newer ones back is found out then.
    pub until_ms: i64,
    /// The releases, in any order.
    pub releases: Vec<Listed>,
}

/// One release of an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Listed {
    /// Which.
    #[schemars(with = "String")]
    pub version: Version,
    /// The digest of its `release.json`.
    pub release_sha256: Sha256,
    /// Why it must not be used any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<String>,
}

/// Why an index is not used.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// It is longer than any index.
    #[error("longer than {DOCUMENT_BYTES} bytes")]
    TooLong,
    /// It is no such document.
    #[error("no index of releases: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// A later form.
    #[error("it has the form {0}, and this version reads {FORMAT}: update by hand")]
    Form(u32),
    /// One version twice: which is meant, nobody can tell.
    #[error("the version {0} is there twice")]
    Twice(Version),
    /// It may not be believed any more.
    #[error("it is out of date since {since}: a newer one is kept back, or the clock is wrong")]
    OutOfDate {
        /// Until when it was valid, as a date.
        since: String,
    },
    /// One that was signed earlier than what was seen before.
    #[error(
        "it is number {counter}, and number {seen} was seen before: an old one is played again"
    )]
    PlayedAgain {
        /// Its number.
        counter: u64,
        /// The highest that was seen.
        seen: u64,
    },
}

impl Index {
    /// Reads an index and decides whether it may be used at this instant. `seen` is the highest number of its key that
    /// was ever used here; its signature is looked at before.
    pub fn read(text: &[u8], seen: u64, now_ms: i64) -> Result<Self, IndexError> {
        if text.len() as u64 > DOCUMENT_BYTES {
            return Err(IndexError::TooLong);
        }
        let index: Self = serde_json::from_slice(text)?;
        if index.format != FORMAT {
            return Err(IndexError::Form(index.format));
        }
        let mut versions = std::collections::HashSet::new();
        if let Some(twice) = index
            .releases
            .iter()
            .find(|one| !versions.insert(&one.version))
        {
            return Err(IndexError::Twice(twice.version.clone()));
        }
        if index.counter < seen {
            let counter = index.counter;
            return Err(IndexError::PlayedAgain { counter, seen });
        }
        if index.until_ms <= now_ms {
            let since = jiff::Timestamp::from_millisecond(index.until_ms);
            return Err(IndexError::OutOfDate {
                since: since.map_or_else(|_| index.until_ms.to_string(), |at| at.to_string()),
            });
        }
        Ok(index)
    }

    /// The document as it is written: the same for the same index.
    pub fn text(&self) -> String {
        crate::release::written(self)
    }

    /// The newest release that is wanted, was not withdrawn and is no trial version; `wanted` says which are.
    pub fn newest(&self, wanted: impl Fn(&Version) -> bool) -> Option<&Listed> {
        let offered = self.releases.iter().filter(|one| {
            one.withdrawn.is_none() && one.version.pre.is_empty() && wanted(&one.version)
        });
        offered.max_by(|a, b| a.version.cmp(&b.version))
    }

    /// The release of exactly that version, withdrawn or not.
    pub fn exactly(&self, version: &Version) -> Option<&Listed> {
        self.releases.iter().find(|one| one.version == *version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(version: &str, withdrawn: Option<&str>) -> Listed {
        Listed {
            version: version.parse().expect("a version"),
            release_sha256: Sha256::of(version.as_bytes()),
            withdrawn: withdrawn.map(str::to_owned),
        }
    }

    fn index() -> Index {
        Index {
            format: 1,
            counter: 7,
            until_ms: 1_700_000_000_000,
            releases: vec![
                listed("1.0.0", None),
                listed("1.10.0", None),
                listed("1.9.0", None),
                listed("1.11.0", Some("it loses rows")),
                listed("1.12.0-rc.1", None),
                listed("2.0.0", None),
            ],
        }
    }

    fn told(index: &Index, seen: u64, now_ms: i64) -> String {
        Index::read(index.text().as_bytes(), seen, now_ms)
            .expect_err("it is refused")
            .to_string()
    }

    #[test]
    fn the_newest_is_no_withdrawn_and_no_trial_version() {
        let index = Index::read(index().text().as_bytes(), 7, 0).expect("an index");
        let newest =
            |wanted: fn(&Version) -> bool| index.newest(wanted).map(|one| one.version.to_string());
        assert_eq!(newest(|_| true).as_deref(), Some("2.0.0"));
        assert_eq!(
            newest(|version| version.major == 1).as_deref(),
            Some("1.10.0")
        );
        assert_eq!(newest(|version| version.major == 3), None);
        let withdrawn = index.exactly(&Version::new(1, 11, 0)).expect("listed");
        assert_eq!(withdrawn.withdrawn.as_deref(), Some("it loses rows"));
    }

    #[test]
    fn an_old_index_is_not_believed_again() {
        assert_eq!(
            told(&index(), 8, 0),
            "it is number 7, and number 8 was seen before: an old one is played again"
        );
        assert_eq!(
            told(&index(), 7, 1_700_000_000_000),
            "it is out of date since 2023-11-14T22:13:20Z: a newer one is kept back, or the clock is wrong"
        );
    }

    #[test]
    fn what_is_no_index_is_named() {
        let mut other = index();
        other.format = 2;
        assert_eq!(
            told(&other, 0, 0),
            "it has the form 2, and this version reads 1: update by hand"
        );
        let mut twice = index();
        twice.releases.push(listed("1.9.0", None));
        assert_eq!(told(&twice, 0, 0), "the version 1.9.0 is there twice");
        let long = " ".repeat(usize::try_from(DOCUMENT_BYTES).expect("small") + 1);
        let read = Index::read(long.as_bytes(), 0, 0).expect_err("too long");
        assert_eq!(read.to_string(), "longer than 4194304 bytes");
        assert!(Index::read(b"<html>", 0, 0).is_err());
    }
}
