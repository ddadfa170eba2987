//! Names and ids, each its own type.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A name or id that breaks its rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdError {
    /// What kind of name it was meant to be.
    pub kind: &'static str,
    /// What was given.
    pub given: String,
    /// The rule, as a phrase.
    pub rule: &'static str,
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no {}: {}",
            self.given.escape_debug(),
            self.kind,
            self.rule
        )
    }
}

impl std::error::Error for IdError {}

fn is_name(text: &str, most: usize) -> bool {
    let mut chars = text.chars();
    text.len() <= most
        && chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-')
}

fn is_id(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'))
}

fn is_version(text: &str) -> bool {
    let (numbers, rest) = match text.find(['-', '+']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let is_number = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|c| c.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'))
    };
    let is_rest = |rest: &str| {
        !rest.is_empty()
            && rest
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'+' | b'-'))
    };
    text.len() <= 128
        && numbers.split('.').count() == 3
        && numbers.split('.').all(is_number)
        && rest.is_none_or(is_rest)
}

macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $rule:literal, $pattern:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let holds: fn(&str) -> bool = $check;
                if holds(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(IdError { kind: $kind, given: text.to_owned(), rule: $rule })
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern })
            }
        }
    };
}

pub(super) use checked_text;

checked_text!(
    /// A tool's name: 1 to 32 of `a-z 0-9 _ -`, a letter first.
    ///
    /// With an action's name and a dot it stays within the 64 characters that MCP clients take.
    ToolName,
    "tool name",
    "1 to 32 of a-z, 0-9, `_`, `-`, a letter first",
    "^[a-z][a-z0-9_-]{0,31}$",
    |text| is_name(text, 32)
);
checked_text!(
    /// An action's name: 1 to 24 of `a-z 0-9 _ -`, a letter first.
    ActionName,
    "action name",
    "1 to 24 of a-z, 0-9, `_`, `-`, a letter first",
    "^[a-z][a-z0-9_-]{0,23}$",
    |text| is_name(text, 24)
);
checked_text!(
    /// One execution's id: a `UUIDv7`, so that ids sort by their time of birth.
    ExecutionId,
    "execution id",
    "1 to 128 of letters, digits, `-`, `_`, `.`, `:`",
    "^[A-Za-z0-9_.:-]{1,128}$",
    is_id
);
checked_text!(
    /// Ties the executions of one piece of work together, also across tools.
    CorrelationId,
    "correlation id",
    "1 to 128 of letters, digits, `-`, `_`, `.`, `:`",
    "^[A-Za-z0-9_.:-]{1,128}$",
    is_id
);
checked_text!(
    /// A session's id: the context that persists between executions.
    SessionId,
    "session id",
    "1 to 128 of letters, digits, `-`, `_`, `.`, `:`",
    "^[A-Za-z0-9_.:-]{1,128}$",
    is_id
);

checked_text!(
    /// A secret's name: 1 to 64 of letters, digits, `_`, `-`, `.`, a letter or digit first.
    ///
    /// The name is no secret: it stands in manifests, listings and in the place of its value.
    SecretName,
    "name of a secret",
    "1 to 64 of letters, digits, `_`, `-`, `.`, a letter or digit first",
    "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$",
    |text| {
        (1..=64).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
    }
);

checked_text!(
    /// A SHA-256 as it is written in releases and locks: 64 hexadecimal digits in small letters.
    Sha256Hex,
    "SHA-256",
    "64 of 0-9 and a-f",
    "^[0-9a-f]{64}$",
    |text| text.len() == 64
        && text
            .bytes()
            .all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c))
);
checked_text!(
    /// A release's version: three numbers, and what semver lets follow them; never a path.
    ReleaseVersion,
    "version",
    "`1.2.3`, or with `-` or `+` and more of letters, digits, `.`, `-`",
    "^(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)([-+][0-9A-Za-z.+-]+)?$",
    is_version
);
checked_text!(
    /// The name of a file of a release: one part, 1 to 255 of letters, digits, `.`, `_`, `-`, `+`, no dot first.
    ReleaseFile,
    "name of a release's file",
    "1 to 255 of letters, digits, `.`, `_`, `-`, `+`, no dot first",
    "^[A-Za-z0-9_+-][A-Za-z0-9._+-]{0,254}$",
    |text| (1..=255).contains(&text.len())
        && !text.starts_with('.')
        && text
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-' | b'+'))
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_secret_is_no_path_and_no_option() {
        let check = |text: &str| text.parse::<SecretName>().is_ok();
        let (most, more) = ("r".repeat(64), "r".repeat(65));
        let taken = ["router", "ROUTER_PASSWORD", "v1.token-2", "7", &most].map(check);
        let refused = ["", ".", "..", "-x", "_x", "a/b", "a b", "ä", &more].map(check);
        assert_eq!((taken, refused), ([true; 5], [false; 9]));
    }

    #[test]
    fn names_stay_within_what_every_client_takes() {
        let check = |text: &str| text.parse::<ToolName>().is_ok();
        let thirty_two = "a".repeat(32);
        let thirty_three = "a".repeat(33);
        let taken = ["monitoring", "home_server-2", "a", &thirty_two].map(check);
        let refused = [
            "",
            "Monitoring",
            "1st",
            "-x",
            "a/b",
            "..",
            "ä",
            "a b",
            &thirty_three,
        ]
        .map(check);
        assert_eq!((taken, refused), ([true; 4], [false; 9]));
    }

    #[test]
    fn a_bad_name_is_told_with_its_rule() {
        assert_eq!(
            "a/\u{7}b".parse::<ActionName>().map_err(|e| e.to_string()),
            Err(
                "`a/\\u{7}b` is no action name: 1 to 24 of a-z, 0-9, `_`, `-`, a letter first"
                    .into()
            )
        );
    }
}
