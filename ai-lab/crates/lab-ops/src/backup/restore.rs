//! Puts a backup back: to a new place, or over a lab.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use lab_model::Moment;
use serde::Serialize;

use super::FRAMEWORK;
use super::finish::{FinishError, READY, RESTORE, finish};
use super::read::{Archive, ReadBackupError, sound, unpacked};
use super::scratch::Scratch;
use crate::{Failure, Lab};

/// What was put back. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// The lab's folder.
    pub lab: PathBuf,
    /// When the backup was made.
    pub created_at: String,
    /// How many files were put back.
    pub files: usize,
    /// Where what was replaced is kept; `null` where nothing was there.
    pub replaced: Option<PathBuf>,
    /// Where the framework's record lies, for a person to put into the framework's home; `null` where there is none.
    pub framework: Option<PathBuf>,
}

/// Why nothing was put back.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The backup cannot be used.
    #[error(transparent)]
    Read(#[from] ReadBackupError),
    /// Something is where the lab should come to be.
    #[error("{} is not empty", .0.display())]
    Occupied(PathBuf),
    /// A file or folder stood in the way.
    #[error("cannot use {}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It was begun; the next command of the lab goes on with it.
    #[error("the restore is not complete")]
    Finish(#[from] FinishError),
}

impl Failure for RestoreError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Read(error) => error.class(),
            Self::Occupied(_) => ErrorClass::Conflict,
            Self::Folder { .. } | Self::Finish(_) => ErrorClass::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Read(error) => error.hint(),
            Self::Occupied(_) => Some("name a folder that is not there yet".to_owned()),
            Self::Folder { .. } => None,
            Self::Finish(_) => {
                Some("any command in the lab, such as `ai-lab status`, goes on with it".to_owned())
            }
        }
    }
}

/// Makes a lab of a backup in a folder that is not there yet, or is empty. It appears when all of it is checked.
pub fn restore_to(archive: &Archive, to: &Path, at: Moment) -> Result<Restored, RestoreError> {
    let unusable = |path: &Path| {
        let path = path.to_owned();
        move |source| RestoreError::Folder { path, source }
    };
    let is_empty = fs::read_dir(to).map(|mut entries| entries.next().is_none());
    match is_empty {
        Ok(true) => {}
        Ok(false) => return Err(RestoreError::Occupied(to.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(RestoreError::Occupied(to.to_owned()));
        }
        Err(error) => return Err(unusable(to)(error)),
    }
    let above = to.parent().filter(|above| !above.as_os_str().is_empty());
    let above = above.unwrap_or(Path::new("."));
    fs::create_dir_all(above).map_err(unusable(above))?;
    let scratch = Scratch::below(above).map_err(unusable(above))?;
    let content = scratch.at("content");
    let manifest = unpacked(archive, &scratch, &content)?;
    sound(&content, at)?;
    // An empty folder in its place is replaced too.
    fs::rename(&content, to).map_err(unusable(to))?;
    fs::File::open(above)
        .and_then(|above| above.sync_all())
        .map_err(unusable(above))?;
    Ok(Restored {
        lab: to.to_owned(),
        created_at: manifest.created_at.clone(),
        files: manifest.files.len(),
        replaced: None,
        framework: manifest.file(FRAMEWORK).map(|_| to.join(FRAMEWORK)),
    })
}

/// Puts a backup over a lab. What was there is kept as a backup of its own first.
///
/// Everything is unpacked and checked before one rename decides; from then on any command goes on with it.
pub fn restore_over(lab: &Lab, archive: &Archive, at: Moment) -> Result<Restored, RestoreError> {
    let place = lab.root().join(RESTORE);
    let unusable = |source| RestoreError::Folder {
        path: place.clone(),
        source,
    };
    fs::create_dir_all(&place).map_err(unusable)?;
    let scratch = Scratch::below(&place).map_err(unusable)?;
    let content = scratch.at("content");
    let manifest = unpacked(archive, &scratch, &content)?;
    sound(&content, at)?;
    fs::rename(&content, place.join(READY)).map_err(unusable)?;
    fs::File::open(&place)
        .and_then(|place| place.sync_all())
        .map_err(unusable)?;
    let finished = finish(lab, at)?;
    Ok(Restored {
        lab: lab.root().to_owned(),
        created_at: manifest.created_at,
        files: manifest.files.len(),
        replaced: finished.replaced,
        framework: finished.framework,
    })
}
