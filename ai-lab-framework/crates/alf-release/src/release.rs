//! `release.json`: everything about one version, in one document that is signed.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};

use crate::digest::Sha256;
use crate::limits::{ARCHIVE_BYTES, DOCUMENT_BYTES, UNPACKED_BYTES};
use crate::tree::Tree;

/// The form that this release writes and reads.
const FORMAT: u32 = 1;

/// One version: what it is, and every file of it, for every platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Release {
    /// The form of this document: 1. Keys that a reader does not know it passes over.
    pub format: u32,
    /// What is released, such as `ai-lab-framework`.
    pub name: String,
    /// Its version.
    #[schemars(with = "String")]
    pub version: Version,
    /// When: milliseconds since 1970, UTC.
    pub released_at_ms: i64,
    /// The contract that it speaks.
    pub contract: SchemaVersion,
    /// The schema of each database that it writes, by the database's name.
    pub schemas: BTreeMap<String, SchemaVersion>,
    /// What has changed, a sentence each.
    #[serde(default)]
    pub changes: Vec<String>,
    /// What is unpacked into the store: one a platform.
    pub archives: Vec<Archive>,
    /// What pip installs: one a platform, and the source.
    #[serde(default)]
    pub wheels: Vec<Wheel>,
}

/// The version of a schema or a contract: within a major, whoever reads one minor reads all.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct SchemaVersion {
    /// Another is another language.
    pub major: u32,
    /// A higher one knows more.
    pub minor: u32,
}

/// One platform's archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Archive {
    /// Which platform, as Rust names it: `x86_64-unknown-linux-gnu`.
    pub target: String,
    /// The file's name, beside `release.json`.
    pub file: String,
    /// How long it is, in bytes.
    pub bytes: u64,
    /// What is in the file.
    pub sha256: Sha256,
    /// The digest of what it unpacks to.
    pub tree: Sha256,
    /// Every file that it unpacks to.
    pub files: Tree,
}

/// One file that pip installs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Wheel {
    /// The file's name, beside `release.json`.
    pub file: String,
    /// How long it is, in bytes.
    pub bytes: u64,
    /// What is in the file.
    pub sha256: Sha256,
}

/// Why a document is no release that can be used.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// It is longer than any release.
    #[error("longer than {DOCUMENT_BYTES} bytes")]
    TooLong,
    /// It is no such document.
    #[error("no release: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// A later form.
    #[error("it has the form {0}, and this version reads {FORMAT}: update by hand")]
    Form(u32),
    /// A name that leads somewhere else.
    #[error("`{0}` is no name of a file beside `release.json`")]
    FileName(String),
    /// Two archives of one platform, or two files of one name.
    #[error("`{0}` is there twice")]
    Twice(String),
    /// More bytes than there may be.
    #[error("`{0}` is larger than it may be")]
    TooLarge(String),
    /// The digest of the tree is not that of its files.
    #[error("the tree of `{0}` is not the one of its files")]
    Tree(String),
}

/// What every form of the document says.
#[derive(Deserialize)]
struct Form {
    format: u32,
}

impl Release {
    /// Reads a document. Whether it is to be trusted, its signature says: look at that first.
    pub fn read(text: &[u8]) -> Result<Self, ReleaseError> {
        if text.len() as u64 > DOCUMENT_BYTES {
            return Err(ReleaseError::TooLong);
        }
        let Form { format } = serde_json::from_slice(text)?;
        if format != FORMAT {
            return Err(ReleaseError::Form(format));
        }
        let release: Self = serde_json::from_slice(text)?;
        release.check()?;
        Ok(release)
    }

    /// The document as it is written: the same for the same release.
    pub fn text(&self) -> String {
        written(self)
    }

    /// The archive for a platform.
    pub fn archive(&self, target: &str) -> Option<&Archive> {
        self.archives
            .iter()
            .find(|archive| archive.target == target)
    }

    fn check(&self) -> Result<(), ReleaseError> {
        let mut seen = std::collections::HashSet::new();
        let files = self
            .archives
            .iter()
            .map(|archive| (&archive.file, archive.bytes));
        let wheels = self.wheels.iter().map(|wheel| (&wheel.file, wheel.bytes));
        for (file, bytes) in files.chain(wheels) {
            if !is_file_name(file) {
                return Err(ReleaseError::FileName(file.chars().take(80).collect()));
            }
            if bytes > ARCHIVE_BYTES {
                return Err(ReleaseError::TooLarge(file.clone()));
            }
            if !seen.insert(file) {
                return Err(ReleaseError::Twice(file.clone()));
            }
        }
        for archive in &self.archives {
            if !seen.insert(&archive.target) {
                return Err(ReleaseError::Twice(archive.target.clone()));
            }
            if archive.files.bytes() > UNPACKED_BYTES {
                return Err(ReleaseError::TooLarge(archive.file.clone()));
            }
            if archive.files.digest() != archive.tree {
                return Err(ReleaseError::Tree(archive.file.clone()));
            }
        }
        Ok(())
    }
}

