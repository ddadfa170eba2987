//! `ai-lab.lock`: which release of the framework a lab has, for every platform.
//!
//! The instance writes it, git keeps it, the framework reads it before it does anything else in that lab.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ids::{ReleaseFile, ReleaseVersion, Sha256Hex};

/// How many digits of a tree's digest stand in the name of its folder.
const DIGITS: usize = 16;

/// What a lab is held to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LabLock {
    /// The form of this file: 1. Keys that a reader does not know it passes over; a form that it does not know it refuses.
    pub format: u32,
    /// The framework's release.
    pub framework: LockedFramework,
}

/// One release of the framework, with everything that verifies it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LockedFramework {
    /// Its version.
    pub version: ReleaseVersion,
    /// The digest of its `release.json`, which lists every file of it.
    pub release_sha256: Sha256Hex,
    /// The contract that it speaks.
    pub contract: MajorMinor,
    /// The schema of each database that it writes, by the database's name, such as `framework`.
    pub schemas: BTreeMap<String, MajorMinor>,
    /// What is unpacked into the store: one for every platform of the release, not the local one alone.
    #[serde(default, rename = "archive")]
    pub archives: Vec<LockedArchive>,
    /// What pip may install.
    #[serde(default, rename = "wheel")]
    pub wheels: Vec<LockedWheel>,
}

/// The version of a contract or a schema: within a major, whoever reads one minor reads all.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct MajorMinor {
    /// Another is another language.
    pub major: u32,
    /// A higher one knows more.
    pub minor: u32,
}

/// One platform's archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LockedArchive {
    /// Which platform, as Rust names it: `x86_64-unknown-linux-gnu`.
    pub target: String,
    /// The file's name.
    pub file: ReleaseFile,
    /// How long it is, in bytes.
    pub bytes: u64,
    /// What is in the file.
    pub sha256: Sha256Hex,
    /// The digest of what it unpacks to: that of a line `MODE SHA256 PATH` for each file.
    pub tree: Sha256Hex,
}

/// One file that pip installs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LockedWheel {
    /// The file's name.
    pub file: ReleaseFile,
    /// How long it is, in bytes.
    pub bytes: u64,
    /// What is in the file.
    pub sha256: Sha256Hex,
}

/// A lock of a form that this version does not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownLockFormat {
    /// The form that it has.
    pub found: u32,
}

impl fmt::Display for UnknownLockFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = LabLock::FORMAT;
        write!(
            f,
            "it has the form {}, and this version reads {known}",
            self.found
        )
    }
}

impl std::error::Error for UnknownLockFormat {}

impl LabLock {
    /// The file's name in the lab's folder.
    pub const FILE: &str = "ai-lab.lock";

    /// The form that this version writes and reads.
    pub const FORMAT: u32 = 1;

    /// Refuses a form that this version does not know.
    pub const fn check_format(&self) -> Result<(), UnknownLockFormat> {
        if self.format == Self::FORMAT {
            Ok(())
        } else {
            Err(UnknownLockFormat { found: self.format })
        }
    }
}

impl LockedFramework {
    /// The archive for a platform; `None` where the release has none for it.
    pub fn archive(&self, target: &str) -> Option<&LockedArchive> {
        self.archives
            .iter()
            .find(|archive| archive.target == target)
    }

    /// The name of the release's folder in the store on that platform: its version, and the first 16 digits of the digest
    /// of its tree; `None` where the release has no archive for it.
    pub fn place(&self, target: &str) -> Option<String> {
        let archive = self.archive(target)?;
        Some(format!(
            "{}-{}",
            self.version,
            &archive.tree.as_str()[..DIGITS]
        ))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lock() -> serde_json::Value {
        json!({
            "format": 1,
            "framework": {
                "version": "1.4.2",
                "release_sha256": "0".repeat(64),
                "contract": { "major": 1, "minor": 4 },
                "schemas": { "framework": { "major": 1, "minor": 17 } },
                "archive": [{
                    "target": "x86_64-unknown-linux-gnu",
                    "file": "ai-lab-framework-1.4.2-x86_64-unknown-linux-gnu.tar.gz",
                    "bytes": 7,
                    "sha256": "1".repeat(64),
                    "tree": "3f9a0c51d2e47b60".to_owned() + &"2".repeat(48),
                }],
                "wheel": [{
                    "file": "ai_lab_framework-1.4.2-py3-none-manylinux_2_17_x86_64.whl",
                    "bytes": 8,
                    "sha256": "4".repeat(64),
                }],
            },
        })
    }

    #[test]
    fn what_is_written_is_read_and_keys_of_later_versions_are_passed_over() {
        let read: LabLock = serde_json::from_value(lock()).expect("a lock");
        assert_eq!(serde_json::to_value(&read).expect("JSON"), lock());
        let mut later = lock();
        later["framework"]["channel"] = json!("stable");
        later["signed_by"] = json!("somebody");
        let passed: LabLock = serde_json::from_value(later).expect("a lock");
        assert_eq!(passed, read);
        assert_eq!(read.check_format(), Ok(()));
    }

    #[test]
    fn the_place_in_the_store_is_named_by_version_and_tree() {
        let read: LabLock = serde_json::from_value(lock()).expect("a lock");
        let place = |target| read.framework.place(target);
        assert_eq!(
            place("x86_64-unknown-linux-gnu").as_deref(),
            Some("1.4.2-3f9a0c51d2e47b60")
        );
        assert_eq!(place("armv7-unknown-linux-gnueabihf"), None);
    }

    #[test]
    fn what_would_lead_elsewhere_is_no_lock() {
        let refused = |pointer: &str, value: serde_json::Value| {
            let mut document = lock();
            *document.pointer_mut(pointer).expect("it is there") = value;
            serde_json::from_value::<LabLock>(document).is_err()
        };
        for version in [
            "../1.4.2", "1.4", "1.4.2/..", "01.4.2", "1.4.2-", "", "v1.4.2",
        ] {
            assert!(refused("/framework/version", json!(version)), "{version}");
        }
        assert!(!refused("/framework/version", json!("1.4.2-rc.1+build.5")));
        for digest in ["", "abc", &"G".repeat(64), &"A".repeat(64)] {
            assert!(
                refused("/framework/archive/0/tree", json!(digest)),
                "{digest}"
            );
        }
        for file in ["../a", "a/b", ".a", ""] {
            assert!(refused("/framework/wheel/0/file", json!(file)), "{file}");
        }
        let mut later: LabLock = serde_json::from_value(lock()).expect("a lock");
        later.format = 2;
        assert_eq!(
            later.check_format().map_err(|error| error.to_string()),
            Err("it has the form 2, and this version reads 1".to_owned())
        );
    }
}
