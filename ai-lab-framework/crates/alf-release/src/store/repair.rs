//! A changed release is unpacked again from its kept archive and takes the place of the changed one.

use std::fs::{self, File};
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use semver::Version;

use super::look::make_writable;
use super::{Difference, Fingerprint, PlaceError, Store, disk, look_by};
use crate::release::Archive;
use crate::unpack::unpack;

/// What became of a release that was looked at for repair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repaired {
    /// It was whole; nothing was done.
    WasWhole,
    /// It was unpacked again. What was different of the one before.
    Anew(Vec<Difference>),
}

/// Why a release was not repaired.
#[derive(Debug, thiserror::Error)]
pub enum RepairError {
    /// There is nothing to unpack.
    #[error("the archive of {version} is not kept any more, or was changed")]
    NoArchive {
        /// Which.
        version: Version,
    },
    /// It cannot be placed.
    #[error(transparent)]
    Place(#[from] PlaceError),
}

impl Store {
    /// Everything that is different from what the release says, by path; a mark is made when nothing is, and taken away
    /// otherwise. Reads every byte.
    pub fn verify(&self, version: &Version, archive: &Archive) -> io::Result<Vec<Difference>> {
        let name = Self::name(version, &archive.tree);
        let place = self.root.join(&name);
        // Before and after: what is touched between is not marked as whole.
        let before = Fingerprint::take(&place)?;
        let owner = super::owner_of(&self.root)?;
        let found = look_by(&place, &archive.files, Some(owner))?;
        let untouched = Fingerprint::take(&place)? == before;
        // A mark saves time; where none can be written, as in a store of another owner, every look is a full one.
        let _not_marked = if found.is_empty() && untouched {
            self.mark(&name, &archive.tree, &before)
        } else {
            self.unmark(&name)
        };
        Ok(found)
    }

    /// Puts a changed or missing release right from its kept archive. Who runs in the changed one goes on in it; who starts
    /// from then on gets the right one. The change is one rename: a crash leaves the changed one or the right one.
    pub fn repair(&self, version: &Version, archive: &Archive) -> Result<Repaired, RepairError> {
        let held = self.lock()?;
        let place = self.path(version, &archive.tree);
        let is_there = place.symlink_metadata().is_ok();
        let mut found = vec![Difference::Removed(".".to_owned())];
        if is_there {
            found = self
                .verify(version, archive)
                .map_err(disk("read", &place))?;
            if found.is_empty() {
                return Ok(Repaired::WasWhole);
            }
        }
        let no_archive = || RepairError::NoArchive {
            version: version.clone(),
        };
        let kept = self.kept_archive(archive).ok_or_else(no_archive)?;
        if is_there {
            let stage = self.stage(version, archive, &kept)?;
            self.take_the_place(&stage, &place)?;
        } else {
            drop(held);
            self.place(version, archive, &kept)?;
        }
        self.verify(version, archive)
            .map_err(disk("read", &place))?;
        Ok(Repaired::Anew(found))
    }

    fn stage(
        &self,
        version: &Version,
        archive: &Archive,
        kept: &Path,
    ) -> Result<PathBuf, PlaceError> {
        let stage = self.empty_stage(version, archive)?;
        let opened = File::open(kept).map_err(disk("open", kept))?;
        let into = File::open(&stage).map_err(disk("open", &stage))?;
        unpack(opened, &archive.files, &OwnedFd::from(into))?;
        Ok(stage)
    }

    /// Exchanges the two in one step, and takes away what was changed.
    fn take_the_place(&self, stage: &Path, place: &Path) -> Result<(), PlaceError> {
        renameat_with(CWD, stage, CWD, place, RenameFlags::EXCHANGE)
            .map_err(io::Error::from)
            .map_err(disk("exchange", place))?;
        self.sync()?;
        remove_all(stage).map_err(disk("remove", stage))
    }
}

/// Takes away whatever is there: a folder that was sealed, or what somebody put in its place. Follows no link.
pub(super) fn remove_all(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() {
        make_writable(path)?;
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    }
}
