//! Seals an archive to a public key, and opens it with the secret one, by the program `age`.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The program: what it writes, every other implementation of age reads.
pub const AGE: &str = "age";

/// How much of what the program said is told, in characters.
const SAID: usize = 400;

/// Why an archive was not sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The program is not there or does not start.
    #[error("cannot start `{AGE}`")]
    Start(#[source] io::Error),
    /// It started and failed: a wrong key, a damaged archive.
    #[error("{} cannot be {done}: {said}", path.display())]
    Failed {
        /// The archive.
        path: PathBuf,
        /// `sealed` or `opened`.
        done: &'static str,
        /// What the program said.
        said: String,
    },
}

/// Seals to a public key, such as `age1…`: only who has the secret one reads it.
pub fn seal(archive: &Path, key: &str, to: &Path) -> Result<(), SealError> {
    let arguments: [&OsStr; 6] = [
        "--encrypt".as_ref(),
        "--recipient".as_ref(),
        key.as_ref(),
        "--output".as_ref(),
        to.as_ref(),
        archive.as_ref(),
    ];
    age(archive, "sealed", &arguments)
}

/// Opens with the file of a secret key.
pub fn unseal(archive: &Path, key: &Path, to: &Path) -> Result<(), SealError> {
    let arguments: [&OsStr; 6] = [
        "--decrypt".as_ref(),
        "--identity".as_ref(),
        key.as_ref(),
        "--output".as_ref(),
        to.as_ref(),
        archive.as_ref(),
    ];
    age(archive, "opened", &arguments)
}

fn age(archive: &Path, done: &'static str, arguments: &[&OsStr]) -> Result<(), SealError> {
    #[expect(clippy::disallowed_methods, reason = "this is the door to age")]
    let output = Command::new(AGE)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .output()
        .map_err(SealError::Start)?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let line = said.lines().next().unwrap_or_default();
    Err(SealError::Failed {
        path: archive.to_owned(),
        done,
        said: line
            .trim_start_matches("age: error: ")
            .chars()
            .take(SAID)
            .collect(),
    })
}
