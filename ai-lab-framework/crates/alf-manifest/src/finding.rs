//! What is wrong with a manifest or a tool, and where.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

use serde::{Serialize, Serializer};

use crate::place::position;

/// Whether a finding keeps a tool from running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The tool does not run until it is mended.
    Error,
    /// The tool runs; its profile asks for better.
    Warning,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)*) => {
        /// The kind of a finding. The words are part of listings and reports: rows are only added.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingCode {
            $($(#[$doc])* $variant,)*
        }

        impl FindingCode {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word in reports, such as `unknown-key`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

codes! {
    /// The file is longer than a manifest may be.
    TooLong = "too-long",
    /// The text is no TOML.
    Syntax = "syntax",
    /// A key or a table is there twice.
    Duplicate = "duplicate",
    /// A key that the manifest does not have.
    UnknownKey = "unknown-key",
    /// A key that must be there.
    MissingKey = "missing-key",
    /// A value of another kind than the key takes.
    WrongType = "wrong-type",
    /// A number, a length or a count outside its range.
    OutOfRange = "out-of-range",
    /// A value that is none of those allowed.
    BadValue = "bad-value",
    /// A contract version that this framework does not speak.
    Contract = "contract",
    /// A name that breaks its rule.
    BadName = "bad-name",
    /// A version or a range that is no semver.
    BadVersion = "bad-version",
    /// Control, zero-width or direction characters in a text that people and agents read.
    HiddenCharacters = "hidden-characters",
    /// A command that cannot be run as written.
    BadCommand = "bad-command",
    /// A path that leaves the tool's folder.
    OutsideFolder = "outside-folder",
    /// A grant that is too wide, or that names no single place.
    BadGrant = "bad-grant",
    /// An environment variable that cannot be one.
    BadVariable = "bad-variable",
    /// An action that is named and not there.
    UnknownAction = "unknown-action",
    /// Two settings that cannot both hold.
    Contradiction = "contradiction",
    /// A JSON Schema that cannot be read or does not compile.
    BadSchema = "bad-schema",
    /// A JSON Schema that describes no object.
    NoObject = "no-object",
    /// A property without a description.
    NoDescription = "no-description",
    /// A program that is not there or cannot be run.
    Program = "program",
    /// No README.
    NoReadme = "no-readme",
    /// The framework's version is outside the range that the tool asks for.
    FrameworkVersion = "framework-version",
    /// The tool's files cannot be read or are too many.
    Unreadable = "unreadable",
    /// Words that give an agent orders instead of telling what the tool does.
    GivesOrders = "gives-orders",
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for FindingCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A second place that belongs to a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Label {
    /// What is there, in a few words.
    pub text: String,
    /// The bytes of the manifest it is about.
    pub span: Range<usize>,
    /// The line it begins on, from 1.
    pub line: usize,
}

/// One thing that is wrong, with its place in the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Whether it keeps the tool from running.
    pub severity: Severity,
    /// Its kind.
    pub code: FindingCode,
    /// What was found and what is right: lower case, no full stop.
    pub message: String,
    /// What to do about it, as a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The bytes of the manifest it is about; empty where something is missing.
    pub span: Range<usize>,
    /// The line it begins on, from 1.
    pub line: usize,
    /// The character of the line, from 1.
    pub column: usize,
    /// Where else to look, such as the first of two equal keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub also: Option<Label>,
}

impl Finding {
    /// An error about some bytes of the manifest.
    pub fn error(
        code: FindingCode,
        message: impl Into<String>,
        source: &str,
        span: Range<usize>,
    ) -> Self {
        let (line, column) = position(source, span.start);
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            help: None,
            span,
            line,
            column,
            also: None,
        }
    }

    /// The same as a warning.
    #[must_use]
    pub fn as_warning(self) -> Self {
        Self {
            severity: Severity::Warning,
            ..self
        }
    }

    /// The same with advice.
    #[must_use]
    pub fn with_help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }
}

/// `line:column: message`, with the help in brackets.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

/// A manifest that cannot be used, with everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ManifestFindings {
    /// The manifest's path, as it was handed in.
    pub file: PathBuf,
    /// What is wrong, in the order of the text; at least one error.
    pub findings: Vec<Finding>,
    /// The manifest's text, which the spans are about.
    #[serde(skip)]
    pub source: String,
}

impl fmt::Display for ManifestFindings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, others @ ..] = self.findings.as_slice() else {
            return write!(f, "{} is wrong", self.file.display());
        };
        write!(f, "{}:{first}", self.file.display())?;
        match others.len() {
            0 => Ok(()),
            more => write!(f, ", and {more} more"),
        }
    }
}

impl std::error::Error for ManifestFindings {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_has_a_word_of_its_own() {
        let words: BTreeSet<_> = FindingCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(words.len(), FindingCode::ALL.len());
    }

    #[test]
    fn findings_read_as_one_line_and_as_json() {
        let source = "a = 1\nb = 2\n";
        let one = Finding::error(FindingCode::UnknownKey, "unknown key `b`", source, 6..7)
            .with_help("Did you mean `a`?")
            .as_warning();
        assert_eq!(one.to_string(), "2:1: unknown key `b` (Did you mean `a`?)");
        assert_eq!(
            serde_json::to_value(&one).ok(),
            Some(serde_json::json!({
                "severity": "warning", "code": "unknown-key", "message": "unknown key `b`",
                "help": "Did you mean `a`?", "span": {"start": 6, "end": 7}, "line": 2, "column": 1
            }))
        );
        let mut all = ManifestFindings {
            file: "t/tool.toml".into(),
            findings: vec![one.clone()],
            source: source.into(),
        };
        assert_eq!(
            all.to_string(),
            "t/tool.toml:2:1: unknown key `b` (Did you mean `a`?)"
        );
        all.findings.push(one);
        assert!(all.to_string().ends_with(", and 1 more"));
        all.findings.clear();
        assert_eq!(all.to_string(), "t/tool.toml is wrong");
    }
}
