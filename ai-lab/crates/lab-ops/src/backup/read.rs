//! Finds a backup, opens it, and looks at the database in it.

use std::io;
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use lab_backup::{ArchiveError, Manifest, SealError, unpack, unseal};
use lab_model::Moment;
use lab_store::{Checkup, OpenError, OpenMode, Opening, SqliteStore, StoreError};

use super::create::{class_of_seal, hint_of_seal};
use super::framework::FrameworkError;
use super::list::archives;
use super::scratch::Scratch;
use super::{DATABASE, folder_of};
use crate::{Failure, Lab};

/// The word for the latest backup.
const LATEST: &str = "latest";

/// What ends the name of a sealed archive.
const SEALED: &str = "age";

/// An archive, with what opens it.
#[derive(Clone, Debug)]
pub struct Archive {
    /// Where it is.
    pub path: PathBuf,
    /// The file of the secret key; needed for a sealed one.
    pub key: Option<PathBuf>,
}

/// Why a backup cannot be used. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ReadBackupError {
    /// There is none of that name.
    #[error("there is no backup `{}`", .0.escape_debug())]
    NotFound(String),
    /// It is damaged, cut or no backup.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// It is sealed and no key was given.
    #[error("{} is sealed", .0.display())]
    NoKey(PathBuf),
    /// The key does not open it.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The database in it cannot be opened.
    #[error("the database in the backup cannot be used")]
    Open(#[from] OpenError),
    /// The database in it cannot be read, or is not sound.
    #[error("the database in the backup is damaged: {0}")]
    Unsound(String),
    /// The framework's record in it is not sound.
    #[error("the framework's record in the backup cannot be used")]
    Framework(#[from] FrameworkError),
    /// There is no room to look at it.
    #[error("cannot use {}", path.display())]
    Folder {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl From<StoreError> for ReadBackupError {
    fn from(error: StoreError) -> Self {
        Self::Unsound(error.to_string())
    }
}

impl Failure for ReadBackupError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NotFound(_) => ErrorClass::NotFound,
            Self::Archive(ArchiveError::Newer { .. }) => ErrorClass::Incompatible,
            Self::Archive(ArchiveError::Read { .. } | ArchiveError::Write { .. })
            | Self::Folder { .. } => ErrorClass::Environment,
            Self::Archive(_) | Self::Unsound(_) | Self::Framework(_) => ErrorClass::InvalidInput,
            Self::NoKey(_) => ErrorClass::Usage,
            Self::Seal(error) => class_of_seal(error),
            Self::Open(error) => error.class(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NotFound(_) | Self::Archive(_) | Self::Unsound(_) | Self::Framework(_) => {
                Some("`ai-lab backup list` shows what there is".to_owned())
            }
            Self::NoKey(_) => Some("`--key FILE` names the secret key".to_owned()),
            Self::Seal(error) => Some(hint_of_seal(error)),
            Self::Open(error) => error.hint(),
            Self::Folder { .. } => None,
        }
    }
}

/// The archive that someone means: a file, the name of one of the lab's backups, or `latest`.
pub fn find(lab: Option<&Lab>, given: &str, folder: &Path) -> Result<PathBuf, ReadBackupError> {
    let as_path = folder.join(given);
    if as_path.is_file() {
        return Ok(as_path);
    }
    let not_found = || ReadBackupError::NotFound(given.to_owned());
    let kept = folder_of(lab.ok_or_else(not_found)?);
    let all = archives(&kept).map_err(|source| ReadBackupError::Folder {
        path: kept.clone(),
        source,
    })?;
    let found = all
        .into_iter()
        .map(|(name, _)| name.to_string())
        .find(|name| given == LATEST || name == given);
    found.map(|name| kept.join(name)).ok_or_else(not_found)
}

/// Opens, checks and unpacks an archive into a folder that is not there yet.
pub(super) fn unpacked(
    archive: &Archive,
    scratch: &Scratch,
    into: &Path,
) -> Result<Manifest, ReadBackupError> {
    let is_sealed = archive.path.extension().is_some_and(|it| it == SEALED);
    if !is_sealed {
        return Ok(unpack(&archive.path, into)?);
    }
    let key = archive
        .key
        .as_deref()
        .ok_or_else(|| ReadBackupError::NoKey(archive.path.clone()))?;
    let opened = scratch.at("opened");
    unseal(&archive.path, key, &opened)?;
    Ok(unpack(&opened, into)?)
}

/// Opens the unpacked database, brings it to this version's schema and looks at all of it.
pub(super) fn sound(unpacked: &Path, at: Moment) -> Result<Checkup, ReadBackupError> {
    let opening = Opening {
        mode: OpenMode::Create,
        software_version: env!("CARGO_PKG_VERSION").to_owned(),
        at,
    };
    let database = unpacked.join(DATABASE);
    if !database.is_file() {
        return Err(ReadBackupError::Open(OpenError::Missing(database)));
    }
    let found = SqliteStore::open(&database, &opening)?.check_up()?;
    if found.is_sound() {
        Ok(found)
    } else {
        let findings = found.damage.into_iter().chain(found.dangling);
        Err(ReadBackupError::Unsound(
            findings.collect::<Vec<_>>().join("; "),
        ))
    }
}
