//! The one door to the world: what an update does, a call a point at which it may be cut.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ai_lab_contract::ErrorClass;

/// What an update does to the world. Every call that changes something is one that a kill, a power cut or a full disk may
/// hit before, within or after.
pub trait Effects {
    /// What is in a file; `None` where there is none. A file larger than any record of an update is an error.
    fn read(&mut self, path: &Path) -> io::Result<Option<Vec<u8>>>;
    /// Where a symbolic link leads; `None` where there is nothing.
    fn link_target(&mut self, path: &Path) -> io::Result<Option<PathBuf>>;
    /// Whether something is there.
    fn is_there(&mut self, path: &Path) -> bool;
    /// How many bytes a file has, 0 where there is none.
    fn bytes(&mut self, path: &Path) -> u64;
    /// What the file system of that path still takes.
    fn room(&mut self, path: &Path) -> io::Result<Room>;
    /// Now, in milliseconds since 1970, UTC.
    fn now_ms(&mut self) -> i64;
    /// Milliseconds that only ever grow, from no particular beginning.
    fn elapsed_ms(&mut self) -> u64;
    /// Takes the lock of a file, alone; waits so long for others. `None` when they did not let go.
    fn lock(&mut self, path: &Path, wait: Duration) -> io::Result<Option<Held>>;

    /// Writes a file; not yet on the disk.
    fn write(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Waits until a file, or the names in a folder, are on the disk.
    fn sync(&mut self, path: &Path) -> io::Result<()>;
    /// Gives a file another name, in place of what has that name.
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()>;
    /// Makes a symbolic link.
    fn link(&mut self, target: &Path, path: &Path) -> io::Result<()>;
    /// Removes a file or a link; one that is gone already is no error.
    fn remove(&mut self, path: &Path) -> io::Result<()>;
    /// Makes a folder for this user alone, and those above it; one that is there is no error.
    fn make_folder(&mut self, path: &Path) -> io::Result<()>;
    /// Removes a folder with all in it; one that is gone already is no error.
    fn remove_folder(&mut self, path: &Path) -> io::Result<()>;
    /// Runs a program to its end.
    fn run(&mut self, call: &ProcessCall<'_>) -> Result<Ended, ProcessError>;
    /// Does something with the lab's own database.
    fn lab(&mut self, work: &LabWork) -> Result<String, LabRefusal>;
}

/// What a file system still takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// How many bytes.
    pub bytes: u64,
    /// How many files; `None` where the file system does not count them.
    pub files: Option<u64>,
    /// Which file system it is.
    pub device: u64,
    /// Who owns the folder, as a number.
    pub owner: u32,
    /// Who this process is.
    pub own: u32,
}

/// A lock that is held until it is dropped, or the process is gone.
#[derive(Debug)]
pub struct Held(#[expect(dead_code, reason = "it is held, not used")] Option<File>);

impl Held {
    /// The lock of an open file.
    pub const fn of(file: File) -> Self {
        Self(Some(file))
    }

    /// One that nobody else asks for.
    pub const fn nothing() -> Self {
        Self(None)
    }
}

/// One run of a program.
#[derive(Clone, Debug)]
pub struct ProcessCall<'a> {
    /// The program, by its full path.
    pub program: &'a Path,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// The working folder.
    pub folder: &'a Path,
    /// The framework's home, where it is not the one of the environment.
    pub home: Option<&'a Path>,
    /// How long it may say nothing.
    pub silence: Duration,
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// What it answered.
    pub stdout: Vec<u8>,
    /// What else it said.
    pub stderr: Vec<u8>,
}

/// Why a program did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// It could not be started, or was lost.
    #[error("cannot run {}", program.display())]
    Start {
        /// Which.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It said nothing for too long and was ended.
    #[error("{} said nothing for {} s and was ended", program.display(), after.as_secs())]
    Silent {
        /// Which.
        program: PathBuf,
        /// For how long.
        after: Duration,
    },
    /// It said more than is read and was ended.
    #[error("{} said more than is read and was ended", program.display())]
    TooLong {
        /// Which.
        program: PathBuf,
    },
}

/// What is done with the lab's own database, by whoever owns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabWork {
    /// Copy it, as it is at one moment, to a file that is not there yet.
    Copy {
        /// The file.
        to: PathBuf,
    },
    /// Bring a copy to this version's schema and look at all of it.
    TryOut {
        /// The copy.
        database: PathBuf,
    },
    /// Make a backup of both databases; answers with the archive's path.
    BackUp,
    /// Bring the database to this version's schema.
    Migrate,
}

/// Why that was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabRefusal {
    /// What failed and why, in one line.
    pub message: String,
    /// Which row of the table of failures.
    pub class: ErrorClass,
}

/// Who owns the lab's database.
pub trait LabSide: fmt::Debug {
    /// Does it; answers with what a person is told, or the archive's path.
    fn work(&mut self, work: &LabWork) -> Result<String, LabRefusal>;
}
