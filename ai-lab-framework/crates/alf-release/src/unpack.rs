//! An archive becomes a folder: only the files that its release names, each with the bytes that it names.
//!
//! Nothing in an archive is believed. A file that the release does not name is never created; one that grows beyond its
//! length or has other bytes ends it all. What was created until then lies in a folder that nobody uses.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read, Write as _};
use std::os::fd::{AsFd, OwnedFd};

use flate2::read::GzDecoder;
use rustix::fs::{Mode, OFlags, ResolveFlags, fchmod, mkdirat, openat2};
use rustix::io::Errno;
use sha2::{Digest as _, Sha256 as Hasher};
use tar::EntryType;

use crate::digest::Sha256;
use crate::tree::{NoTreePath, Tree, TreeFile, TreePath};

/// Beneath the folder that was opened, and through no link.
pub(crate) const BENEATH: ResolveFlags = ResolveFlags::BENEATH
    .union(ResolveFlags::NO_SYMLINKS)
    .union(ResolveFlags::NO_MAGICLINKS);

/// Why an archive was not unpacked.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// It is no gzip, no tar, or cut off.
    #[error("the archive cannot be read")]
    Archive(#[source] io::Error),
    /// Nothing can be written.
    #[error("cannot write `{path}`")]
    Write {
        /// Which file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A path that leads out of the folder, or that a disk may take for another.
    #[error(transparent)]
    Path(#[from] NoTreePath),
    /// A link, a device, a pipe.
    #[error("`{0}` in the archive is neither a file nor a folder")]
    Kind(String),
    /// A file that the release does not name, or names once and the archive has twice.
    #[error("`{0}` in the archive is not in its release")]
    Unknown(TreePath),
    /// Other bytes than the release says.
    #[error("`{0}` in the archive is not what its release says")]
    Other(TreePath),
    /// A file of the release that the archive does not have.
    #[error("`{0}` is missing in the archive")]
    Missing(TreePath),
}

/// Unpacks a gzipped tar into an empty folder. All of its files lie in one folder of any name, which is left out.
/// Every file and folder is on the disk when it returns, read-only.
pub fn unpack(archive: impl Read, tree: &Tree, into: &OwnedFd) -> Result<(), UnpackError> {
    let mut archive = tar::Archive::new(GzDecoder::new(archive));
    let mut missing: HashSet<&TreePath> = tree.files().iter().map(|file| &file.path).collect();
    let mut folders = HashSet::new();
    for entry in archive.entries().map_err(UnpackError::Archive)? {
        let mut entry = entry.map_err(UnpackError::Archive)?;
        let whole = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        match entry.header().entry_type() {
            EntryType::Regular => {}
            // Folders are made for their files.
            EntryType::Directory => continue,
            _ => return Err(UnpackError::Kind(whole.escape_default().to_string())),
        }
        let below = whole.split_once('/').map_or("", |(_, below)| below);
        let path: TreePath = below.parse()?;
        let Some(file) = tree.file(&path).filter(|_| missing.remove(&path)) else {
            return Err(UnpackError::Unknown(path));
        };
        make_folders(into, &path, &mut folders)?;
        write_file(&mut entry, file, into)?;
    }
    if let Some(path) = missing.into_iter().min() {
        return Err(UnpackError::Missing(path.clone()));
    }
    seal(into, folders).map_err(|source| UnpackError::Write {
        path: ".".to_owned(),
        source,
    })
}

fn make_folders(
    into: &OwnedFd,
    path: &TreePath,
    made: &mut HashSet<String>,
) -> Result<(), UnpackError> {
    let text = path.as_str();
    for (end, _) in text.match_indices('/') {
        let folder = &text[..end];
        if made.contains(folder) {
            continue;
        }
        // Its parts were looked at, and the folder above is one that was made here.
        mkdirat(into, folder, Mode::RWXU).map_err(|error| UnpackError::Write {
            path: folder.to_owned(),
            source: error.into(),
        })?;
        made.insert(folder.to_owned());
    }
    Ok(())
}

fn write_file(entry: &mut impl Read, file: &TreeFile, into: &OwnedFd) -> Result<(), UnpackError> {
    let failed = |source: io::Error| UnpackError::Write {
        path: file.path.to_string(),
        source,
    };
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    let opened = openat2(into, file.path.as_str(), flags, Mode::RUSR, BENEATH);
    let mut written = File::from(opened.map_err(|error| failed(error.into()))?);
    // One byte more than there may be tells a file that goes on.
    let mut entry = entry.take(file.bytes + 1);
    let mut hasher = Hasher::new();
    let mut piece = vec![0; 65_536];
    let mut bytes = 0;
    loop {
        let length = entry.read(&mut piece).map_err(UnpackError::Archive)?;
        if length == 0 {
            break;
        }
        bytes += length as u64;
        if bytes > file.bytes {
            return Err(UnpackError::Other(file.path.clone()));
        }
        hasher.update(&piece[..length]);
        written.write_all(&piece[..length]).map_err(failed)?;
    }
    if bytes != file.bytes || Sha256::of_hasher(hasher) != file.sha256 {
        return Err(UnpackError::Other(file.path.clone()));
    }
    let mode = if file.program { 0o555 } else { 0o444 };
    fchmod(&written, Mode::from_raw_mode(mode)).map_err(|error| failed(error.into()))?;
    written.sync_all().map_err(failed)
}

/// Makes every folder read-only and durable, the deepest first.
fn seal(into: &OwnedFd, folders: HashSet<String>) -> io::Result<()> {
    let mut folders: Vec<String> = folders.into_iter().collect();
    folders.sort_by_key(|folder| std::cmp::Reverse(folder.matches('/').count()));
    for folder in folders {
        let opened = open_folder(into, &folder)?;
        close_off(&opened)?;
    }
    close_off(into)
}

fn close_off(folder: impl AsFd) -> io::Result<()> {
    fchmod(&folder, Mode::from_raw_mode(0o555))?;
    Ok(rustix::fs::fsync(folder)?)
}

/// A folder beneath another.
pub(crate) fn open_folder(above: impl AsFd, path: &str) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    openat2(above, path, flags, Mode::empty(), BENEATH)
}

#[cfg(test)]
mod tests;
