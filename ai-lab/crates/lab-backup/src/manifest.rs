//! What an archive says of itself.

use std::path::{Component, Path};

use serde::{Deserialize, Serialize};

use crate::BackupKind;

/// The archive's format. A later one is refused by number.
pub const FORMAT: u32 = 1;

/// The first file of every archive.
pub(crate) const MANIFEST: &str = "manifest.json";

/// The longest manifest, in bytes: what is read before anything is known.
pub(crate) const MANIFEST_BYTES: u64 = 16 * 1024 * 1024;

/// How many files an archive has at most. Stops a made-up one from filling a folder.
pub(crate) const MOST_FILES: usize = 10_000;

/// How many bytes an archive unpacks to at most. Stops a made-up one from filling the disk.
pub(crate) const MOST_BYTES: u64 = 64 * 1024 * 1024 * 1024;

/// What an archive holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The archive's format.
    pub format: u32,
    /// Why it was made.
    pub kind: BackupKind,
    /// When, as RFC 3339 in UTC.
    pub created_at: String,
    /// The version of `ai-lab` that made it.
    pub software: String,
    /// The framework whose record is in it; `None` where it is not.
    pub framework: Option<String>,
    /// Every other file, in the archive's order.
    pub files: Vec<PackedFile>,
}

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackedFile {
    /// Its path below the lab's folder, `/` between the parts.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, in lower-case hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// The file of that path.
    pub fn file(&self, path: &str) -> Option<&PackedFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// What is wrong with it; `None` for one that may be unpacked.
    pub(crate) fn fault(&self) -> Option<String> {
        let bytes = self
            .files
            .iter()
            .try_fold(0_u64, |sum, file| sum.checked_add(file.bytes));
        if self.files.len() > MOST_FILES {
            return Some(format!("it has more than {MOST_FILES} files"));
        }
        if bytes.is_none_or(|bytes| bytes > MOST_BYTES) {
            return Some(format!("it unpacks to more than {MOST_BYTES} bytes"));
        }
        let outside = self.files.iter().find(|file| !stays_within(&file.path));
        outside.map(|file| format!("`{}` would lie outside", file.path.escape_debug()))
    }
}

fn stays_within(path: &str) -> bool {
    let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    !path.is_empty() && !path.contains('\0') && Path::new(path).components().all(is_plain)
}
