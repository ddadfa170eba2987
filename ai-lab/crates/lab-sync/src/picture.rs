//! What is there on both sides, before anything is decided.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use lab_files::{Document, Problem as Trouble, read_document};
use lab_mirror::{FileDesk, FileError, ScanError, Scanned, Stamp, scan};
use lab_model::Uid;
use lab_store::{FileStamp, Reader, Standing, StoreError};

use crate::report::{Problem, ProblemKind};

/// A file whose content is not known.
#[derive(Clone, Debug)]
pub(crate) struct ReadFile {
    /// What it says.
    pub(crate) document: Document,
    /// Its looks as it was read.
    pub(crate) stamp: Stamp,
}

/// The files as they were found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shelf {
    /// All of them.
    pub(crate) scanned: Scanned,
    /// Those that were read, by path.
    pub(crate) read: BTreeMap<String, ReadFile>,
    /// Those that cannot be read.
    pub(crate) problems: Vec<Problem>,
}

/// The looks of a file, as the store keeps them.
pub(crate) const fn kept(stamp: Stamp) -> FileStamp {
    FileStamp {
        bytes: stamp.bytes,
        changed_ns: stamp.changed_ns,
        inode: stamp.inode,
    }
}

/// The same back.
pub(crate) const fn seen(stamp: FileStamp) -> Stamp {
    Stamp {
        bytes: stamp.bytes,
        changed_ns: stamp.changed_ns,
        inode: stamp.inode,
    }
}

impl Shelf {
    /// Lists all files and reads those that do not look as they did when they and the lab were last alike, and those
    /// of entities in dispute that changed since.
    pub(crate) fn look(
        root: &Path,
        standings: &[Standing],
        in_dispute: &BTreeSet<Uid>,
    ) -> Result<Self, ScanError> {
        let is_settled = |it: &&Standing| {
            let is_alike = it
                .base
                .as_ref()
                .is_some_and(|base| base.revision == it.revision);
            is_alike || !in_dispute.contains(&it.uid)
        };
        let known: HashMap<&str, FileStamp> = standings
            .iter()
            .filter(is_settled)
            .filter_map(|it| it.base.as_ref()?.file.as_ref())
            .map(|(path, stamp)| (path.as_str(), *stamp))
            .collect();
        let mut shelf = Self {
            scanned: scan(root)?,
            ..Self::default()
        };
        let desk = FileDesk::for_many(root);
        for (path, found) in &shelf.scanned.files {
            if known.get(path.as_str()) == Some(&kept(found.stamp)) {
                continue;
            }
            match read(&desk, path, found.place.kind) {
                Ok(file) => {
                    shelf.read.insert(path.clone(), file);
                }
                Err(problem) => shelf.problems.push(problem),
            }
        }
        for path in &shelf.scanned.strange {
            shelf.problems.push(Problem {
                kind: ProblemKind::Unreadable,
                path: path.clone(),
                message: "it is no plain file, and nobody follows where it leads".to_owned(),
            });
        }
        Ok(shelf)
    }
}

fn read(desk: &FileDesk<'_>, path: &str, kind: lab_model::EntityKind) -> Result<ReadFile, Problem> {
    let problem = |kind, message| Problem {
        kind,
        path: path.to_owned(),
        message,
    };
    let (text, stamp) = desk
        .read(path)
        .map_err(|error| problem(ProblemKind::Unreadable, in_full(&error)))?;
    let document = read_document(kind, &text).map_err(|error| {
        let kind = match error.problem {
            Trouble::ConflictMarkers => ProblemKind::ConflictMarkers,
            Trouble::Syntax(_)
            | Trouble::NoFormat
            | Trouble::Newer(_)
            | Trouble::Wrong { .. }
            | Trouble::Missing(_)
            | Trouble::WrongKind { .. } => ProblemKind::Unreadable,
        };
        problem(kind, error.to_string())
    })?;
    Ok(ReadFile { document, stamp })
}

/// An error with its causes in one line.
pub(crate) fn in_full(error: &FileError) -> String {
    let cause = std::error::Error::source(error);
    cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

/// What one entity's file is, as far as it is known.
#[derive(Clone, Debug)]
pub(crate) enum FileSide<'a> {
    /// It looks as it did.
    Unchanged,
    /// It says something that is not known.
    Read(&'a str, &'a ReadFile),
    /// It is gone.
    Gone,
    /// There never was one, or it was taken away and the entity put away.
    None,
    /// It is there and cannot be read: nothing is done with its entity.
    Unreadable,
}

