//! The identity that never changes.

use std::str::FromStr;

use uuid::Builder;

use crate::words::text_traits;

/// An entity's immutable identity: a `UUIDv7` in its 36-character lower-case form.
///
/// Uids sort by their time of birth, so on a clash of labels the older entity is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(String);

/// A text that is no `UUIDv7`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no uid: a version 7 UUID of 36 lower-case characters", given.escape_debug())]
pub struct UidError {
    /// What was given.
    pub given: String,
}

impl Uid {
    /// The uid born at that moment with those random bytes; the version bits are laid over them.
    pub fn from_parts(unix_ms: u64, random: [u8; 10]) -> Self {
        Self(
            Builder::from_unix_timestamp_millis(unix_ms, &random)
                .into_uuid()
                .to_string(),
        )
    }

    /// The 36 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Uid {
    type Err = UidError;

    fn from_str(text: &str) -> Result<Self, UidError> {
        // By hand: listings read thousands, and the library's parser would take other forms too.
        let fits = text.len() == 36
            && text.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                14 => byte == b'7',
                19 => matches!(byte, b'8' | b'9' | b'a' | b'b'),
                _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            });
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(UidError {
                given: text.to_owned(),
            })
        }
    }
}

text_traits!(Uid);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_reads_back_and_sorts_by_birth() {
        let older = Uid::from_parts(1_000, [255; 10]);
        let younger = Uid::from_parts(1_001, [0; 10]);
        assert!(older < younger);
        assert_eq!(older.as_str().parse(), Ok(older.clone()));
    }

    #[test]
    fn only_the_canonical_version_7_form_is_taken() {
        let good = Uid::from_parts(1, [7; 10]).to_string();
        let bad = [
            String::new(),
            good.to_uppercase().replace("00", "AA"),
            good.replace('-', ""),
            "6ba7b810-9dad-11d1-80b4-00c04fd430c8".to_owned(),
        ];
        for text in bad {
            assert_eq!(
                text.parse::<Uid>(),
                Err(UidError {
                    given: text.clone()
                })
            );
        }
    }
}
