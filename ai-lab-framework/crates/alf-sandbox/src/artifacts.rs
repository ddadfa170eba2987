//! What a tool put out to be kept, taken out of its work folder.
//!
//! The names and what is behind them are the tool's choice: nothing is opened by a path of its making, but entry by
//! entry from the folder's descriptor, and what was opened is looked at before it is read.

use std::collections::BTreeSet;
use std::ffi::CString;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::OwnedFd;

use alf_policy::ARTIFACTS_FOLDER;
use rustix::fs::{
    AtFlags, Dir, FileType, Mode, OFlags, ResolveFlags, Stat, fstat, openat2, statat,
};
use rustix::io::Errno;

use crate::work::WorkFolder;

/// The longest name of a refused entry that is told, in characters. Stops a refusal from filling a page.
const TOLD_CHARACTERS: usize = 80;

/// Nowhere but beneath the folder it is asked of, and through no link of any kind.
const BENEATH: ResolveFlags = ResolveFlags::BENEATH
    .union(ResolveFlags::NO_SYMLINKS)
    .union(ResolveFlags::NO_MAGICLINKS)
    .union(ResolveFlags::NO_XDEV);

/// How much is taken out of one work folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArtifactBounds {
    /// Entries looked at, folders and refused ones included. Stops a folder of millions of names from holding the caller.
    pub entries: usize,
    /// Folders in folders. Stops a chain of folders from using up descriptors.
    pub depth: usize,
    /// The longest name with its folders, in bytes. Stops names that no other program can open.
    pub name_bytes: usize,
    /// Of one file; a sparse one counts with its length. Stops one file from filling memory and disk.
    pub file_bytes: u64,
    /// Of all that is taken. Stops many files from doing the same.
    pub all_bytes: u64,
}

impl Default for ArtifactBounds {
    fn default() -> Self {
        Self {
            entries: 256,
            depth: 8,
            name_bytes: 512,
            file_bytes: 16 << 20,
            all_bytes: 64 << 20,
        }
    }
}

/// A file that a tool put out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Its name, with `/` between its folders: relative, without `.` and `..` and control characters.
    pub name: String,
    /// What it holds.
    pub contents: Vec<u8>,
}

/// Something in the folder that is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedArtifact {
    /// Its name as it can be shown, cut where it is long; `.` for the folder itself.
    pub name: String,
    /// Why, after "is not kept:".
    pub why: String,
}

/// What was found in the folder for artifacts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenArtifacts {
    /// The files, by name.
    pub artifacts: Vec<Artifact>,
    /// Everything else but folders.
    pub refused: Vec<RefusedArtifact>,
}

impl WorkFolder {
    /// Takes out what the tool put into the folder for artifacts. The files stay where they are.
    pub fn take_artifacts(&self, bounds: &ArtifactBounds) -> TakenArtifacts {
        let mut walk = Walk {
            bounds,
            entries: 0,
            bytes: 0,
            taken: TakenArtifacts::default(),
        };
        match open(self.held(), ARTIFACTS_FOLDER, OFlags::DIRECTORY) {
            Ok(folder) => {
                let _whole = walk.folder(&folder, "", 0);
            }
            // The tool removed it: it has nothing to put out.
            Err(Errno::NOENT) => {}
            Err(Errno::NOTDIR | Errno::LOOP) => walk.refuse(".", "no folder any more".to_owned()),
            Err(error) => walk.refuse(".", not_opened(error)),
        }
        walk.taken
    }
}

/// The walk was ended at the bound of entries.
struct Ended;

struct Walk<'a> {
    bounds: &'a ArtifactBounds,
    entries: usize,
    bytes: u64,
    taken: TakenArtifacts,
}

