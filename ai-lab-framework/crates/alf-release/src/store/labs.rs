//! Which labs take their framework from this store: what they use is never collected, whoever collects.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Store;
use crate::atomic_file;
use crate::digest::Sha256;

/// The folder of labs, in the store's folder: a file a lab, with its path.
const FOLDER: &str = ".labs";

/// How many bytes a lab's path may have, and with it its file.
const PATH_BYTES: u64 = 4 * 1024;

/// How many bytes of a lab's own file are looked through for names. Stops a lab from filling the memory of whoever
/// collects.
const STATE_BYTES: u64 = 4 * 1024 * 1024;

/// How many labs are remembered.
const MOST: usize = 1_000;

/// Where a lab says what it runs on; each of these may name a release's folder.
const STATES: [&str; 2] = ["ai-lab.lock", ".ai-lab/update/journal.json"];

/// The link that a lab runs through.
const SWITCH: &str = ".ai-lab/framework";

/// A lab, and what it says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lab {
    pub(super) path: PathBuf,
    /// What it runs on, by the link.
    pub(super) runs: Option<String>,
    /// The texts of its lock and its update's state.
    pub(super) states: Vec<String>,
}

impl Store {
    /// Remembers that a lab takes its framework from here.
    pub fn remember_lab(&self, lab: &Path) -> io::Result<()> {
        let Some(text) = lab.to_str() else {
            // What is no text cannot be a lab that is configured in text.
            return Ok(());
        };
        let name = Sha256::of(text.as_bytes());
        let path = self.root.join(FOLDER).join(&name.as_str()[..16]);
        if atomic_file::read(&path, PATH_BYTES).is_ok_and(|kept| kept == text.as_bytes()) {
            return Ok(());
        }
        atomic_file::replace(&path, text.as_bytes(), 0o600)
    }

    /// The labs that are still there.
    pub(super) fn labs(&self) -> io::Result<Vec<Lab>> {
        let listed = match fs::read_dir(self.root.join(FOLDER)) {
            Ok(listed) => listed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut labs = Vec::new();
        for entry in listed.take(MOST) {
            let text = atomic_file::read(&entry?.path(), PATH_BYTES)?;
            let path = PathBuf::from(String::from_utf8_lossy(&text).into_owned());
            if path.is_dir() {
                labs.push(look_at(path)?);
            }
        }
        labs.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(labs)
    }
}

/// What a lab says. What is there and cannot be read is an error: it might name what would be taken away.
fn look_at(path: PathBuf) -> io::Result<Lab> {
    let runs = match fs::read_link(path.join(SWITCH)) {
        Ok(to) => to.file_name().map(|name| name.display().to_string()),
        Err(_) => None,
    };
    let mut states = Vec::new();
    for state in STATES {
        match atomic_file::read(&path.join(state), STATE_BYTES) {
            Ok(text) => states.push(String::from_utf8_lossy(&text).into_owned()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Lab { path, runs, states })
}
