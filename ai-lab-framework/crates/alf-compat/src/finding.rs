//! What does not fit, where, why, and what to do about it.

use std::ops::Range;

use serde::{Serialize, Serializer};

/// How much a finding matters. The worst of all is the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It works, and will not for ever.
    Warning,
    /// Whether it works cannot be told.
    CannotTell,
    /// It does not work.
    Incompatible,
}

/// Whether a lab fits, all in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Everything that was found fits.
    Fits,
    /// It fits, and something will not for ever.
    Warnings,
    /// Something does not fit.
    Incompatible,
    /// Of something it cannot be told.
    CannotTell,
}

impl Verdict {
    /// The verdict over all findings: the worst decides.
    pub fn of(findings: &[Finding]) -> Self {
        match findings.iter().map(|finding| finding.severity).max() {
            None => Self::Fits,
            Some(Severity::Warning) => Self::Warnings,
            Some(Severity::CannotTell) => Self::CannotTell,
            Some(Severity::Incompatible) => Self::Incompatible,
        }
    }

    /// What the command ends with.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Fits => 0,
            Self::Warnings => 10,
            Self::Incompatible => 20,
            Self::CannotTell => 30,
        }
    }
}

macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $title:literal;)*) => {
        /// The kind of a finding. The words stand in reports: rows are only added.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[$doc])* $variant,)*
        }

        impl Rule {
            /// Every rule, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word in reports.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What the rule says.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

rules! {
    /// What is used is gone.
    Removed = "removed", "What is used is there.";
    /// What is used was never there.
    Unknown = "unknown", "What is used is known.";
    /// What is used will go.
    Deprecated = "deprecated", "What is used stays.";
    /// A value that cannot be any more.
    Value = "value", "Values are among those that can be.";
    /// Something that has to be given is not.
    Missing = "missing", "What has to be given is given.";
    /// A manifest that the version's schema refuses.
    Manifest = "manifest", "Manifests keep the schema.";
    /// A range of framework versions that leaves this one out.
    FrameworkRange = "framework-range", "The version is in the range that is asked for.";
    /// A range of a published crate that leaves this version out.
    CrateRange = "crate-range", "Rust packages ask for crates of the version.";
    /// A database that the version does not read.
    Database = "database", "The version reads the database.";
    /// Something that could not be made out.
    Unclear = "unclear", "What is used can be told without running it.";
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One thing that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its kind.
    pub rule: Rule,
    /// How much it matters.
    pub severity: Severity,
    /// The file, below the lab where it lies there.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character of the line, from 1.
    pub column: usize,
    /// What was found: lower case, no full stop.
    pub what: String,
    /// Why that does not fit: lower case, no full stop.
    pub why: String,
    /// What to do about it, as a sentence.
    pub fix: String,
    /// What to put there, where that is all there is to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replacement: Option<Replacement>,
    /// How much the tool that it is part of was used; `None` where it is part of none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
}

/// Other words for some bytes of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replacement {
    /// The bytes.
    pub span: Range<usize>,
    /// What stands there instead.
    pub text: String,
}

/// How much a tool was used, as the record has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Which tool.
    pub tool: String,
    /// How often in the last 90 days.
    pub count: u64,
    /// When last, ever: milliseconds since 1970, UTC; `None` for never.
    pub last_at_ms: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_finding_is_the_verdict() {
        let finding = |severity| Finding {
            rule: Rule::Removed,
            severity,
            file: String::new(),
            line: 1,
            column: 1,
            what: String::new(),
            why: String::new(),
            fix: String::new(),
            replacement: None,
            usage: None,
        };
        let check = |severities: &[Severity]| {
            let findings: Vec<Finding> = severities.iter().copied().map(finding).collect();
            Verdict::of(&findings).exit_code()
        };
        assert_eq!(check(&[]), 0);
        assert_eq!(check(&[Severity::Warning]), 10);
        assert_eq!(check(&[Severity::Warning, Severity::CannotTell]), 30);
        assert_eq!(
            check(&[
                Severity::Incompatible,
                Severity::CannotTell,
                Severity::Warning
            ]),
            20
        );
    }
}