/// A document of this crate as a person can read it. Each has texts for keys and plain values, which always have a form.
pub(crate) fn written(document: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

/// A name of one part, in characters that mean nothing to a shell or an address.
fn is_file_name(name: &str) -> bool {
    let is_plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-' | b'+');
    !name.is_empty() && name.len() <= 255 && !name.starts_with('.') && name.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::tree::TreeFile;

    fn release() -> Release {
        let files = Tree::of(vec![TreeFile {
            path: "bin/ai-lab-framework".parse().expect("a path"),
            program: true,
            bytes: 3,
            sha256: Sha256::of(b"abc"),
        }])
        .expect("a tree");
        Release {
            format: 1,
            name: "ai-lab-framework".to_owned(),
            version: Version::new(1, 4, 2),
            released_at_ms: 1_700_000_000_000,
            contract: SchemaVersion { major: 1, minor: 4 },
            schemas: BTreeMap::from([(
                "framework".to_owned(),
                SchemaVersion { major: 1, minor: 7 },
            )]),
            changes: vec!["It is faster.".to_owned()],
            archives: vec![Archive {
                target: "x86_64-unknown-linux-gnu".to_owned(),
                file: "ai-lab-framework-1.4.2-x86_64-linux.tar.gz".to_owned(),
                bytes: 10,
                sha256: Sha256::of(b"archive"),
                tree: files.digest(),
                files,
            }],
            wheels: vec![Wheel {
                file: "ai_lab_framework-1.4.2-py3-none-manylinux_2_17_x86_64.whl".to_owned(),
                bytes: 9,
                sha256: Sha256::of(b"wheel"),
            }],
        }
    }

    /// What a release tells that was changed there.
    fn told(pointer: &str, value: Value) -> String {
        let mut document = serde_json::to_value(release()).expect("JSON");
        *document.pointer_mut(pointer).expect("it is there") = value;
        Release::read(document.to_string().as_bytes())
            .expect_err("it is refused")
            .to_string()
    }

    #[test]
    fn what_is_written_is_read() {
        let read = Release::read(release().text().as_bytes()).expect("a release");
        assert_eq!(read, release());
        let target = "x86_64-unknown-linux-gnu";
        assert_eq!(read.archive(target), release().archives.first());
        assert_eq!(read.archive("armv7-unknown-linux-gnueabihf"), None);
    }

    #[test]
    fn a_later_minor_form_is_read_and_a_later_form_is_named() {
        let mut document = serde_json::to_value(release()).expect("JSON");
        document["notes"] = json!("of a later version");
        let read = Release::read(document.to_string().as_bytes()).expect("a release");
        assert_eq!(read, release());
        assert_eq!(
            told("/format", json!(2)),
            "it has the form 2, and this version reads 1: update by hand"
        );
    }

    #[test]
    fn what_would_lead_elsewhere_or_fill_the_disk_is_refused_by_name() {
        for name in ["../a", "/a", "a b", ".a", "", "a\n"] {
            let refused = format!("`{name}` is no name of a file beside `release.json`");
            assert_eq!(told("/archives/0/file", json!(name)), refused);
            assert_eq!(told("/wheels/0/file", json!(name)), refused);
        }
        let file = "ai-lab-framework-1.4.2-x86_64-linux.tar.gz";
        let too_large = format!("`{file}` is larger than it may be");
        assert_eq!(
            told("/archives/0/bytes", json!(ARCHIVE_BYTES + 1)),
            too_large
        );
        assert_eq!(
            told("/archives/0/files/0/bytes", json!(UNPACKED_BYTES + 1)),
            too_large
        );
        assert_eq!(
            told("/wheels/0/file", json!(file)),
            format!("`{file}` is there twice")
        );
        assert_eq!(
            told("/archives/0/files/0/program", json!(false)),
            format!("the tree of `{file}` is not the one of its files")
        );
        let long = " ".repeat(usize::try_from(DOCUMENT_BYTES).expect("small") + 1);
        let told = Release::read(long.as_bytes()).expect_err("too long");
        assert_eq!(told.to_string(), "longer than 4194304 bytes");
        assert!(Release::read(b"<html>").is_err());
    }
}
