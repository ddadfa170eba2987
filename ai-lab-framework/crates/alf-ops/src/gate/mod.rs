//! The gate: calls go through it side by side, and whoever migrates and switches closes it.
//!
//! Two files of the home, locked by `flock`, so that a process that dies lets go. Each call holds `gate` shared from
//! before its start is recorded until its end is. Whoever closes it takes `gate.turnstile` alone first, which no new call
//! passes, and then `gate` alone, which waits for those that passed. Another program may close it in the same way.

mod closing;
mod passing;

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

use crate::failure::Failure;
use crate::surroundings::Surroundings;

pub use closing::{
    Closed, GateState, GateStatus, RunningCall, close_gate, gate_status, running_names,
};
pub(crate) use passing::{Passage, enter};

/// The file that every call holds.
const GATE: &str = "gate";

/// The file that keeps new calls out.
const TURNSTILE: &str = "gate.turnstile";

/// The two files of one home.
#[derive(Debug)]
struct Gate {
    gate: PathBuf,
    turnstile: PathBuf,
}

impl Gate {
    fn of(surroundings: &Surroundings) -> Self {
        let home = &surroundings.home;
        Self {
            gate: home.join(GATE),
            turnstile: home.join(TURNSTILE),
        }
    }
}

/// Opens one of the files; `None` where there is none. To hold it, reading it is enough.
fn open(path: &Path) -> Result<Option<File>, Failure> {
    let mut options = OpenOptions::new();
    let nofollow = OFlags::NOFOLLOW.bits().cast_signed();
    match options.read(true).custom_flags(nofollow).open(path) {
        Ok(file) => Ok(Some(file)),
        // A home that is no folder has no gate; what needs the home says what is wrong with it.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(unusable(path)(error)),
    }
}

/// Opens one of the files, made for this user alone, with its folder, where there is none.
fn make(path: &Path) -> Result<File, Failure> {
    if let Some(file) = open(path)? {
        return Ok(file);
    }
    let folder = path.parent().unwrap_or(path);
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(unusable(folder))?;
    let mut options = OpenOptions::new();
    let nofollow = OFlags::NOFOLLOW.bits().cast_signed();
    let file = options
        .append(true)
        .create(true)
        .mode(0o600)
        .custom_flags(nofollow)
        .open(path);
    file.map_err(unusable(path))
}

fn unusable(path: &Path) -> impl FnOnce(io::Error) -> Failure + '_ {
    |error| {
        let told = format!("cannot open the gate {}", path.display());
        Failure::caused(ErrorClass::Environment, told, error)
            .with_hint("The framework's home and what is in it belong to you alone.")
    }
}

/// Takes the lock if it is free.
fn take(file: &File, path: &Path, how: FlockOperation) -> Result<bool, Failure> {
    loop {
        match flock(file, how) {
            Ok(()) => return Ok(true),
            Err(Errno::WOULDBLOCK) => return Ok(false),
            Err(Errno::INTR) => {}
            Err(error) => return Err(unusable(path)(error.into())),
        }
    }
}
