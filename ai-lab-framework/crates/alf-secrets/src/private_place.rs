//! Folders and files that only this user may read.

use std::fs::{DirBuilder, File};
use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{
    AtFlags, FileType, FlockOperation, Mode, OFlags, Stat, fchmod, flock, fstat, fsync, open,
    openat, renameat, unlinkat,
};
use rustix::io::Errno;
use zeroize::Zeroizing;

/// Why a place cannot hold secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposure {
    /// Its mode gives the group or others a right.
    OpenToOthers,
    /// Another account owns it.
    OfAnotherUser,
    /// It is not what should be there: a link, a folder, a device, a pipe.
    WrongKind,
}

/// A private place that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// Others can reach it.
    #[error("{} {}", path.display(), match exposure {
        Exposure::OpenToOthers => "can be reached by other accounts",
        Exposure::OfAnotherUser => "belongs to another account",
        Exposure::WrongKind => "is not a plain file or folder of its own",
    })]
    Exposed {
        /// Which place.
        path: PathBuf,
        /// Why.
        exposure: Exposure,
    },
    /// It is longer than it can be.
    #[error("{} is longer than {most} bytes", path.display())]
    TooLong {
        /// Which file.
        path: PathBuf,
        /// The most that is read.
        most: u64,
    },
    /// The system refused.
    #[error("cannot {doing} {}", path.display())]
    System {
        /// What was being done.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// A folder that only this user may enter, opened once: what is done below it stays below it.
#[derive(Debug)]
pub struct PrivateFolder {
    folder: OwnedFd,
    path: PathBuf,
}

/// Held while a change is made; another process waits for it.
#[derive(Debug)]
pub struct Lock {
    _file: OwnedFd,
}

impl PrivateFolder {
    /// Opens the folder; `None` where there is none.
    pub fn open(path: &Path) -> Result<Option<Self>, PlaceError> {
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::RDONLY;
        let folder = match open(path, flags, Mode::empty()) {
            Ok(folder) => folder,
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::LOOP | Errno::NOTDIR) => return Err(exposed(path, Exposure::WrongKind)),
            Err(error) => return Err(system("open", path)(error)),
        };
        let stat = fstat(&folder).map_err(system("look at", path))?;
        check_private(&stat, FileType::Directory, path)?;
        Ok(Some(Self {
            folder,
            path: path.to_owned(),
        }))
    }

    /// Opens the folder, made for this user alone where there is none.
    pub fn make(path: &Path) -> Result<Self, PlaceError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|source| PlaceError::System {
            doing: "make the folder",
            path: path.to_owned(),
            source,
        })?;
        let gone = || system("open", path)(Errno::NOENT);
        Self::open(path)?.ok_or_else(gone)
    }

    /// What a file below holds; `None` where there is none.
    pub fn read(&self, name: &str, most: u64) -> Result<Option<Zeroizing<Vec<u8>>>, PlaceError> {
        let path = self.path.join(name);
        // Without waiting: a pipe put in its place would hold the framework for ever.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match openat(&self.folder, name, flags, Mode::empty()) {
            Ok(file) => file,
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::LOOP | Errno::NXIO) => return Err(exposed(&path, Exposure::WrongKind)),
            Err(error) => return Err(system("open", &path)(error)),
        };
        let stat = fstat(&file).map_err(system("look at", &path))?;
        check_private(&stat, FileType::RegularFile, &path)?;
        read_whole(
            File::from(file),
            u64::try_from(stat.st_size).unwrap_or(0),
            most,
            &path,
        )
        .map(Some)
    }

    /// Puts a file below in the place of what was there: a crash leaves the old one or the new one, whole.
    pub fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), PlaceError> {
        let path = self.path.join(name);
        let beside = format!("{name}.new");
        // What a crash left beside is nobody's.
        self.remove(&beside)?;
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        let written = openat(&self.folder, &beside, flags, mode)
            .and_then(|file| {
                // The person's umask may have taken the owner's own rights.
                fchmod(&file, mode)?;
                Ok(File::from(file))
            })
            .map_err(io::Error::from)
            .and_then(|mut file| {
                file.write_all(bytes)?;
                file.sync_all()?;
                renameat(&self.folder, &beside, &self.folder, name)?;
                Ok(fsync(&self.folder)?)
            });
        written.map_err(|source| {
            let _already_failed = self.remove(&beside);
            PlaceError::System {
                doing: "write",
                path,
                source,
            }
        })
    }

    /// Takes a file away; nothing to do where there is none.
    pub fn remove(&self, name: &str) -> Result<(), PlaceError> {
        match unlinkat(&self.folder, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(system("remove", &self.path.join(name))(error)),
        }
    }

    /// Takes the lock of that name; `None` while another process has it. It ends with its process, however that ends.
    pub fn try_lock(&self, name: &str) -> Result<Option<Lock>, PlaceError> {
        let path = self.path.join(name);
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(&self.folder, name, flags, Mode::RUSR | Mode::WUSR)
            .map_err(system("open", &path))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(system("lock", &path)(error)),
        }
    }

    /// The folder's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Waits until no other process changes what is in the folder.
    pub fn lock(&self) -> Result<Lock, PlaceError> {
        let path = self.path.join("lock");
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(&self.folder, "lock", flags, Mode::RUSR | Mode::WUSR)
            .map_err(system("open", &path))?;
        loop {
            match flock(&file, FlockOperation::LockExclusive) {
                Ok(()) => return Ok(Lock { _file: file }),
                Err(Errno::INTR) => {}
                Err(error) => return Err(system("lock", &path)(error)),
            }
        }
    }
}

fn read_whole(
    file: File,
    size: u64,
    most: u64,
    path: &Path,
) -> Result<Zeroizing<Vec<u8>>, PlaceError> {
    // With all its room from the start: a growing buffer would leave copies behind that nobody zeroes.
    let room = usize::try_from(size.min(most) + 1).unwrap_or(0);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    let read = file.take(most + 1).read_to_end(&mut bytes);
    read.map_err(|source| PlaceError::System {
        doing: "read",
        path: path.to_owned(),
        source,
    })?;
    if bytes.len() as u64 > most {
        return Err(PlaceError::TooLong {
            path: path.to_owned(),
            most,
        });
    }
    Ok(bytes)
}

fn check_private(stat: &Stat, kind: FileType, path: &Path) -> Result<(), PlaceError> {
    let others = Mode::RWXG | Mode::RWXO;
    let exposure = if FileType::from_raw_mode(stat.st_mode) != kind {
        Exposure::WrongKind
    } else if stat.st_uid != rustix::process::geteuid().as_raw() {
        Exposure::OfAnotherUser
    } else if Mode::from_raw_mode(stat.st_mode).intersects(others) {
        Exposure::OpenToOthers
    } else {
        return Ok(());
    };
    Err(exposed(path, exposure))
}

fn exposed(path: &Path, exposure: Exposure) -> PlaceError {
    PlaceError::Exposed {
        path: path.to_owned(),
        exposure,
    }
}

fn system(doing: &'static str, path: &Path) -> impl FnOnce(Errno) -> PlaceError {
    move |error| PlaceError::System {
        doing,
        path: path.to_owned(),
        source: error.into(),
    }
}
