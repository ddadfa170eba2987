//! Inputs and outputs too big for a row: kept once, under the digest of what they hold.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use ai_lab_contract::{ErrorClass, ExecutionId};
use thiserror::Error;

use crate::error::StoreError;

/// The longest input or output that stays in a row, in bytes; longer ones would make every page of a listing
/// and every backup carry them.
pub const ROW_BYTES: usize = 262_144;

/// Stands before a reference in a row; no JSON text begins with it.
const MARK: &str = "@sha256:";
/// Hexadecimal digits of a digest.
const DIGITS: usize = 64;

/// Where a kept text is: its digest and size. As text it stands in a row in the place of what it refers to,
/// and the row's link covers it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OutputRef {
    digest: String,
    bytes: u64,
}

impl OutputRef {
    /// The character of a reference, from 1, at which its size begins.
    pub(crate) const SIZE_AT: usize = MARK.len() + DIGITS + 2;

    /// A reference to what has this SHA-256 digest in hexadecimal; the caller has computed it.
    pub(crate) const fn new(digest: String, bytes: u64) -> Self {
        Self { digest, bytes }
    }

    /// The SHA-256 digest in hexadecimal, lower case.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// How many bytes it has.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl fmt::Display for OutputRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MARK}{}:{}", self.digest, self.bytes)
    }
}

/// A text that is no reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a reference to a kept output")]
pub struct NoReference;

impl FromStr for OutputRef {
    type Err = NoReference;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (digest, bytes) = text
            .strip_prefix(MARK)
            .and_then(|rest| rest.split_once(':'))
            .ok_or(NoReference)?;
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if digest.len() != DIGITS || !digest.bytes().all(is_digit) {
            return Err(NoReference);
        }
        Ok(Self {
            digest: digest.to_owned(),
            bytes: bytes.parse().map_err(|_| NoReference)?,
        })
    }
}

/// Why a big output was not kept or not read back.
#[derive(Debug, Error)]
pub enum OutputError {
    /// Nothing is kept under that digest: it was pruned, or its file was taken away.
    #[error("the kept output {} is gone", .0.display())]
    Gone(PathBuf),
    /// The file holds something else than what was kept.
    #[error("the kept output {} was changed after it was written", .0.display())]
    Changed(PathBuf),
    /// It is no text.
    #[error("the kept output {} is no text", .0.display())]
    NoText(PathBuf),
    /// There is no room for it.
    #[error("no room left to keep {}", path.display())]
    Full {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file could not be written or read.
    #[error("cannot {doing} {}", path.display())]
    Unreachable {
        /// What was being done.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The store itself failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl OutputError {
    /// The row of the contract's one table of failures.
    pub const fn class(&self) -> ErrorClass {
        match self {
            Self::Gone(_) => ErrorClass::NotFound,
            Self::Changed(_) | Self::NoText(_) | Self::Full { .. } | Self::Unreachable { .. } => {
                ErrorClass::Environment
            }
            Self::Store(error) => error.class(),
        }
    }
}

/// A kept output that cannot be read back as it was kept.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct KeptFinding {
    /// The SHA-256 digest under which it was kept, in hexadecimal.
    pub digest: String,
    /// The first executions whose input or output it is, at most eight.
    pub executions: Vec<ExecutionId>,
    /// What is wrong with its file: lower case, no full stop.
    pub problem: String,
}

impl fmt::Display for KeptFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem)?;
        let mut separator = ": of ";
        for execution in &self.executions {
            write!(f, "{separator}{execution}")?;
            separator = ", ";
        }
        Ok(())
    }
}

/// What reading every kept output back found.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct KeptReport {
    /// How many files were read.
    pub files: u64,
    /// What is wrong, by digest; at most [`MOST_ROWS`](crate::MOST_ROWS).
    pub findings: Vec<KeptFinding>,
}

/// What a collection of orphaned files did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Collected {
    /// Files that no row refers to, taken away.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_reads_as_it_is_written_and_nothing_else_does() {
        let whole = OutputRef::new("0123456789abcdef".repeat(4), 7);
        assert_eq!(whole.to_string().parse(), Ok(whole.clone()));
        let text = whole.to_string();
        let wrong = [
            String::new(),
            "{}".to_owned(),
            text.replace('@', ""),
            text.replace("abc", "../"),
            text.replace("abc", "ABC"),
            text.replace(":7", ":-7"),
            text.replace("0123", "012"),
        ];
        for text in wrong {
            assert_eq!(text.parse::<OutputRef>(), Err(NoReference), "{text}");
        }
    }
}