/// Both sides entity by entity.
#[derive(Debug)]
pub(crate) struct Picture<'a> {
    /// Every entity of the lab, oldest first, with its file.
    pub(crate) known: Vec<(Standing, FileSide<'a>)>,
    /// Files of entities that the lab does not have, oldest first.
    pub(crate) unknown: Vec<(&'a str, &'a ReadFile)>,
    /// Files that are nobody's.
    pub(crate) problems: Vec<Problem>,
}

impl<'a> Picture<'a> {
    /// Pairs what the lab has with what lies on the shelf.
    pub(crate) fn of(tx: &dyn Reader, shelf: &'a Shelf) -> Result<Self, StoreError> {
        Ok(Self::paired(tx.standings()?, shelf))
    }

    /// The same of what was read before.
    pub(crate) fn paired(mut standings: Vec<Standing>, shelf: &'a Shelf) -> Self {
        standings.sort_by(|a, b| a.uid.cmp(&b.uid));
        let mut picture = Self {
            known: Vec::new(),
            unknown: Vec::new(),
            problems: Vec::new(),
        };
        let mut by_uid = picture.by_uid(shelf, &standings);
        let unreadable: BTreeSet<&str> = shelf.problems.iter().map(|it| it.path.as_str()).collect();
        for standing in standings {
            let path = standing.base.as_ref().and_then(|it| it.file.as_ref());
            let side = match (by_uid.remove(&standing.uid), path) {
                (Some((path, file)), _) if file.document.kind != standing.kind => {
                    let message = format!("{} is of kind {}", standing.label, standing.kind);
                    picture.problems.push(copy(path, message));
                    FileSide::Unreadable
                }
                (Some((path, file)), _) => FileSide::Read(path, file),
                (None, Some((path, _))) if unreadable.contains(path.as_str()) => {
                    FileSide::Unreadable
                }
                // It was read, and it is another's now.
                (None, Some((path, _))) if shelf.read.contains_key(path) => FileSide::Gone,
                (None, Some((path, _))) if shelf.scanned.files.contains_key(path) => {
                    FileSide::Unchanged
                }
                (None, Some(_)) => FileSide::Gone,
                (None, None) => FileSide::None,
            };
            picture.known.push((standing, side));
        }
        picture.unknown.extend(by_uid.into_values());
        let nameless = shelf
            .read
            .iter()
            .filter(|(_, it)| it.document.uid.is_none());
        let nameless = nameless.map(|(path, file)| (path.as_str(), file));
        picture.unknown.extend(nameless);
        picture
    }

    /// The read file of each entity. Of several files of one the one that it had counts, else the first.
    fn by_uid(
        &mut self,
        files: &'a Shelf,
        standings: &[Standing],
    ) -> BTreeMap<Uid, (&'a str, &'a ReadFile)> {
        if files.read.is_empty() {
            return BTreeMap::new();
        }
        let own: BTreeMap<&Uid, &str> = standings
            .iter()
            .filter_map(|it| Some((&it.uid, it.base.as_ref()?.file.as_ref()?.0.as_str())))
            .collect();
        let mut by_uid: BTreeMap<Uid, (&str, &ReadFile)> = BTreeMap::new();
        for (path, file) in &files.read {
            let Some(uid) = &file.document.uid else {
                continue;
            };
            let its_own = own.get(uid).copied();
            // The file that it had is still there: whatever else says to be it is a copy.
            let is_kept = its_own.is_some_and(|it| {
                it != path && files.scanned.files.contains_key(it) && {
                    let read = files.read.get(it);
                    read.is_none_or(|it| it.document.uid.as_ref() == Some(uid))
                }
            });
            if is_kept {
                let other = its_own.unwrap_or_default();
                self.problems
                    .push(copy(path, format!("it is a copy of {other}")));
                continue;
            }
            match by_uid.get(uid) {
                Some((other, _)) => {
                    let told = format!("it says to be the same as {other}");
                    self.problems.push(copy(path, told));
                }
                None => {
                    by_uid.insert(uid.clone(), (path, file));
                }
            }
        }
        by_uid
    }
}

fn copy(path: &str, message: String) -> Problem {
    Problem {
        kind: ProblemKind::Copy,
        path: path.to_owned(),
        message,
    }
}
