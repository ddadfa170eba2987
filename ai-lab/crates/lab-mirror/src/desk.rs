//! Reads and writes single files below a lab's folder.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use rustix::fs::syncfs;

use crate::{FILE_BYTES, Stamp};

/// How many leftovers of a killed process are passed over; more are a sign of something else.
const ATTEMPTS: u32 = 16;

/// Why a file was not read or written. A file that was there is as it was.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It could not be read.
    #[error("cannot read {path}")]
    Read {
        /// Which, below the lab's folder.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// It is too large.
    #[error("{path} is larger than {most} bytes")]
    TooLarge {
        /// Which.
        path: String,
        /// What it may have.
        most: u64,
    },
    /// It is no text.
    #[error("{path}: byte {at} is not UTF-8")]
    NoText {
        /// Which.
        path: String,
        /// How many bytes before it are.
        at: usize,
    },
    /// It could not be written.
    #[error("cannot write {path}")]
    Write {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
}

/// What became of a file that was to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// It is whole in its place.
    Written(Stamp),
    /// Somebody else changed it since it was looked at; it is as they left it.
    Changed,
}

/// Reads and writes files below one folder.
#[derive(Debug)]
pub struct FileDesk<'a> {
    root: &'a Path,
    /// Whether each file is on the disk before the next; else [`FileDesk::settle`] brings all there.
    each_synced: bool,
    folders: BTreeSet<PathBuf>,
}

impl<'a> FileDesk<'a> {
    /// For one file or a few: each is on the disk once it is written.
    pub fn for_few(root: &'a Path) -> Self {
        Self {
            root,
            each_synced: true,
            folders: BTreeSet::new(),
        }
    }

    /// For thousands: they are on the disk after [`FileDesk::settle`].
    pub fn for_many(root: &'a Path) -> Self {
        Self {
            each_synced: false,
            ..Self::for_few(root)
        }
    }

    /// The text of a file and its looks as it was read.
    pub fn read(&self, path: &str) -> Result<(String, Stamp), FileError> {
        self.bounded(path, FILE_BYTES)
    }

    /// The text of a file of at most so many bytes.
    pub fn read_up_to(&self, path: &str, most: u64) -> Result<String, FileError> {
        self.bounded(path, most).map(|(text, _)| text)
    }

    fn bounded(&self, path: &str, most: u64) -> Result<(String, Stamp), FileError> {
        let failed = |source| FileError::Read {
            path: path.to_owned(),
            source,
        };
        let file = File::open(self.root.join(path)).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if !metadata.is_file() {
            return Err(failed(io::Error::other("it is no plain file")));
        }
        let room = usize::try_from(metadata.len().min(most)).unwrap_or(0);
        let mut bytes = Vec::with_capacity(room);
        file.take(most + 1)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        if bytes.len() as u64 > most {
            return Err(FileError::TooLarge {
                path: path.to_owned(),
                most,
            });
        }
        let text = String::from_utf8(bytes).map_err(|error| FileError::NoText {
            path: path.to_owned(),
            at: error.utf8_error().valid_up_to(),
        })?;
        Ok((text, Stamp::of(&metadata)))
    }

    /// The looks of a plain file; `None` where there is none.
    pub fn stamp(&self, path: &str) -> Option<Stamp> {
        let metadata = fs::symlink_metadata(self.root.join(path)).ok()?;
        metadata.is_file().then(|| Stamp::of(&metadata))
    }

    /// Writes a whole file in place of what was seen there; `None` where nothing was.
    pub fn replace(
        &mut self,
        path: &str,
        text: &str,
        seen: Option<Stamp>,
    ) -> Result<Replaced, FileError> {
        let failed = |source| FileError::Write {
            path: path.to_owned(),
            source,
        };
        let full = self.root.join(path);
        let folder = full.parent().unwrap_or(self.root).to_owned();
        if !self.folders.contains(&folder) {
            fs::create_dir_all(&folder).map_err(failed)?;
            self.folders.insert(folder.clone());
        }
        let (beside, mut file) = open_beside(&full).map_err(failed)?;
        let written = file.write_all(text.as_bytes()).and_then(|()| {
            if self.each_synced {
                file.sync_all()?;
            }
            file.metadata()
        });
        // A rename takes whatever is there: look as late as can be.
        let outcome = written.and_then(|metadata| {
            if self.stamp(path) != seen || (seen.is_none() && full.symlink_metadata().is_ok()) {
                return Ok(Replaced::Changed);
            }
            fs::rename(&beside, &full)?;
            Ok(Replaced::Written(Stamp::of(&metadata)))
        });
        if !matches!(outcome, Ok(Replaced::Written(_))) {
            // It tells its own trouble; what is left beside changes nothing.
            let _ = fs::remove_file(&beside);
        } else if self.each_synced {
            sync_folder(&folder).map_err(failed)?;
        }
        outcome.map_err(failed)
    }

    /// Removes a file that still looks as it was seen; `false` where it does not.
    pub fn remove(&mut self, path: &str, seen: Stamp) -> Result<bool, FileError> {
        if self.stamp(path) != Some(seen) {
            return Ok(false);
        }
        fs::remove_file(self.root.join(path)).map_err(|source| FileError::Write {
            path: path.to_owned(),
            source,
        })?;
        Ok(true)
    }

    /// Takes away what writers that were killed left beside a file's place. The caller holds the lock.
    pub fn sweep(&self, left: &[String]) -> Result<(), FileError> {
        for path in left {
            match fs::remove_file(self.root.join(path)) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => {
                    return Err(FileError::Write {
                        path: path.clone(),
                        source,
                    });
                }
            }
        }
        Ok(())
    }

    /// Brings everything that was written to the disk.
    pub fn settle(&mut self) -> Result<(), FileError> {
        if self.each_synced || self.folders.is_empty() {
            return Ok(());
        }
        let failed = |source| FileError::Write {
            path: ".".to_owned(),
            source,
        };
        let root = File::open(self.root).map_err(failed)?;
        syncfs(&root).map_err(|error| failed(error.into()))
    }
}

/// How the name of a file ends that is not in its place yet.
const BESIDE: &str = ".ai-lab-new";

/// Whether that is the name of a file that is not in its place yet.
pub(crate) fn is_beside(name: &str) -> bool {
    let between = name
        .strip_prefix('.')
        .and_then(|name| name.strip_suffix(BESIDE));
    between.is_some_and(|between| {
        !between.is_empty() && between.bytes().all(|c| c.is_ascii_digit() || c == b'-')
    })
}

/// Opens a new file beside its place, under a name that no listing takes for a document.
fn open_beside(target: &Path) -> io::Result<(PathBuf, File)> {
    let id = std::process::id();
    let mut attempt = 0;
    loop {
        let path = target.with_file_name(format!(".{id}-{attempt}{BESIDE}"));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < ATTEMPTS => {
                attempt += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
