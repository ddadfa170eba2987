//! Finds every file of the tracker without opening one.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use lab_files::{Place, place_of};

use crate::desk::is_beside;
use crate::{MOST_FILES, Stamp};

/// A file at one of the tracker's places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What lies there.
    pub place: Place,
    /// Its looks.
    pub stamp: Stamp,
}

/// All files of the tracker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// By path below the lab's folder, `/` between the parts.
    pub files: BTreeMap<String, Found>,
    /// What lies there and is no plain file, such as a link: it could lead out of the lab, so nobody follows it.
    pub strange: Vec<String>,
    /// What writers that were killed left beside a file's place; nobody writes it any more once the lock is held.
    pub left: Vec<String>,
    /// The folders below `projects/`.
    pub project_folders: Vec<String>,
}

/// Why the files could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// A folder could not be read.
    #[error("cannot read the folder {}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no end to them.
    #[error("there are more than {MOST_FILES} files")]
    TooMany,
}

/// The lab's own folders of documents.
const OWN: [&str; 4] = [
    "data/ideas",
    "data/repos",
    "data/work-items",
    "data/milestones",
];

/// A project's folders of documents.
const OF_PROJECT: [&str; 3] = ["data", "data/work-items", "data/milestones"];

/// Looks at every place of a lab.
pub fn scan(root: &Path) -> Result<Scanned, ScanError> {
    let mut scanned = Scanned::default();
    for folder in OWN {
        look(root, folder, &mut scanned)?;
    }
    let projects = entries(&root.join("projects"))?;
    for (name, metadata) in projects {
        if !metadata.is_dir() || name.starts_with('.') {
            continue;
        }
        for folder in OF_PROJECT {
            look(root, &format!("projects/{name}/{folder}"), &mut scanned)?;
        }
        scanned.project_folders.push(name);
    }
    scanned.project_folders.sort();
    Ok(scanned)
}

fn look(root: &Path, folder: &str, scanned: &mut Scanned) -> Result<(), ScanError> {
    for (name, metadata) in entries(&root.join(folder))? {
        let path = format!("{folder}/{name}");
        if is_beside(&name) && metadata.is_file() {
            scanned.left.push(path);
            continue;
        }
        let Some(place) = place_of(&path) else {
            continue;
        };
        if !metadata.is_file() {
            scanned.strange.push(path);
            continue;
        }
        let stamp = Stamp::of(&metadata);
        scanned.files.insert(path, Found { place, stamp });
        if scanned.files.len() > MOST_FILES {
            return Err(ScanError::TooMany);
        }
    }
    Ok(())
}

/// The names in a folder with what they are; none where the folder is not there. Names that are no text are not ours.
fn entries(folder: &Path) -> Result<Vec<(String, fs::Metadata)>, ScanError> {
    let failed = |source| ScanError::Folder {
        path: folder.to_owned(),
        source,
    };
    // A link in place of a folder would lead somewhere else.
    match fs::symlink_metadata(folder) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => return Ok(Vec::new()),
        Err(error) if is_absent(&error) => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        match entry.metadata() {
            Ok(metadata) => found.push((name, metadata)),
            // It went while we looked.
            Err(error) if is_absent(&error) => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(found)
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}
