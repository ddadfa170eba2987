//! The parts that entities are made of.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::label::is_printable;
use crate::words::text_traits;
use crate::{Actor, Moment, Priority, Uid};

/// The longest tag, in characters.
const LONGEST_TAG: usize = 100;

/// A tag or label of an entity, such as `networking` or `ui/ux`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

/// A text that is no tag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no tag: 1 to {LONGEST_TAG} printable characters, no space at either end", given.escape_debug())]
pub struct TagError {
    /// What was given.
    pub given: String,
}

impl Tag {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Tag {
    type Err = TagError;

    fn from_str(text: &str) -> Result<Self, TagError> {
        let fits = (1..=LONGEST_TAG).contains(&text.chars().count());
        if fits && text.trim() == text && text.chars().all(is_printable) {
            Ok(Self(text.to_owned()))
        } else {
            Err(TagError {
                given: text.to_owned(),
            })
        }
    }
}

text_traits!(Tag);

/// One entry of an ordered list: an objective, an open question, a next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The entry's own identity, so that edits of two entries never meet.
    pub uid: Uid,
    /// The entry.
    pub text: String,
}

/// One acceptance criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    /// The criterion's own identity.
    pub uid: Uid,
    /// What must hold.
    pub text: String,
    /// Whether it holds.
    pub done: bool,
    /// What shows that it holds: a link, a commit, a sentence.
    pub evidence: Option<String>,
}

/// Something that keeps an item from going on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocker {
    /// The blocker's own identity.
    pub uid: Uid,
    /// What it is.
    pub text: String,
    /// How bad it is; `None` where nobody said.
    pub severity: Option<Priority>,
    /// When it came up; `None` where the source of an import did not say.
    pub opened_at: Option<Moment>,
    /// Whether it still holds.
    pub open: bool,
    /// When it went away; `None` while open, or where the source of an import did not say.
    pub closed_at: Option<Moment>,
    /// How it went away.
    pub resolution: Option<String>,
}

/// What has to be settled first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependency {
    /// An entity of the same kind.
    On(Uid),
    /// A label from an import that names nothing known. It keeps the item from being ready.
    Unresolved(String),
}

/// Someone's word that they are at an item, for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Who.
    pub by: Actor,
    /// Until when; afterwards anyone may claim the item.
    pub until: Moment,
}

/// Where an entity lives on GitHub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GithubLink {
    /// The repository; `None` where an import knew the number alone. Unlinked until someone says.
    pub repo: Option<Uid>,
    /// The or milestone's number within the repository.
    pub number: u64,
    /// When both sides were last alike.
    pub synced_at: Option<Moment>,
}

/// Hours of work: finite, from 0 to 1,000,000.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Hours(f64);

/// A number that is no amount of hours.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("`{given}` is no amount of hours: a number from 0 to 1,000,000")]
pub struct HoursError {
    /// What was given.
    pub given: String,
}

impl Hours {
    /// The number.
    pub const fn as_f64(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Hours {
    type Error = HoursError;

    fn try_from(hours: f64) -> Result<Self, HoursError> {
        if (0.0..=1_000_000.0).contains(&hours) {
            // Negative zero is zero.
            Ok(Self(hours + 0.0))
        } else {
            Err(HoursError {
                given: hours.to_string(),
            })
        }
    }
}

impl From<Hours> for f64 {
    fn from(hours: Hours) -> Self {
        hours.0
    }
}

impl FromStr for Hours {
    type Err = HoursError;

    fn from_str(text: &str) -> Result<Self, HoursError> {
        let wrong = || HoursError {
            given: text.to_owned(),
        };
        let number: f64 = text.parse().map_err(|_| wrong())?;
        Self::try_from(number).map_err(|_| wrong())
    }
}

impl std::fmt::Display for Hours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0.to_string())
    }
}

/// A piece of time spent on an item.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeEntry {
    /// The entry's own identity.
    pub uid: Uid,
    /// How much.
    pub hours: Hours,
    /// When it was written down.
    pub at: Moment,
    /// Who spent it.
    pub who: String,
    /// On what; empty where nobody said.
    pub note: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_finite_and_not_negative() {
        for (text, good) in [
            ("0", true),
            ("16.0", true),
            ("1.5", true),
            ("-0", true),
            ("-1", false),
            ("NaN", false),
            ("inf", false),
            ("1000001", false),
            ("two", false),
        ] {
            assert_eq!(text.parse::<Hours>().is_ok(), good, "{text}");
        }
        assert_eq!("-0".parse::<Hours>().map(|h| h.to_string()), Ok("0".into()));
    }

    #[test]
    fn tags_are_printable_and_trimmed() {
        for (text, good) in [
            ("ui/ux", true),
            ("größe", true),
            ("", false),
            (" a", false),
            ("a\tb", false),
        ] {
            assert_eq!(text.parse::<Tag>().is_ok(), good, "{text}");
        }
    }
}
