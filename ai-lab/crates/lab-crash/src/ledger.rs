//! What is not on the disk yet, and what a power cut leaves of it.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// What a power cut takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    /// Names whose folder was not synced, and bytes that were not.
    Names,
    /// Bytes that were not synced; every name stays, as file systems mostly have it.
    Bytes,
}

/// A change of a folder that a power cut may take back.
#[derive(Debug)]
enum Change {
    /// Something got a name.
    Made(PathBuf),
    /// Something got another name, in place of what is kept.
    Renamed {
        from: PathBuf,
        to: PathBuf,
        kept: Option<PathBuf>,
    },
    /// Something lost its name; it is kept.
    Removed { path: PathBuf, kept: PathBuf },
}

/// Everything that is not on the disk yet.
#[derive(Debug)]
pub(crate) struct Ledger {
    aside: PathBuf,
    count: u32,
    changes: Vec<Change>,
    unwritten: BTreeSet<PathBuf>,
}

impl Ledger {
    /// An empty one; what is replaced is kept in that folder.
    pub(crate) fn new(aside: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&aside)?;
        Ok(Self {
            aside,
            count: 0,
            changes: Vec::new(),
            unwritten: BTreeSet::new(),
        })
    }

    fn aside(&mut self) -> PathBuf {
        self.count += 1;
        self.aside.join(self.count.to_string())
    }

    /// A file is written, and was there before or not.
    pub(crate) fn writes(&mut self, path: &Path) {
        if path.symlink_metadata().is_err() {
            self.changes.push(Change::Made(path.to_owned()));
        }
        self.unwritten.insert(path.to_owned());
    }

    /// A link or a folder is made.
    pub(crate) fn makes(&mut self, path: &Path) {
        // With a folder all in it goes: the first that is missing is the one that is made.
        let missing = path
            .ancestors()
            .take_while(|above| above.symlink_metadata().is_err());
        if let Some(first) = missing.last() {
            self.changes.push(Change::Made(first.to_owned()));
        }
    }

    /// Something is renamed over what may be there.
    pub(crate) fn renames(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let kept = match fs::read_link(to) {
            Ok(target) => {
                let kept = self.aside();
                symlink(target, &kept)?;
                Some(kept)
            }
            Err(_) if to.exists() => {
                let kept = self.aside();
                fs::hard_link(to, &kept)?;
                Some(kept)
            }
            Err(_) => None,
        };
        self.changes.push(Change::Renamed {
            from: from.to_owned(),
            to: to.to_owned(),
            kept,
        });
        if self.unwritten.remove(from) {
            self.unwritten.insert(to.to_owned());
        }
        Ok(())
    }

    /// Something is removed: it is moved aside instead.
    pub(crate) fn removes(&mut self, path: &Path) -> io::Result<()> {
        if path.symlink_metadata().is_err() {
            return Ok(());
        }
        let kept = self.aside();
        fs::rename(path, &kept)?;
        let path = path.to_owned();
        self.unwritten.remove(&path);
        self.changes.push(Change::Removed { path, kept });
        Ok(())
    }

    /// A file's bytes, or a folder's names, are on the disk.
    pub(crate) fn synced(&mut self, path: &Path) {
        self.unwritten.remove(path);
        self.changes.retain(|change| {
            let changed = match change {
                Change::Made(changed) | Change::Removed { path: changed, .. } => changed,
                Change::Renamed { to, .. } => to,
            };
            changed.parent() != Some(path)
        });
    }

    /// Leaves what a power cut would.
    pub(crate) fn lose(&mut self, loss: Loss) -> io::Result<()> {
        let changes = std::mem::take(&mut self.changes);
        if loss == Loss::Names {
            for change in changes.into_iter().rev() {
                self.take_back(change)?;
            }
        }
        for path in &self.unwritten {
            if path.is_file() {
                fs::OpenOptions::new()
                    .write(true)
                    .truncate(true)
                    .open(path)?;
            }
        }
        Ok(())
    }

    fn take_back(&mut self, change: Change) -> io::Result<()> {
        match change {
            Change::Made(path) => {
                self.unwritten.remove(&path);
                if path.is_dir() && !path.is_symlink() {
                    fs::remove_dir_all(path)
                } else {
                    fs::remove_file(path)
                }
            }
            Change::Renamed { from, to, kept } => {
                fs::rename(&to, &from)?;
                if self.unwritten.remove(&to) {
                    self.unwritten.insert(from);
                }
                match kept {
                    Some(kept) => fs::rename(kept, to),
                    None => Ok(()),
                }
            }
            Change::Removed { path, kept } => fs::rename(kept, path),
        }
    }
}
