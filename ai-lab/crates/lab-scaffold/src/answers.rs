//! What a person says about the lab to be.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::Serialize;
use thiserror::Error;

/// All that the plan needs to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// The lab's folder, absolute: what its own tool may reach is named by it.
    pub folder: PathBuf,
    /// The lab's name.
    pub name: LabName,
    /// The framework it runs on.
    pub framework: FrameworkPin,
    /// Whether the folder becomes a git repository, if it can and is not in one.
    pub git: bool,
}

/// The framework a new lab asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameworkPin {
    /// What the lab accepts, as in `ai-lab.toml`: `~0.1`.
    pub range: &'static str,
    /// What pip installs for it, as in `requirements.txt`: `0.1.0`.
    pub version: &'static str,
}

/// A lab's name: 1 to 64 ASCII letters, digits, spaces and `. _ -`, a letter or digit at both ends.
///
/// It goes into TOML and Markdown as it is, so it holds nothing that either would read as its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct LabName(String);

/// A text that is no lab name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "`{}` is no lab name: 1 to 64 letters, digits, spaces, `.`, `_`, `-`, a letter or digit at both ends",
    given.escape_debug()
)]
pub struct NameError {
    /// What was given.
    pub given: String,
}

impl LabName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LabName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for LabName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let is_end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let is_inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | '_' | '-');
        let mut chars = text.chars();
        let holds = text.len() <= 64
            && is_end(chars.clone().next())
            && is_end(chars.next_back())
            && text.chars().all(is_inside);
        if holds {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError {
                given: text.to_owned(),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_holds_nothing_that_toml_or_markdown_reads() {
        let longest = "a".repeat(64);
        let too_long = "a".repeat(65);
        for (text, is_taken) in [
            ("home", true),
            ("Home lab 2.0", true),
            ("a", true),
            (longest.as_str(), true),
            (too_long.as_str(), false),
            ("", false),
            (" home", false),
            ("home.", false),
            ("a\"b", false),
            ("a\nb", false),
            ("a`b", false),
            ("é", false),
        ] {
            assert_eq!(text.parse::<LabName>().is_ok(), is_taken, "{text:?}");
        }
    }

    #[test]
    fn a_bad_name_is_shown_escaped_with_the_rule() {
        let told = "a\u{1b}b"
            .parse::<LabName>()
            .expect_err("escape is no letter");
        assert_eq!(
            told.to_string(),
            "`a\\u{1b}b` is no lab name: 1 to 64 letters, digits, spaces, `.`, `_`, `-`, \
             a letter or digit at both ends"
        );
    }
}
