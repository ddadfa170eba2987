//! An execution's private work folder: its home, its temporary files, what it hands out.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use ai_lab_contract::ExecutionId;
use alf_policy::ARTIFACTS_FOLDER;
use rustix::fs::{
    Access, CWD, FlockOperation, Mode, OFlags, RenameFlags, access, flock, open, renameat_with,
};

use crate::group;

/// Below the framework's home, where the work folders are.
const WORK: &str = "work";
/// Where they are when there is no home that can be written.
const SHARED: &str = "/tmp";
/// Nobody else's.
const PRIVATE: u32 = 0o700;

/// A work folder that cannot be had.
#[derive(Debug, thiserror::Error)]
#[error("the work folder `{}` cannot be made", path.display())]
pub struct WorkError {
    /// Which.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub source: io::Error,
}

/// One execution's private folder, open to its owner alone. Removed with all it holds when this value goes.
#[derive(Debug)]
pub struct WorkFolder {
    path: PathBuf,
    held: OwnedFd,
}

impl WorkFolder {
    /// Where an execution's folder is made: absolute and free of links, below the framework's home, or beside all homes
    /// where that cannot be written.
    pub fn place(home: &Path, execution: &ExecutionId) -> PathBuf {
        let [preferred, otherwise] = parents(home);
        let may = Access::WRITE_OK | Access::EXEC_OK;
        let can_be_written = match access(home, may) {
            Ok(()) => home.is_dir(),
            // A home that is not there yet is made with the first work folder.
            Err(_) => home
                .ancestors()
                .find(|folder| folder.exists())
                .is_some_and(|folder| folder.is_dir() && access(folder, may).is_ok()),
        };
        let parent = if can_be_written { preferred } else { otherwise };
        parent.join(execution.as_str())
    }

    /// Makes it, with the folder for artifacts in it. There must be none of that name.
    pub fn make(path: &Path) -> Result<Self, WorkError> {
        let failed = |source| WorkError {
            path: path.to_owned(),
            source,
        };
        let private = |recursive| {
            let mut builder = DirBuilder::new();
            builder.mode(PRIVATE).recursive(recursive);
            builder
        };
        let parent = path.parent().unwrap_or(path);
        private(true).create(parent).map_err(failed)?;
        is_private(parent).map_err(failed)?;
        // Until the new folder is held, nobody may sweep.
        let _no_sweep = open_folder(parent)
            .and_then(|parent| {
                flock(&parent, FlockOperation::LockShared)?;
                Ok(parent)
            })
            .map_err(failed)?;
        private(false).create(path).map_err(failed)?;
        let work = Self {
            path: path.to_owned(),
            held: hold(path).map_err(failed)?,
        };
        private(false)
            .create(path.join(ARTIFACTS_FOLDER))
            .map_err(failed)?;
        Ok(work)
    }

