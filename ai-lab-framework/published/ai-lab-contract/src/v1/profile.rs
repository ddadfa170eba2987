//! The three stages of a tool's life.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a tool owes and what it gets.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// A prototype: no context kept, failures degrade, checked at run time.
    Experimental,
    /// The default: persisted session, retries, enforced schemas, answers after the record is committed.
    #[default]
    Standard,
    /// What others depend on: pinned digest, full sandbox, fails closed, survives a power cut.
    Production,
}

/// A word that is none of the three profiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownProfile(pub String);

impl fmt::Display for UnknownProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no profile: experimental, standard or production",
            self.0.escape_debug()
        )
    }
}

impl std::error::Error for UnknownProfile {}

impl Profile {
    /// The three, from the least to the most demanding.
    pub const ALL: [Self; 3] = [Self::Experimental, Self::Standard, Self::Production];

    /// The word used in manifests, records and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Experimental => "experimental",
            Self::Standard => "standard",
            Self::Production => "production",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(text: &str) -> Result<Self, UnknownProfile> {
        Self::ALL
            .into_iter()
            .find(|profile| profile.as_str() == text)
            .ok_or_else(|| UnknownProfile(text.to_owned()))
    }
}
