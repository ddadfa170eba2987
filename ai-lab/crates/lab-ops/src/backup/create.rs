//! Makes a backup.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ai_lab_client::Places;
use ai_lab_contract::ErrorClass;
use lab_backup::{
    ArchiveName, BackupKind, FORMAT, Manifest, PackError, SealError, Source, pack, seal,
};
use lab_model::Moment;
use lab_store::{SnapshotError, SqliteStore};
use serde::Serialize;

use super::framework::{FrameworkError, Part, copy};
use super::scratch::Scratch;
use super::{CONFIG, DATABASE, FILES, FRAMEWORK, folder_of};
use crate::{Failure, Lab, LabError};

/// How deep and how many files of configuration are packed: more is no configuration.
const MOST_DEPTH: usize = 8;
const MOST_CONFIG: usize = 5_000;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct CreateBackup<'a> {
    /// Into which folder; the lab's own backups where `None`.
    pub into: Option<&'a Path>,
    /// The public key to seal to.
    pub key: Option<&'a str>,
    /// Where the framework is looked for; `None` leaves its record out.
    pub places: Option<Places<'a>>,
    /// Why.
    pub kind: BackupKind,
}

/// A backup that was made. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackupMade {
    /// The archive.
    pub archive: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// How many files are in it.
    pub files: usize,
    /// The framework whose record is in it; `null` where it is not.
    pub framework: Option<String>,
    /// Why the framework's record is not in it; `null` where it is.
    pub without_framework: Option<String>,
    /// Whether a key is needed to read it.
    pub is_sealed: bool,
}

/// Why no backup was made. Nothing was left.
#[derive(Debug, thiserror::Error)]
pub enum CreateBackupError {
    /// The lab's database was not opened.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// It was not copied.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The archive was not written.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// It was not sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The framework's record is there and was not copied.
    #[error("the framework's record could not be copied")]
    Framework(#[from] FrameworkError),
    /// A file or folder stood in the way.
    #[error("cannot use {}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Failure for CreateBackupError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Lab(error) => error.class(),
            Self::Pack(PackError::Occupied(_)) | Self::Snapshot(SnapshotError::Occupied(_)) => {
                ErrorClass::Conflict
            }
            Self::Snapshot(_) | Self::Pack(_) | Self::Framework(_) | Self::Folder { .. } => {
                ErrorClass::Environment
            }
            Self::Seal(error) => class_of_seal(error),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Lab(error) => error.hint(),
            Self::Pack(PackError::Occupied(_)) => {
                Some("the same command again takes another name".to_owned())
            }
            Self::Seal(error) => Some(hint_of_seal(error)),
            Self::Framework(_) => {
                Some("`ai-lab backup create --without-framework` leaves it out".to_owned())
            }
            Self::Snapshot(_) | Self::Pack(_) | Self::Folder { .. } => None,
        }
    }
}

pub(super) const fn class_of_seal(error: &SealError) -> ErrorClass {
    match error {
        SealError::Start(_) => ErrorClass::Environment,
        SealError::Failed { .. } => ErrorClass::InvalidInput,
    }
}

pub(super) fn hint_of_seal(error: &SealError) -> String {
    match error {
        SealError::Start(_) => "install the package `age`",
        SealError::Failed { .. } => {
            "`age-keygen -o FILE` makes a pair of keys: the public one seals, the file opens"
        }
    }
    .to_owned()
}

/// Copies both databases, configuration and locks into one archive, while others go on writing.
pub fn create(
    lab: &Lab,
    at: Moment,
    asked: &CreateBackup<'_>,
) -> Result<BackupMade, CreateBackupError> {
    let store = lab.open(at).map_err(LabError::from)?;
    create_from(lab, &store, at, asked)
}

