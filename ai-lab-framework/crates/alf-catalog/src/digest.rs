//! The digest of a tool's folder: what would run, in 32 bytes.

use std::fmt;
use std::fs::Metadata;
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::limits;
use crate::read::{ReadError, kind_of, open_file};
use crate::stamp::Stamp;

/// A SHA-256 digest, shown as `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Why a tool's folder has no digest.
#[derive(Debug, thiserror::Error)]
pub enum DigestError {
    /// A folder or link cannot be read.
    #[error("`{}` cannot be read", .path.display())]
    Io {
        /// The folder or link.
        path: PathBuf,
        /// Why.
        #[source]
        reason: io::Error,
    },
    /// A file cannot be read.
    #[error("`{}` cannot be read", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        reason: ReadError,
    },
    /// There are more files and folders than [`limits::TREE_ENTRIES`], or deeper than
    /// [`limits::TREE_DEPTH`].
    #[error("`{}` makes the tool's folder larger than {entries} entries or {depth} levels", .path.display())]
    TooMany {
        /// The first one too many.
        path: PathBuf,
        /// The bound on entries.
        entries: usize,
        /// The bound on levels.
        depth: usize,
    },
    /// The files have more than [`limits::TREE_BYTES`] together.
    #[error("`{}` makes the tool's files larger than {most} bytes", .path.display())]
    TooLong {
        /// The file at which it was too much.
        path: PathBuf,
        /// The bound.
        most: u64,
    },
}

/// What an entry of a tool's folder is; folders count by what is in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A file that may not be started.
    File,
    /// A file that may be started.
    Program,
    /// A symbolic link.
    Link,
}

/// One entry of a tool's folder that its digest covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeEntry {
    /// Its path in the folder; what is not UTF-8 in it is shown escaped.
    pub path: String,
    /// What it is.
    pub kind: EntryKind,
    /// The digest of its bytes; of a link, of the path it names.
    pub digest: Digest,
    /// How many bytes it has.
    pub bytes: u64,
}

/// A digest with the entries it is of.
#[derive(Clone, Debug)]
pub struct ListedTree {
    /// The folder's digest.
    pub digest: Digest,
    /// Every entry that it covers, by path.
    pub entries: Vec<TreeEntry>,
}

/// Digests a folder and each of its entries.
pub(crate) fn list_tree(folder: &Path, written: &[PathBuf]) -> Result<ListedTree, DigestError> {
    let mut walk = Walk {
        entries: Some(Vec::new()),
        ..Walk::new(folder, written)
    };
    walk.folder(folder, 0)?;
    Ok(ListedTree {
        digest: Digest(walk.hash.finalize().into()),
        entries: walk.entries.unwrap_or_default(),
    })
}

/// A digest with the state of the files it is of.
#[derive(Debug)]
pub(crate) struct DigestedTree {
    pub(crate) digest: Digest,
    /// Folders too: a new file changes its folder.
    pub(crate) stamps: Vec<(PathBuf, Stamp)>,
}

/// Digests a folder. Paths in `written` (relative) are data that the tool itself writes, and left out.
pub(crate) fn digest_tree(folder: &Path, written: &[PathBuf]) -> Result<DigestedTree, DigestError> {
    let mut walk = Walk::new(folder, written);
    walk.folder(folder, 0)?;
    Ok(DigestedTree {
        digest: Digest(walk.hash.finalize().into()),
        stamps: walk.stamps,
    })
}

/// Whether a name is never part of what runs: hidden, or made by building and running.
fn is_left_out(name: &[u8]) -> bool {
    name.starts_with(b".")
        || matches!(name, b"target" | b"node_modules" | b"__pycache__")
        || name.ends_with(b".pyc")
}

struct Walk<'a> {
    root: &'a Path,
    written: &'a [PathBuf],
    hash: Sha256,
    stamps: Vec<(PathBuf, Stamp)>,
    bytes: u64,
    /// Each entry by itself; `None` where nobody asks, as every file is then digested once only.
    entries: Option<Vec<TreeEntry>>,
}