    /// The same folder under another name, where that is in the same parent and free; otherwise it is gone.
    pub(crate) fn renamed(mut self, path: &Path) -> Option<Self> {
        if self.path.parent() != path.parent() || is_private(path.parent()?).is_err() {
            return None;
        }
        renameat_with(CWD, &self.path, CWD, path, RenameFlags::NOREPLACE).ok()?;
        path.clone_into(&mut self.path);
        Some(self)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder itself, whatever is done to its name.
    pub(crate) const fn held(&self) -> &OwnedFd {
        &self.held
    }
}

/// Removes what executions left whose frameworks died: work folders, and control groups of the same names.
///
/// A folder is held by a lock that ends with its framework; whoever gets it may remove it. What cannot be removed stays.
pub fn sweep_leftovers(home: &Path) {
    for parent in parents(home) {
        // Held while it is swept: a folder that is being made is held by nobody yet. Who sweeps already, sweeps for all.
        let Ok(_held) = hold(&parent) else {
            continue;
        };
        for entry in fs::read_dir(&parent).into_iter().flatten().flatten() {
            if hold(&entry.path()).is_ok() {
                let _stays = remove(&entry.path());
                let name = entry.file_name();
                group::remove_leftover(&group::available(), &name.to_string_lossy());
            }
        }
    }
}

/// The folders that hold work folders, the usual one first.
fn parents(home: &Path) -> [PathBuf; 2] {
    let own = rustix::process::geteuid().as_raw();
    let home = home.canonicalize().unwrap_or_else(|_| home.to_owned());
    [
        home.join(WORK),
        Path::new(SHARED).join(format!("ai-lab-{own}")),
    ]
}

/// Somebody else's folder under our name is no place for what is private.
fn is_private(folder: &Path) -> io::Result<()> {
    let found = fs::symlink_metadata(folder)?;
    let is_ours = found.is_dir()
        && found.uid() == rustix::process::geteuid().as_raw()
        && found.mode() & 0o022 == 0;
    if is_ours {
        Ok(())
    } else {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

/// Holds a folder until the descriptor is closed; an error when another framework does.
fn hold(folder: &Path) -> io::Result<OwnedFd> {
    let folder = open_folder(folder)?;
    flock(&folder, FlockOperation::NonBlockingLockExclusive)?;
    Ok(folder)
}

impl Drop for WorkFolder {
    fn drop(&mut self) {
        // What stays is removed at the next start, by the execution's name.
        let _left = remove(&self.path);
    }
}

fn open_folder(folder: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(open(folder, flags, Mode::empty())?)
}

/// Removes a folder and all it holds, also where a tool took its own rights away; links are removed, not followed.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            open_up(path);
            fs::remove_dir_all(path)
        }
        done => done,
    }
}

/// Gives the owner back the rights over every folder.
fn open_up(folder: &Path) {
    let is_folder = fs::symlink_metadata(folder).is_ok_and(|found| found.is_dir());
    if !is_folder {
        return;
    }
    let _not_owned = fs::set_permissions(folder, fs::Permissions::from_mode(PRIVATE));
    let entries = fs::read_dir(folder);
    for entry in entries.into_iter().flatten().flatten() {
        open_up(&entry.path());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id() -> ExecutionId {
        "e-1".parse().expect("a valid id")
    }

    #[test]
    fn a_work_folder_is_private_and_goes_with_its_execution() {
        let home = tempfile::tempdir().expect("a folder");
        let path = WorkFolder::place(home.path(), &id());
        let work = WorkFolder::make(&path).expect("it can be made");
        for folder in [work.path(), &work.path().join("artifacts")] {
            let mode = fs::metadata(folder)
                .expect("it is there")
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o700);
        }
        assert!(WorkFolder::make(&path).is_err(), "there is one already");
        drop(work);
        assert!(!path.exists());
    }

    #[test]
    fn only_what_nobody_holds_is_swept() {
        let home = tempfile::tempdir().expect("a folder");
        let held =
            WorkFolder::make(&WorkFolder::place(home.path(), &id())).expect("it can be made");
        let left = home.path().join("work/e-0");
        fs::create_dir(&left).expect("it can be made");
        sweep_leftovers(home.path());
        assert!(held.path().join("artifacts").exists());
        assert!(!left.exists());
    }

    #[test]
    fn what_a_tool_closed_is_removed_too_and_links_are_not_followed() {
        let home = tempfile::tempdir().expect("a folder");
        let outside = home.path().join("outside");
        fs::create_dir(&outside).expect("it can be made");
        fs::File::create(outside.join("kept")).expect("it can be made");
        let path = WorkFolder::place(home.path(), &id());
        let work = WorkFolder::make(&path).expect("it can be made");
        let closed = work.path().join("a");
        fs::create_dir(&closed).expect("it can be made");
        fs::create_dir(closed.join("b")).expect("it can be made");
        std::os::unix::fs::symlink(&outside, closed.join("link")).expect("it can be made");
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("it is ours");
        drop(work);
        assert!(!path.exists());
        assert!(outside.join("kept").exists());
    }
}
