//! `ai-lab merge-file`: what git asks where both branches changed a file.

use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use lab_files::{
    Document, Merged, Names, ReadError, merge_documents, place_of, read_document, write_document,
};
use lab_mirror::{FileDesk, FileError, Replaced};
use lab_model::EntityKind;
use serde::Serialize;

use crate::Failure;

/// What came of a merge. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MergedFile {
    /// What people call the entity.
    pub label: Option<String>,
    /// What both branches changed, differently: the file names it, and the next sync shows it.
    pub conflicts: Vec<String>,
}

/// Why two versions of a file were not merged. The file is as the branch that is merged into has it.
#[derive(Debug, thiserror::Error)]
pub enum MergeFileError {
    /// No document of a lab lies at that path.
    #[error("{} is no place of a tracker's file", path.display())]
    NoPlace {
        /// Which.
        path: PathBuf,
    },
    /// A version could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// A version is no document.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// Which of the three.
        path: PathBuf,
        /// What is wrong with it.
        source: ReadError,
    },
    /// Both are files of that name and of two entities.
    #[error("the two versions are not of one entity")]
    Different,
    /// The file changed while it was merged.
    #[error("{} was changed meanwhile", path.display())]
    Changed {
        /// Which.
        path: PathBuf,
    },
}

impl Failure for MergeFileError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NoPlace { .. } => ErrorClass::Usage,
            Self::File(_) => ErrorClass::Environment,
            Self::Unreadable { .. } => ErrorClass::InvalidInput,
            Self::Different | Self::Changed { .. } => ErrorClass::Conflict,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NoPlace { .. } | Self::File(_) | Self::Changed { .. } => None,
            Self::Unreadable { .. } => Some(
                "`git checkout --ours` or `--theirs` takes one of them; then `git add`".to_owned(),
            ),
            Self::Different => Some(
                "keep both under two names, `git add` them, and `ai-lab sync` numbers them"
                    .to_owned(),
            ),
        }
    }
}

/// Merges what two branches made of a file into `ours`. `path` is where it lies in the repository.
pub fn merge_file(
    base: &Path,
    ours: &Path,
    theirs: &Path,
    path: &Path,
) -> Result<MergedFile, MergeFileError> {
    let kind = kind_of(path).ok_or_else(|| MergeFileError::NoPlace {
        path: path.to_owned(),
    })?;
    let mine = read(kind, ours)?;
    let other = read(kind, theirs)?;
    // Where both branches added the file there is nothing that they started from.
    let root = match read(kind, base) {
        Ok(root) => root,
        Err(MergeFileError::Unreadable { .. }) => Document {
            uid: mine.uid.clone(),
            ..Document::empty(kind)
        },
        Err(error) => return Err(error),
    };
    let Merged::Document {
        mut document,
        fresh,
    } = merge_documents(&root, &mine, &other)
    else {
        return Err(MergeFileError::Different);
    };
    document.add_disputes(fresh);
    let names = Names(document.hints.clone());
    let (folder, name) = apart(ours);
    let mut desk = FileDesk::for_few(&folder);
    let seen = desk.stamp(&name);
    let replaced = desk.replace(&name, &write_document(&document, &names), seen)?;
    if replaced == Replaced::Changed {
        return Err(MergeFileError::Changed {
            path: ours.to_owned(),
        });
    }
    Ok(MergedFile {
        label: document.label.map(|label| label.to_string()),
        conflicts: document.disputes.into_iter().map(|it| it.field).collect(),
    })
}

/// What lies at a path of a repository, whose lab may be a folder further down.
fn kind_of(path: &Path) -> Option<EntityKind> {
    let mut rest = path.to_str()?;
    loop {
        if let Some(place) = place_of(rest) {
            return Some(place.kind);
        }
        (_, rest) = rest.split_once('/')?;
    }
}

fn read(kind: EntityKind, path: &Path) -> Result<Document, MergeFileError> {
    let (folder, name) = apart(path);
    let (text, _) = FileDesk::for_few(&folder).read(&name)?;
    read_document(kind, &text).map_err(|source| MergeFileError::Unreadable {
        path: path.to_owned(),
        source,
    })
}

fn apart(path: &Path) -> (PathBuf, String) {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    (
        folder.unwrap_or(Path::new(".")).to_owned(),
        name.into_owned(),
    )
}
