//! One file of a client: read with care, kept beside before it changes, replaced as a whole.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{
    DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown,
};
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use alf_catalog::{ReadError, read_text};
use alf_connect::CONFIG_BYTES;

use crate::failure::Failure;
use crate::new_tool::unwritten;

/// How many copies of a file are kept beside it. Stops a folder from filling up with them.
const COPIES: usize = 5;

/// A file of a client, or the place for one.
#[derive(Clone, Debug)]
pub(super) struct ClientFile {
    /// Its path as the client knows it.
    pub(super) path: PathBuf,
    /// Where it really lies, links followed.
    place: PathBuf,
    /// Its text; `None` where there is no file.
    pub(super) text: Option<String>,
}

impl ClientFile {
    /// Reads it. A link that leads out of `root`, and anything that is no text file, is refused.
    pub(super) fn read(path: &Path, root: &Path) -> Result<Self, Failure> {
        let refused = |class, why: &str| {
            let told = format!("{} is left alone: {why}", path.display());
            Failure::new(class, told)
        };
        let unreadable = |error: ReadError| {
            let told = format!("cannot read {}", path.display());
            Failure::caused(ErrorClass::Environment, told, error)
        };
        let place = really(path).map_err(|error| unreadable(ReadError::Io(error)))?;
        let root = really(root).map_err(|error| unreadable(ReadError::Io(error)))?;
        if !place.starts_with(&root) {
            let why = format!("it leads out of {}, to {}", root.display(), place.display());
            return Err(refused(ErrorClass::Refused, &why).with_hint(
                "Change that file by hand, or put one of its own in the place of the link.",
            ));
        }
        let text = match read_text(&place, CONFIG_BYTES as u64) {
            Ok(text) => Some(text),
            Err(ReadError::Io(error)) if error.kind() == io::ErrorKind::NotFound => None,
            Err(ReadError::Link) => {
                return Err(refused(
                    ErrorClass::Refused,
                    "it is a link that leads nowhere",
                ));
            }
            Err(error) => return Err(unreadable(error)),
        };
        Ok(Self {
            path: path.to_owned(),
            place,
            text,
        })
    }

    /// Puts `text` in its place, or takes it away, unless somebody changed it since it was read.
    ///
    /// A new one has `mode`; another keeps its mode and its owner. A crash leaves the old one or the new one.
    pub(super) fn replace(&self, text: Option<&str>, mode: u32) -> Result<(), Failure> {
        let now = read_text(&self.place, CONFIG_BYTES as u64).ok();
        if now != self.text {
            let told = format!(
                "{} was changed by somebody else meanwhile",
                self.path.display()
            );
            return Err(Failure::new(ErrorClass::Conflict, told).with_hint("Ask for it again."));
        }
        let replaced = match text {
            Some(text) => write_whole(&self.place, text, mode),
            None => fs::remove_file(&self.place),
        };
        replaced.map_err(|error| unwritten(&self.path, error))
    }

    /// Keeps a copy of it beside it, and of older copies the newest; `None` where there is no file to keep.
    pub(super) fn keep(&self, now_ms: i64) -> Result<Option<PathBuf>, Failure> {
        let Some(text) = &self.text else {
            return Ok(None);
        };
        let stamp = stamp(now_ms);
        let name = file_name(&self.place);
        for nth in 0_u32.. {
            let nth = if nth == 0 {
                String::new()
            } else {
                format!("-{nth}")
            };
            let copy = self
                .place
                .with_file_name(format!("{name}.{stamp}{nth}.bak"));
            match write_new(&copy, text, &self.place) {
                Ok(()) => {
                    prune(&self.place, &name);
                    return Ok(Some(copy));
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(unwritten(&copy, error)),
            }
        }
        Ok(None)
    }
}

/// The path with every link in it followed; what is not there yet is taken as it is.
fn really(path: &Path) -> io::Result<PathBuf> {
    match path.canonicalize() {
        Ok(place) => Ok(place),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
                return Err(error);
            };
            Ok(really(folder)?.join(name))
        }
        Err(error) => Err(error),
    }
}

fn file_name(place: &Path) -> String {
    place
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// `20261123T020000Z`.
fn stamp(now_ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(now_ms - now_ms.rem_euclid(1_000));
    at.map_or_else(
        |_| now_ms.to_string(),
        |at| at.to_string().replace(['-', ':'], ""),
    )
}

/// Writes beside the place and then into it.
pub(crate) fn write_whole(place: &Path, text: &str, mode: u32) -> io::Result<()> {
    let folder = place.parent().unwrap_or(Path::new("/"));
    DirBuilder::new()
        .recursive(true)
        .mode(mode | 0o111 & (mode >> 2))
        .create(folder)?;
    let beside = place.with_file_name(format!(".{}.{}.new", file_name(place), std::process::id()));
    let written =
        write_beside(&beside, text, place, mode).and_then(|()| fs::rename(&beside, place));
    if let Err(error) = written {
        // What failed first is what is told.
        let _left_behind = fs::remove_file(&beside);
        return Err(error);
    }
    File::open(folder)?.sync_all()
}

fn write_new(path: &Path, text: &str, like: &Path) -> io::Result<()> {
    write_beside(path, text, like, 0o600)
}

/// Writes a file that is not there yet, with the mode and the owner of another where that is there.
fn write_beside(path: &Path, text: &str, like: &Path, mode: u32) -> io::Result<()> {
    let old = fs::metadata(like).ok();
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    if let Some(old) = &old {
        let new = file.metadata()?;
        if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
            fchown(&file, Some(old.uid()), Some(old.gid()))?;
        }
    }
    let mode = old.map_or(mode, |old| old.permissions().mode() & 0o7777);
    file.set_permissions(Permissions::from_mode(mode))?;
    file.sync_all()
}

/// Takes the oldest copies away; their names are their ages.
fn prune(place: &Path, name: &str) {
    let is_copy = |file: &str| {
        let stamp = file
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix('.'));
        let stamp = stamp.and_then(|rest| rest.strip_suffix(".bak"));
        stamp.is_some_and(|stamp| {
            stamp.len() >= 16
                && stamp
                    .bytes()
                    .all(|b| b.is_ascii_digit() || matches!(b, b'T' | b'Z' | b'-'))
        })
    };
    let Some(folder) = place.parent() else { return };
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut copies: Vec<String> = names.filter(|file| is_copy(file)).collect();
    // Without the ending a second copy of one instant comes after the first.
    copies.sort_by(|one, other| {
        one.trim_end_matches(".bak")
            .cmp(other.trim_end_matches(".bak"))
    });
    for copy in copies.iter().rev().skip(COPIES) {
        // One copy too many harms nobody.
        let _kept = fs::remove_file(folder.join(copy));
    }
}

#[cfg(test)]
mod tests;
