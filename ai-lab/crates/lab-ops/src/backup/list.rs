//! Lists backups.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use lab_backup::ArchiveName;
use serde::Serialize;

use super::folder_of;
use crate::{Failure, Lab};

/// The backups of a folder. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Backups {
    /// The folder.
    pub folder: PathBuf,
    /// Its backups, the latest first.
    pub backups: Vec<BackupRow>,
}

/// One backup, as its name tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackupRow {
    /// The file's name.
    pub name: String,
    /// When it was made.
    pub created_at: String,
    /// `regular`, or `replaced`: what a restore has replaced.
    pub kind: &'static str,
    /// Whether a key is needed to read it.
    pub is_sealed: bool,
    /// Its size.
    pub bytes: u64,
}

/// The folder could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}", folder.display())]
pub struct ListBackupsError {
    /// Which.
    pub folder: PathBuf,
    /// Why.
    pub source: io::Error,
}

impl Failure for ListBackupsError {
    fn class(&self) -> ErrorClass {
        ErrorClass::Environment
    }
}

/// Lists the backups of a folder, the lab's own where it is `None`. None at all is an empty list.
pub fn list(lab: &Lab, folder: Option<&Path>) -> Result<Backups, ListBackupsError> {
    let folder = folder.map_or_else(|| folder_of(lab), Path::to_owned);
    let found = archives(&folder).map_err(|source| ListBackupsError {
        folder: folder.clone(),
        source,
    })?;
    let backups = found.into_iter().map(|(name, bytes)| BackupRow {
        created_at: name.at.to_string(),
        kind: name.kind.as_str(),
        is_sealed: name.is_sealed,
        name: name.to_string(),
        bytes,
    });
    Ok(Backups {
        backups: backups.collect(),
        folder,
    })
}

/// The archives of a folder with their sizes, the latest first; other files are passed over.
pub(super) fn archives(folder: &Path) -> io::Result<Vec<(ArchiveName, u64)>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found: Vec<(ArchiveName, u64)> = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok());
        if let (Some(name), Ok(metadata)) = (name, entry.metadata())
            && metadata.is_file()
        {
            found.push((name, metadata.len()));
        }
    }
    found.sort_by(|a, b| b.0.cmp(&a.0));
    Ok(found)
}