impl Walk<'_> {
    /// Everything in a folder, by name; `name` is the folder's own, empty or with a `/` at its end.
    fn folder(&mut self, folder: &OwnedFd, name: &str, depth: usize) -> Result<(), Ended> {
        // One more than may be looked at tells that there is more.
        let most = self.bounds.entries - self.entries + 1;
        let entries = match entries(folder, most) {
            Ok(entries) => entries,
            Err(error) => {
                self.refuse(name, not_opened(error));
                return Ok(());
            }
        };
        for entry in entries {
            if self.entries == self.bounds.entries {
                let why = format!("more than {} entries", self.bounds.entries);
                self.refuse(".", why);
                return Err(Ended);
            }
            self.entries += 1;
            match self.entry(folder, &entry, name) {
                Ok(Found::Taken) => {}
                Ok(Found::Folder(inner, inner_name)) if depth < self.bounds.depth => {
                    self.folder(&inner, &format!("{inner_name}/"), depth + 1)?;
                }
                Ok(Found::Folder(_, inner_name)) => {
                    let why = format!("deeper than {} folders", self.bounds.depth);
                    self.refuse(&inner_name, why);
                }
                Err(why) => self.refuse(&format!("{name}{}", entry.to_string_lossy()), why),
            }
        }
        Ok(())
    }

    fn entry(&mut self, folder: &OwnedFd, entry: &CString, parent: &str) -> Result<Found, String> {
        let text = entry.to_str().map_err(|_| "its name is not UTF-8")?;
        let name = format!("{parent}{text}");
        if name.len() > self.bounds.name_bytes {
            let most = self.bounds.name_bytes;
            return Err(format!("its name is longer than {most} bytes"));
        }
        if name.chars().any(char::is_control) {
            return Err("its name has a control character".to_owned());
        }
        // Looked at first: already opening a device or a pipe can do something.
        let seen = statat(folder, entry, AtFlags::SYMLINK_NOFOLLOW).map_err(not_opened)?;
        if FileType::from_raw_mode(seen.st_mode) == FileType::Directory {
            let inner = open(folder, entry, OFlags::DIRECTORY).map_err(not_opened)?;
            return Ok(Found::Folder(inner, name));
        }
        self.check(&seen)?;
        let file = open(folder, entry, OFlags::NONBLOCK).map_err(not_opened)?;
        // And again: under that name there may be another by now.
        self.check(&fstat(&file).map_err(not_opened)?)?;
        let contents = self.read(File::from(file))?;
        self.bytes += contents.len() as u64;
        self.taken.artifacts.push(Artifact { name, contents });
        Ok(Found::Taken)
    }

    fn check(&self, found: &Stat) -> Result<(), String> {
        let kind = FileType::from_raw_mode(found.st_mode);
        if kind != FileType::RegularFile {
            return Err(format!("{}, not a file", word(kind)));
        }
        if found.st_nlink != 1 {
            return Err("a hard link: the file has other names".to_owned());
        }
        self.check_size(u64::try_from(found.st_size).unwrap_or(u64::MAX))
    }

    fn check_size(&self, bytes: u64) -> Result<(), String> {
        let ArtifactBounds {
            file_bytes,
            all_bytes,
            ..
        } = self.bounds;
        if bytes > *file_bytes {
            return Err(format!("larger than {file_bytes} bytes"));
        }
        if self.bytes.saturating_add(bytes) > *all_bytes {
            return Err(format!("all together larger than {all_bytes} bytes"));
        }
        Ok(())
    }

    /// All of it, also when it has grown since it was looked at, up to the bounds.
    fn read(&self, file: File) -> Result<Vec<u8>, String> {
        let mut contents = Vec::new();
        let most = self.bounds.file_bytes.saturating_add(1);
        file.take(most)
            .read_to_end(&mut contents)
            .map_err(|error| format!("cannot be read: {error}"))?;
        self.check_size(contents.len() as u64)?;
        Ok(contents)
    }

    fn refuse(&mut self, name: &str, why: String) {
        let shown = name.chars().map(|character| {
            if character.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                character
            }
        });
        let mut name: String = shown.clone().take(TOLD_CHARACTERS).collect();
        if shown.count() > TOLD_CHARACTERS {
            name.push('…');
        }
        self.taken.refused.push(RefusedArtifact { name, why });
    }
}

enum Found {
    Taken,
    Folder(OwnedFd, String),
}

fn open(folder: &OwnedFd, name: impl rustix::path::Arg, flags: OFlags) -> Result<OwnedFd, Errno> {
    let flags = flags | OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NOCTTY | OFlags::CLOEXEC;
    openat2(folder, name, flags, Mode::empty(), BENEATH)
}

/// The names in a folder, in their order, at most so many.
fn entries(folder: &OwnedFd, most: usize) -> Result<BTreeSet<CString>, Errno> {
    let mut names = BTreeSet::new();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name != c"." && name != c".." {
            names.insert(name.to_owned());
        }
        if names.len() == most {
            break;
        }
    }
    Ok(names)
}

fn not_opened(error: Errno) -> String {
    if error == Errno::LOOP {
        return "a link, not a file".to_owned();
    }
    format!("cannot be opened: {}", io::Error::from(error))
}

const fn word(kind: FileType) -> &'static str {
    match kind {
        FileType::Symlink => "a link",
        FileType::Fifo => "a named pipe",
        FileType::Socket => "a socket",
        FileType::CharacterDevice | FileType::BlockDevice => "a device",
        FileType::Directory => "a folder",
        FileType::RegularFile | FileType::Unknown => "something else",
    }
}