/// The same from a database that is open.
pub(super) fn create_from(
    lab: &Lab,
    store: &SqliteStore,
    at: Moment,
    asked: &CreateBackup<'_>,
) -> Result<BackupMade, CreateBackupError> {
    let into = asked.into.map_or_else(|| folder_of(lab), Path::to_owned);
    let unusable = |source| CreateBackupError::Folder {
        path: into.clone(),
        source,
    };
    fs::create_dir_all(&into).map_err(unusable)?;
    let scratch = Scratch::below(&into).map_err(unusable)?;
    let mut sources = vec![source(&scratch, DATABASE)];
    store.snapshot(&sources[0].file)?;
    let part = match asked.places {
        None => Part::None("it was not asked for".to_owned()),
        Some(places) => copy(lab, &places, &scratch.at(&flat(FRAMEWORK)))?,
    };
    let (framework, without_framework) = match part {
        Part::Copied(version) => (Some(version), None),
        Part::None(why) => (None, Some(why)),
    };
    if framework.is_some() {
        sources.push(source(&scratch, FRAMEWORK));
    }
    sources.extend(settled_files(lab, &scratch)?);
    let manifest = Manifest {
        format: FORMAT,
        kind: asked.kind,
        created_at: at.to_string(),
        software: env!("CARGO_PKG_VERSION").to_owned(),
        framework: framework.clone(),
        files: Vec::new(),
    };
    let name = ArchiveName {
        at,
        kind: asked.kind,
        is_sealed: asked.key.is_some(),
    };
    let archive = into.join(name.to_string());
    let files = packed(manifest, &sources, &archive, asked.key, &scratch)?;
    let bytes = fs::metadata(&archive).map_err(unusable)?.len();
    Ok(BackupMade {
        archive,
        bytes,
        files,
        framework,
        without_framework,
        is_sealed: asked.key.is_some(),
    })
}

/// Writes the archive, sealed where there is a key. Answers with how many files are in it.
fn packed(
    manifest: Manifest,
    sources: &[Source],
    archive: &Path,
    key: Option<&str>,
    scratch: &Scratch,
) -> Result<usize, CreateBackupError> {
    let Some(key) = key else {
        return Ok(pack(manifest, sources, archive)?.files.len());
    };
    let (plain, sealed) = (scratch.at("plain"), scratch.at("sealed"));
    let made = pack(manifest, sources, &plain)?;
    seal(&plain, key, &sealed)?;
    let put = || -> io::Result<()> {
        fs::File::open(&sealed)?.sync_all()?;
        // A link, unlike a rename, never replaces what is there.
        fs::hard_link(&sealed, archive)?;
        fs::File::open(archive.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    put().map_err(|source| CreateBackupError::Folder {
        path: archive.to_owned(),
        source,
    })?;
    Ok(made.files.len())
}

/// Configuration and locks, copied so that they do not change while they are packed.
fn settled_files(lab: &Lab, scratch: &Scratch) -> Result<Vec<Source>, CreateBackupError> {
    let mut paths: Vec<String> = Vec::new();
    let is_file = |path: &Path| path.symlink_metadata().is_ok_and(|found| found.is_file());
    for file in FILES {
        if is_file(&lab.root().join(file)) {
            paths.push(file.to_owned());
        }
    }
    let mut folders = vec![(CONFIG.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let Ok(entries) = fs::read_dir(lab.root().join(&folder)) else {
            continue;
        };
        for entry in entries.flatten() {
            // A name that is no text has no place in a manifest; what configures anything has one.
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let path = format!("{folder}/{name}");
            let kind = entry.file_type().ok();
            if kind.is_some_and(|kind| kind.is_dir()) && depth < MOST_DEPTH {
                folders.push((path, depth + 1));
            } else if kind.is_some_and(|kind| kind.is_file()) && paths.len() < MOST_CONFIG {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let copied = |path: String| {
        let from = lab.root().join(&path);
        let source = source(scratch, &path);
        fs::copy(&from, &source.file).map_err(|source| CreateBackupError::Folder {
            path: from.clone(),
            source,
        })?;
        Ok(source)
    };
    paths.into_iter().map(copied).collect()
}

fn source(scratch: &Scratch, path: &str) -> Source {
    Source {
        path: path.to_owned(),
        file: scratch.at(&flat(path)),
    }
}

/// A path as the name of one file.
fn flat(path: &str) -> String {
    path.replace('%', "%25").replace('/', "%2F")
}
