//! A release's mark: what every file and folder of it looked like from outside when it was last found whole.
//!
//! Reading every byte takes tens of milliseconds; asking the file system about each file takes a fraction of one. Whoever
//! changes a file changes its change time, which no program sets back: the mark tells that somebody was there, and a full
//! look then tells what they did.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::Store;
use crate::atomic_file;
use crate::digest::Sha256;
use crate::limits::{FILES, PATH_BYTES};

/// The folder of marks, in the store's folder.
const FOLDER: &str = ".marks";

/// How many bytes a mark may have: a line a file.
const BYTES: u64 = (FILES * (PATH_BYTES + 128)) as u64;

/// What a mark begins with; then the digest of the tree.
const HEAD: &str = "ai-lab-mark 1";

/// What a quick look at a release says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quick {
    /// Nothing was touched since it was last found whole.
    Untouched,
    /// It was never found whole, or is of another tree than the one that is wanted: look at every byte.
    Unmarked,
    /// These were touched since, by path; `.` is the release's own folder. Look at every byte.
    Touched(Vec<String>),
}

/// Every file and folder below one as the file system tells of it: a line each, by path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint(String);

impl Fingerprint {
    pub(super) fn take(place: &Path) -> io::Result<Self> {
        let mut paths = vec![String::new()];
        let mut lines = BTreeMap::new();
        while let Some(path) = paths.pop() {
            let meta = fs::symlink_metadata(place.join(&path))?;
            if meta.is_dir() {
                for entry in fs::read_dir(place.join(&path))? {
                    let name = entry?.file_name().to_string_lossy().into_owned();
                    paths.push(if path.is_empty() {
                        name
                    } else {
                        format!("{path}/{name}")
                    });
                }
            }
            if lines.len() + paths.len() > 2 * FILES {
                return Err(io::Error::other(format!("it has more than {FILES} files")));
            }
            lines.insert(path, meta);
        }
        let mut text = String::with_capacity(lines.len() * 96);
        for (path, meta) in &lines {
            let path = if path.is_empty() { "." } else { path.as_str() };
            let (mtime, ctime) = (
                (meta.mtime(), meta.mtime_nsec()),
                (meta.ctime(), meta.ctime_nsec()),
            );
            let _never = writeln!(
                text,
                "{} {} {}.{:09} {}.{:09} {:o} {} {}",
                meta.ino(),
                meta.size(),
                mtime.0,
                mtime.1,
                ctime.0,
                ctime.1,
                meta.mode(),
                meta.uid(),
                path.escape_debug()
            );
        }
        Ok(Self(text))
    }

    /// The paths whose lines differ.
    fn differing(&self, other: &str) -> Vec<String> {
        let by_path = |text: &str| -> BTreeMap<String, String> {
            let pair = |line: &str| {
                let path = line.splitn(7, ' ').nth(6)?;
                Some((path.to_owned(), line.to_owned()))
            };
            text.lines().filter_map(pair).collect()
        };
        let (now, then) = (by_path(&self.0), by_path(other));
        let paths = now.keys().chain(then.keys());
        let mut differing: Vec<String> = paths
            .filter(|path| now.get(*path) != then.get(*path))
            .cloned()
            .collect();
        differing.sort();
        differing.dedup();
        differing
    }
}

impl Store {
    /// Whether anybody touched the release of that name since it was last found whole; reads no file of it, and takes a
    /// fraction of a millisecond. With `tree` the mark must be of that tree; a name has only the first digits of it.
    ///
    /// Only a full look, such as [`Store::verify`], makes a mark. Anything but [`Quick::Untouched`] asks for one: a
    /// release that was restored from a backup has been touched, and is whole.
    pub fn quick(&self, name: &str, tree: Option<&Sha256>) -> io::Result<Quick> {
        let mark = match atomic_file::read(&self.root.join(FOLDER).join(name), BYTES) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Quick::Unmarked),
            read => read?,
        };
        let Ok(mark) = String::from_utf8(mark) else {
            return Ok(Quick::Unmarked);
        };
        let Some((head, then)) = mark.split_once('\n') else {
            return Ok(Quick::Unmarked);
        };
        let of = head.strip_prefix(HEAD).map(str::trim_start);
        let is_it = |of: &str| match tree {
            Some(tree) => of == tree.as_str(),
            None => of.len() == 64 && name.ends_with(&of[..16]),
        };
        if !of.is_some_and(is_it) {
            return Ok(Quick::Unmarked);
        }
        let now = match Fingerprint::take(&self.root.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Quick::Touched(vec![".".to_owned()]));
            }
            taken => taken?,
        };
        if now.0 == then {
            return Ok(Quick::Untouched);
        }
        Ok(Quick::Touched(now.differing(then)))
    }

    /// Keeps what the release looked like while it was found whole.
    pub(super) fn mark(
        &self,
        name: &str,
        tree: &Sha256,
        fingerprint: &Fingerprint,
    ) -> io::Result<()> {
        let text = format!("{HEAD} {tree}\n{}", fingerprint.0);
        atomic_file::replace(&self.root.join(FOLDER).join(name), text.as_bytes(), 0o600)
    }

    /// Forgets that it was ever found whole.
    pub(super) fn unmark(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.root.join(FOLDER).join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}
