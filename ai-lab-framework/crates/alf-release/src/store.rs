//! The store: every release that was ever unpacked here, each in a folder that nobody writes again.
//!
//! A folder is named by its version and the digest of its tree. It is made beside and renamed, so that what has a name is
//! whole; what a crash left half made is taken away by the next that places something.

mod collect;
mod kept;
mod labs;
mod look;
mod mark;
mod repair;

use std::fs::{self, File};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use semver::Version;

use crate::digest::Sha256;
use crate::release::Archive;
use crate::tree::Tree;
use crate::unpack::{UnpackError, unpack};

pub use collect::{CollectError, CollectPlan, Kept, KeptFor};
pub use kept::KeptError;
pub use look::{Difference, look};
pub use mark::Quick;
pub use repair::{RepairError, Repaired};

use look::look_by;
use mark::Fingerprint;

/// What half-made folders are named before anything else. They lie beside the whole ones: a sealed folder goes into
/// another one with its own write permission only, which it has no more.
const STAGE: &str = ".stage";

/// Held by whoever places or removes something.
const LOCK: &str = ".lock";

/// A folder of releases.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
}

/// Why a release was not placed.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The archive is not the one of the release.
    #[error("the archive is not the one that its release names: {found} instead of {wanted}")]
    Archive {
        /// Its digest.
        found: Sha256,
        /// The one that was wanted.
        wanted: Sha256,
    },
    /// What is in it cannot be unpacked.
    #[error(transparent)]
    Unpack(#[from] UnpackError),
    /// There is one of that name, and it is not what it was.
    #[error("the store has `{name}`, and it was changed: {first}")]
    Changed {
        /// The folder's name.
        name: String,
        /// What is different first.
        first: Difference,
    },
    /// The disk.
    #[error("cannot {what} `{}`", .path.display())]
    Disk {
        /// What was tried.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

/// An error of the disk with what was tried and where.
fn disk<'a>(what: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> PlaceError + 'a {
    move |source| PlaceError::Disk {
        what,
        path: path.to_owned(),
        source,
    }
}

impl Store {
    /// The store in that folder; it is made when something is placed.
    pub const fn at(root: PathBuf) -> Self {
        Self { root }
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The name of a release's folder: its version, and the first 16 digits of its tree's digest.
    pub fn name(version: &Version, tree: &Sha256) -> String {
        format!("{version}-{}", &tree.as_str()[..16])
    }

    /// Where a release lies, or would lie.
    pub fn path(&self, version: &Version, tree: &Sha256) -> PathBuf {
        self.root.join(Self::name(version, tree))
    }

    /// Puts a release there, if it is not there already; where it lies. Whoever calls has looked at its signature.
    pub fn place(
        &self,
        version: &Version,
        archive: &Archive,
        file: &Path,
    ) -> Result<PathBuf, PlaceError> {
        let _held = self.lock()?;
        let place = self.path(version, &archive.tree);
        if place.symlink_metadata().is_ok() {
            return Self::as_it_was(&place, &archive.files).map(|()| place);
        }
        let stage = self.empty_stage(version, archive)?;
        let mut opened = File::open(file).map_err(disk("open", file))?;
        let (found, bytes) = Sha256::of_reader(&mut opened).map_err(disk("read", file))?;
        if found != archive.sha256 || bytes != archive.bytes {
            let wanted = archive.sha256.clone();
            return Err(PlaceError::Archive { found, wanted });
        }
        // What was looked at is what is unpacked: the same open file, from its beginning.
        io::Seek::rewind(&mut opened).map_err(disk("read", file))?;
        let into = File::open(&stage).map_err(disk("open", &stage))?;
        unpack(opened, &archive.files, &OwnedFd::from(into))?;
        fs::rename(&stage, &place).map_err(disk("rename", &stage))?;
        self.sync()?;
        Ok(place)
    }

    /// A new folder to unpack into; what a crash left of earlier ones is gone.
    fn empty_stage(&self, version: &Version, archive: &Archive) -> Result<PathBuf, PlaceError> {
        self.clear()?;
        let name = format!("{STAGE}-{}", Self::name(version, &archive.tree));
        let stage = self.root.join(name);
        fs::create_dir(&stage).map_err(disk("make", &stage))?;
        Ok(stage)
    }

    fn sync(&self) -> Result<(), PlaceError> {
        let root = File::open(&self.root).map_err(disk("open", &self.root))?;
        root.sync_all().map_err(disk("sync", &self.root))
    }

    fn as_it_was(place: &Path, tree: &Tree) -> Result<(), PlaceError> {
        let found = look(place, tree).map_err(disk("read", place))?;
        match found.into_iter().next() {
            None => Ok(()),
            Some(first) => Err(PlaceError::Changed {
                name: place.file_name().unwrap_or_default().display().to_string(),
                first,
            }),
        }
    }

    /// The names of the releases that are there.
    pub fn names(&self) -> io::Result<Vec<String>> {
        let listed = match fs::read_dir(&self.root) {
            Ok(listed) => listed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut names = Vec::new();
        for entry in listed {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if !name.starts_with('.') {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// Takes away what was left half made. Its folders were made read-only already, or not.
    fn clear(&self) -> Result<(), PlaceError> {
        for entry in fs::read_dir(&self.root).map_err(disk("read", &self.root))? {
            let entry = entry.map_err(disk("read", &self.root))?;
            if entry.file_name().to_string_lossy().starts_with(STAGE) {
                repair::remove_all(&entry.path()).map_err(disk("clear", &entry.path()))?;
            }
        }
        Ok(())
    }

    /// Holds the store: nobody else places, repairs, removes or counts meanwhile. Makes its folder where there is none.
    pub fn hold(&self) -> Result<Held, PlaceError> {
        self.lock().map(|file| Held { _file: file })
    }

    fn lock(&self) -> Result<File, PlaceError> {
        let mut made = fs::DirBuilder::new();
        let made = made.recursive(true).mode(0o700).create(&self.root);
        made.map_err(disk("make", &self.root))?;
        let path = self.root.join(LOCK);
        let mut options = fs::OpenOptions::new();
        let file = options.create(true).append(true).open(&path);
        let file = file.map_err(disk("open", &path))?;
        flock(&file, FlockOperation::LockExclusive)
            .map_err(io::Error::from)
            .map_err(disk("lock", &path))?;
        Ok(file)
    }
}

/// Held while it lives.
#[derive(Debug)]
#[must_use]
pub struct Held {
    _file: File,
}

/// Whose a file or folder is.
fn owner_of(path: &Path) -> io::Result<u32> {
    fs::symlink_metadata(path).map(|meta| meta.uid())
}

#[cfg(test)]
mod tests;