impl<'a> Walk<'a> {
    fn new(root: &'a Path, written: &'a [PathBuf]) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"ai-lab tool tree 1\n");
        Self {
            root,
            written,
            hash,
            stamps: Vec::new(),
            bytes: 0,
            entries: None,
        }
    }

    fn list(&mut self, name: &[u8], kind: EntryKind, digest: Sha256, bytes: u64) {
        if let Some(entries) = &mut self.entries {
            let path = match std::str::from_utf8(name) {
                Ok(path) => path.to_owned(),
                Err(_) => name.escape_ascii().to_string(),
            };
            entries.push(TreeEntry {
                path,
                kind,
                digest: Digest(digest.finalize().into()),
                bytes,
            });
        }
    }

    fn folder(&mut self, folder: &Path, depth: usize) -> Result<(), DigestError> {
        let failed = |reason| DigestError::Io {
            path: folder.to_owned(),
            reason,
        };
        // Before the listing: a file added in between makes the stamp old.
        let metadata = folder.metadata().map_err(failed)?;
        self.stamp(folder, &metadata, depth)?;
        let mut names = Vec::new();
        for entry in folder.read_dir().map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            if !is_left_out(name.as_bytes()) {
                names.push(name);
            }
            if names.len() > limits::TREE_ENTRIES {
                return Err(too_many(folder));
            }
        }
        names.sort_unstable_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
        names
            .iter()
            .try_for_each(|name| self.entry(&folder.join(name), depth))
    }

    fn entry(&mut self, path: &Path, depth: usize) -> Result<(), DigestError> {
        let relative = path
            .strip_prefix(self.root)
            .expect("because the walk stays below its root");
        if self.written.iter().any(|data| relative == data) {
            return Ok(());
        }
        let name = relative.as_os_str().as_bytes().to_owned();
        let failed = |reason| DigestError::Io {
            path: path.to_owned(),
            reason,
        };
        let metadata = path.symlink_metadata().map_err(failed)?;
        let kind = metadata.file_type();
        if kind.is_dir() {
            // A folder counts by what is in it.
            return self.folder(path, depth + 1);
        }
        if kind.is_symlink() {
            let target = path.read_link().map_err(failed)?;
            self.stamp(path, &metadata, depth)?;
            self.part(b'l', &name);
            let target = target.as_os_str().as_bytes();
            self.part(b't', target);
            let alone = Sha256::new_with_prefix(target);
            self.list(&name, EntryKind::Link, alone, target.len() as u64);
            return Ok(());
        }
        if !kind.is_file() {
            let reason = ReadError::NotAFile(kind_of(kind));
            return Err(DigestError::File {
                path: path.to_owned(),
                reason,
            });
        }
        self.file(path, &name, depth)
    }

    fn file(&mut self, path: &Path, name: &[u8], depth: usize) -> Result<(), DigestError> {
        let refused = |reason| DigestError::File {
            path: path.to_owned(),
            reason,
        };
        let (mut file, before) = open_file(path).map_err(refused)?;
        let metadata = file
            .metadata()
            .map_err(|error| refused(ReadError::Io(error)))?;
        self.stamp(path, &metadata, depth)?;
        self.bytes = self.bytes.saturating_add(before.size);
        if self.bytes > limits::TREE_BYTES {
            let most = limits::TREE_BYTES;
            return Err(DigestError::TooLong {
                path: path.to_owned(),
                most,
            });
        }
        let executable = metadata.mode() & 0o111 != 0;
        self.part(if executable { b'x' } else { b'f' }, name);
        self.hash.update(before.size.to_be_bytes());
        let mut buffer = vec![0; 65_536];
        let mut alone = Sha256::new();
        let mut left = before.size;
        loop {
            let count = file
                .read(&mut buffer)
                .map_err(|error| refused(ReadError::Io(error)))?;
            if count == 0 {
                break;
            }
            left = left
                .checked_sub(count as u64)
                .ok_or_else(|| refused(ReadError::Changed))?;
            self.hash.update(&buffer[..count]);
            if self.entries.is_some() {
                alone.update(&buffer[..count]);
            }
        }
        let after = file
            .metadata()
            .map_err(|error| refused(ReadError::Io(error)))?;
        if left != 0 || Stamp::of(&after) != before {
            return Err(refused(ReadError::Changed));
        }
        let kind = if executable {
            EntryKind::Program
        } else {
            EntryKind::File
        };
        self.list(name, kind, alone, before.size);
        Ok(())
    }

    /// Adds a kind and some bytes with their length, so that no two trees read alike.
    fn part(&mut self, kind: u8, bytes: &[u8]) {
        self.hash.update([kind]);
        self.hash.update((bytes.len() as u64).to_be_bytes());
        self.hash.update(bytes);
    }

    fn stamp(&mut self, path: &Path, metadata: &Metadata, depth: usize) -> Result<(), DigestError> {
        if self.stamps.len() >= limits::TREE_ENTRIES || depth > limits::TREE_DEPTH {
            return Err(too_many(path));
        }
        self.stamps.push((path.to_owned(), Stamp::of(metadata)));
        Ok(())
    }
}

fn too_many(path: &Path) -> DigestError {
    DigestError::TooMany {
        path: path.to_owned(),
        entries: limits::TREE_ENTRIES,
        depth: limits::TREE_DEPTH,
    }
}
