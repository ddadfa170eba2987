//! Whether a release's folder is still what it was: every file, its bytes, its mode, and nothing beside them.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use serde::Serialize;

use crate::digest::Sha256;
use crate::tree::{Tree, TreeFile, TreePath};

/// One thing that is not as the release says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "what", content = "path", rename_all = "snake_case")]
pub enum Difference {
    /// A file or folder that the release does not have; a forged `.pyc` is one.
    Added(String),
    /// A file that is not there.
    Removed(String),
    /// Other bytes.
    Changed(String),
    /// Another mode: somebody may write it, or cannot start it.
    Mode(String),
    /// A link, a device or a folder in the place of a file.
    Kind(String),
    /// Another owner, who may change it at any time.
    Owner(String),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added(path) => write!(f, "`{path}` was added"),
            Self::Removed(path) => write!(f, "`{path}` was removed"),
            Self::Changed(path) => write!(f, "`{path}` was changed"),
            Self::Mode(path) => write!(f, "the mode of `{path}` was changed"),
            Self::Kind(path) => write!(f, "`{path}` is no file any more"),
            Self::Owner(path) => write!(f, "the owner of `{path}` was changed"),
        }
    }
}

/// Everything that is different, by path. Reads every byte. Whose the files are, the store knows.
pub fn look(place: &Path, tree: &Tree) -> io::Result<Vec<Difference>> {
    look_by(place, tree, None)
}

/// The same, where everything should belong to that user; `None` where anybody's will do.
pub(super) fn look_by(
    place: &Path,
    tree: &Tree,
    owner: Option<u32>,
) -> io::Result<Vec<Difference>> {
    let mut found = BTreeSet::new();
    let folders: BTreeSet<&str> = tree.files().iter().flat_map(above).collect();
    let meta = fs::symlink_metadata(place)?;
    if !meta.is_dir() {
        return Ok(vec![Difference::Kind(".".to_owned())]);
    }
    found.extend(folder_difference(".", &meta, owner));
    let mut seen = BTreeSet::new();
    let mut open = vec![String::new()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(place.join(&folder))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let path = match folder.as_str() {
                "" => name,
                folder => format!("{folder}/{name}"),
            };
            let meta = fs::symlink_metadata(place.join(&path))?;
            if folders.contains(path.as_str()) && meta.is_dir() {
                found.extend(folder_difference(&path, &meta, owner));
                open.push(path);
                continue;
            }
            let file = path.parse::<TreePath>().ok();
            match file.and_then(|path| tree.file(&path)) {
                None => {
                    found.insert(Difference::Added(path));
                }
                Some(file) => {
                    found.extend(difference(&place.join(&path), file, &meta)?);
                    found.extend(owner_difference(&path, &meta, owner));
                    seen.insert(&file.path);
                }
            }
        }
    }
    let removed = tree
        .files()
        .iter()
        .filter(|file| !seen.contains(&file.path));
    found.extend(removed.map(|file| Difference::Removed(file.path.to_string())));
    Ok(found.into_iter().collect())
}

fn folder_difference(path: &str, meta: &fs::Metadata, owner: Option<u32>) -> Option<Difference> {
    if meta.mode() & 0o7777 != 0o555 {
        return Some(Difference::Mode(path.to_owned()));
    }
    owner_difference(path, meta, owner)
}

/// Root may own what is the store's: it can change everything anyway.
fn owner_difference(path: &str, meta: &fs::Metadata, owner: Option<u32>) -> Option<Difference> {
    let owner = owner?;
    let is_other = meta.uid() != owner && meta.uid() != 0;
    is_other.then(|| Difference::Owner(path.to_owned()))
}

/// The folders above a file.
fn above(file: &TreeFile) -> impl Iterator<Item = &str> {
    let path = file.path.as_str();
    path.match_indices('/').map(|(end, _)| &path[..end])
}

fn difference(path: &Path, file: &TreeFile, meta: &fs::Metadata) -> io::Result<Option<Difference>> {
    let name = file.path.to_string();
    if !meta.is_file() {
        return Ok(Some(Difference::Kind(name)));
    }
    if meta.len() != file.bytes {
        return Ok(Some(Difference::Changed(name)));
    }
    let (digest, _) = Sha256::of_reader(&mut File::open(path)?)?;
    if digest != file.sha256 {
        return Ok(Some(Difference::Changed(name)));
    }
    let mode = if file.program { 0o555 } else { 0o444 };
    let is_other = meta.mode() & 0o7777 != mode;
    Ok(is_other.then_some(Difference::Mode(name)))
}

/// Lets the owner take a folder's contents away, folder by folder. Follows no link.
pub(super) fn make_writable(folder: &Path) -> io::Result<()> {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if fs::symlink_metadata(&path)?.is_dir() {
            make_writable(&path)?;
        }
    }
    Ok(())
}
