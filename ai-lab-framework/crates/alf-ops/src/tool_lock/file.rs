//! The file `tools.lock`: read, and changed as a whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use ai_lab_contract::{ErrorClass, ToolName};
use alf_catalog::{Origin, ReadError, read_text};
use alf_lock::{LockError, ToolsLock, limits};

use crate::failure::Failure;
use crate::framework::Framework;

/// The file's name in a lab's root, and in the home for the home's own tools.
const NAME: &str = "tools.lock";

/// How often a lock that is replaced while it is read is read anew. Stops a reader from waiting for ever.
const READINGS: usize = 8;

/// Where the lock of some tools lies.
#[derive(Clone, Debug)]
pub(crate) struct LockFile {
    folder: PathBuf,
}

/// Why a lock's text is not to be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LockFileError {
    /// It cannot be read.
    #[error("the tool lock cannot be read")]
    Unreadable(#[source] ReadError),
    /// It is no lock.
    #[error(transparent)]
    NoLock(LockError),
}

impl LockFile {
    /// The lock that holds for tools of that origin.
    pub(crate) fn of(framework: &Framework, origin: &Origin) -> Self {
        let surroundings = &framework.surroundings;
        let folder = match (origin, &surroundings.instance) {
            (Origin::Project(_) | Origin::Global, Some(lab)) => lab,
            (Origin::Home, _) | (Origin::Project(_) | Origin::Global, None) => &surroundings.home,
        };
        Self {
            folder: folder.clone(),
        }
    }

    /// The file.
    pub(crate) fn path(&self) -> PathBuf {
        // Free of links where that can be had: grants are compared with it.
        let folder = self.folder.canonicalize();
        folder.unwrap_or_else(|_| self.folder.clone()).join(NAME)
    }

    /// Its text; `None` where there is none.
    fn text(&self) -> Result<Option<String>, LockFileError> {
        let path = self.folder.join(NAME);
        for _ in 1..READINGS {
            match read_text(&path, limits::LOCK_BYTES) {
                // Somebody put another one in its place.
                Err(ReadError::Changed) => {}
                read => return found(read),
            }
        }
        found(read_text(&path, limits::LOCK_BYTES))
    }

    /// The digest pinned for a tool; `None` where there is no lock or the tool is not in it.
    pub(crate) fn digest(&self, tool: &ToolName) -> Result<Option<String>, LockFileError> {
        match self.text()? {
            Some(text) => ToolsLock::digest_in(&text, tool).map_err(LockFileError::NoLock),
            None => Ok(None),
        }
    }

    /// The whole lock; an empty one where there is none.
    pub(crate) fn read(&self) -> Result<ToolsLock, Failure> {
        let text = self.text().map_err(|error| self.unusable(error))?;
        let read = text.map_or(Ok(ToolsLock::default()), |text| ToolsLock::parse(&text));
        read.map_err(|error| self.unusable(LockFileError::NoLock(error)))
    }

    /// Reads, changes and replaces it while no other process does; a crash leaves the old one or the new one.
    pub(crate) fn change<T>(
        &self,
        change: impl FnOnce(&mut ToolsLock) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let unwritable = |error: io::Error| {
            let told = format!("cannot write {}", self.path().display());
            Failure::caused(ErrorClass::Environment, told, error)
                .with_hint("`ai-lab-framework doctor` looks at the folder and the disk.")
        };
        let folder = File::open(&self.folder).map_err(unwritable)?;
        // Released with the descriptor, also when this process is killed.
        folder.lock().map_err(unwritable)?;
        let mut lock = self.read()?;
        let before = lock.clone();
        let changed = change(&mut lock)?;
        if lock != before {
            replace(&self.path(), lock.to_text().as_bytes()).map_err(unwritable)?;
            folder.sync_all().map_err(unwritable)?;
        }
        Ok(changed)
    }

    fn unusable(&self, error: LockFileError) -> Failure {
        let told = format!("cannot use {}", self.path().display());
        Failure::caused(ErrorClass::Config, told, error)
            .with_hint("Take back the last good one from the lab's git: `git checkout tools.lock`.")
    }
}

fn found(read: Result<String, ReadError>) -> Result<Option<String>, LockFileError> {
    match read {
        Ok(text) => Ok(Some(text)),
        Err(ReadError::Io(error)) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(LockFileError::Unreadable(error)),
    }
}

/// Writes a file beside its place and then into it.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}.new", std::process::id()));
    let mode = fs::metadata(path).map_or(0o644, |old| {
        use std::os::unix::fs::PermissionsExt as _;
        old.permissions().mode() & 0o777
    });
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(&beside)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // The first failure is the one to tell.
        let _left_behind = fs::remove_file(&beside);
    }
    written
}
