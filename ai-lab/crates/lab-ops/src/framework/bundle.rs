//! A release in one file, for a machine without a network.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use lab_backup::Source as File;
use lab_update::{Refusal, Source as _};
use serde::Serialize;

use super::error::FrameworkError;
use super::found::wanted;
use super::source::{AnySource, SourceError};
use crate::{Failure, Lab};

/// What was bundled. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bundled {
    /// The file.
    pub bundle: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// How many files are in it.
    pub files: usize,
}

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The lab does not say where releases come from.
    #[error("the lab does not say where releases come from")]
    NoSource,
    /// There is no such release there.
    #[error("{0}")]
    NoRelease(String),
    /// What the lab says cannot be read.
    #[error(transparent)]
    Framework(#[from] FrameworkError),
    /// Releases cannot be had from there.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// It could not be brought.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It could not be written.
    #[error(transparent)]
    Bundle(#[from] lab_backup::BundleError),
}

impl Failure for BundleError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NoSource => ErrorClass::Config,
            Self::NoRelease(_) => ErrorClass::NotFound,
            Self::Framework(error) => error.class(),
            Self::Source(error) => error.class(),
            Self::Refused(refusal) => refusal.class,
            Self::Bundle(_) => ErrorClass::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NoSource => {
                Some("`[update] from` in ai-lab.toml, or `--from`, says it".to_owned())
            }
            Self::Framework(error) => error.hint(),
            Self::Source(error) => error.hint(),
            Self::Refused(refusal) => refusal.hint.clone(),
            Self::NoRelease(_) | Self::Bundle(_) => None,
        }
    }
}

/// Puts the index and one version into one file. What is in it is verified where it is used.
pub fn bundle(
    lab: &Lab,
    version: &str,
    to: &Path,
    from: Option<&str>,
) -> Result<Bundled, BundleError> {
    let named = match from {
        Some(from) => Some(from.to_owned()),
        None => wanted(lab)?.from,
    };
    let mut source = AnySource::of(lab, &named.ok_or(BundleError::NoSource)?)?;
    let none = || BundleError::NoRelease(format!("there is no release {}", version.escape_debug()));
    // A version is one part of a path.
    let is_version = semver::Version::parse(version).is_ok();
    let folder = if is_version {
        source.version(version)?
    } else {
        return Err(none());
    };
    let mut files = Vec::new();
    for name in ["index.json", "index.json.minisig"] {
        files.push(File {
            path: name.to_owned(),
            file: folder.join(name),
        });
    }
    let entries = fs::read_dir(folder.join(version)).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => none(),
        _ => BundleError::NoRelease(format!("{version} cannot be read: {error}")),
    })?;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_file() && !name.starts_with('.') {
            files.push(File {
                path: format!("{version}/{name}"),
                file: entry.path(),
            });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let bytes = lab_backup::bundle(&files, to)?;
    Ok(Bundled {
        bundle: to.to_owned(),
        bytes,
        files: files.len(),
    })
}
