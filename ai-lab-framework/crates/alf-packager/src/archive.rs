//! A folder becomes an archive, the same for the same files on every machine: sorted, without times, owners and other modes.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use alf_release::{Archive, NoTree, NoTreePath, Sha256, Tree, TreeFile};
use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};

use crate::document::{DiskError, disk, write};

/// Why a folder became no archive.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The disk.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// A path that no release has.
    #[error(transparent)]
    Path(#[from] NoTreePath),
    /// Files that no disk holds side by side.
    #[error(transparent)]
    Tree(#[from] NoTree),
    /// A link, a device.
    #[error("{} is neither a file nor a folder", .0.display())]
    Kind(PathBuf),
    /// A name that is no text.
    #[error("{} has a name that is no text", .0.display())]
    Name(PathBuf),
    /// What would run is compiled anew by each Python and is never the same.
    #[error("{} is bytecode: a release has none", .0.display())]
    Bytecode(PathBuf),
}

/// What an archive is made of.
#[derive(Clone, Debug)]
pub struct Parts<'a> {
    /// The folder with the release's files.
    pub folder: &'a Path,
    /// The folder in the archive that holds them: name and version.
    pub top: &'a str,
    /// The platform, as Rust names it.
    pub target: &'a str,
    /// The time of every file, in seconds since 1970, UTC.
    pub epoch: u64,
}

/// Every file below a folder.
pub fn tree_of(folder: &Path) -> Result<Tree, ArchiveError> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).map_err(disk("read", &next))? {
            let path = entry.map_err(disk("read", &next))?.path();
            let meta = fs::symlink_metadata(&path).map_err(disk("read", &path))?;
            if meta.is_dir() {
                open.push(path);
            } else if meta.is_file() {
                files.push(file(folder, &path, &meta)?);
            } else {
                return Err(ArchiveError::Kind(path));
            }
        }
    }
    Ok(Tree::of(files)?)
}

fn file(folder: &Path, path: &Path, meta: &fs::Metadata) -> Result<TreeFile, ArchiveError> {
    let below = path.strip_prefix(folder).unwrap_or(path).to_str();
    let below = below.ok_or_else(|| ArchiveError::Name(path.to_owned()))?;
    if path.extension().is_some_and(|ending| ending == "pyc") {
        return Err(ArchiveError::Bytecode(path.to_owned()));
    }
    let mut opened = File::open(path).map_err(disk("read", path))?;
    let (sha256, bytes) = Sha256::of_reader(&mut opened).map_err(disk("read", path))?;
    Ok(TreeFile {
        path: below.parse()?,
        program: meta.permissions().mode() & 0o111 != 0,
        bytes,
        sha256,
    })
}

/// Makes the archive and says what a release has to say of it.
pub fn make(parts: &Parts<'_>, to: &Path) -> Result<Archive, ArchiveError> {
    let files = tree_of(parts.folder)?;
    let made = packed(parts, &files).map_err(disk("read", parts.folder))?;
    write(to, &made)?;
    let name = to.file_name().and_then(|name| name.to_str());
    Ok(Archive {
        target: parts.target.to_owned(),
        file: name
            .ok_or_else(|| ArchiveError::Name(to.to_owned()))?
            .to_owned(),
        bytes: made.len() as u64,
        sha256: Sha256::of(&made),
        tree: files.digest(),
        files,
    })
}

fn packed(parts: &Parts<'_>, files: &Tree) -> io::Result<Vec<u8>> {
    // No name and no time in the head of the gzip either.
    let gzip = GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), Compression::best());
    let mut builder = Builder::new(gzip);
    for file in files.files() {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_size(file.bytes);
        header.set_mode(if file.program { 0o555 } else { 0o444 });
        header.set_mtime(parts.epoch);
        header.set_uid(0);
        header.set_gid(0);
        let opened = File::open(parts.folder.join(file.path.as_str()))?;
        let name = format!("{}/{}", parts.top, file.path);
        builder.append_data(&mut header, name, opened)?;
    }
    let mut gzip = builder.into_inner()?;
    gzip.flush()?;
    gzip.finish()
}
