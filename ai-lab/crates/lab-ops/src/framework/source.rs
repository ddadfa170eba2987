//! Where releases come from: a folder, a bundle, a URL.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use ai_lab_contract::v1::{ReleaseFile, ReleaseVersion};
use lab_backup::{BundleError, unbundle};
use lab_github::{DownloadError, download};
use lab_update::{Layout, Refusal, Source};
use serde::Deserialize;

use crate::{Failure, Lab};

/// What signs an index, and a release.
const SIGNED: &str = ".minisig";

/// How many bytes an index or a release may have: what the framework reads of one.
const DOCUMENT_BYTES: u64 = 4 * 1024 * 1024;

/// How many bytes a signature may have.
const SIGNATURE_BYTES: u64 = 4 * 1024;

/// How many bytes an archive may have.
const ARCHIVE_BYTES: u64 = 512 * 1024 * 1024;

/// How many releases of an index are looked at, the newest first. Stops an index of a million.
const MOST_OFFERED: usize = 12;

/// Why releases cannot be had from there.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Nothing of that name is there.
    #[error("there are no releases at `{}`", .0.escape_debug())]
    NotThere(String),
    /// It is a file and no bundle.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// It could not be brought.
    #[error(transparent)]
    Download(#[from] DownloadError),
    /// A file or folder stood in the way.
    #[error("cannot use {}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Failure for SourceError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::NotThere(_) => ErrorClass::NotFound,
            Self::Bundle(BundleError::Strange { .. }) => ErrorClass::InvalidInput,
            Self::Bundle(BundleError::Disk { .. }) | Self::Download(_) | Self::Folder { .. } => {
                ErrorClass::Environment
            }
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NotThere(_) => {
                Some("`--from FOLDER`, BUNDLE or URL names another place".to_owned())
            }
            Self::Download(_) => Some("the same command goes on where it was cut".to_owned()),
            Self::Bundle(_) | Self::Folder { .. } => None,
        }
    }
}

/// One of the three.
#[derive(Debug)]
pub(super) enum AnySource {
    /// A folder, as it is: this machine's own, or one that was taken out of a bundle.
    Folder(PathBuf),
    /// An address, and the folder that files of it are brought to.
    Address { base: String, cache: PathBuf },
}

impl AnySource {
    /// What `from` names; a path that is not absolute is meant from the lab's folder.
    pub(super) fn of(lab: &Lab, from: &str) -> Result<Self, SourceError> {
        let cache = Layout::of(lab.root()).cache();
        if from.starts_with("https://") || from.starts_with("http://") {
            let base = from.trim_end_matches('/').to_owned();
            let cache = cache.join("releases");
            return Ok(Self::Address { base, cache });
        }
        let path = lab.root().join(from);
        if path.is_dir() {
            return Ok(Self::Folder(path));
        }
        if !path.is_file() {
            return Err(SourceError::NotThere(from.to_owned()));
        }
        let into = cache.join("bundle");
        let made = || -> io::Result<()> {
            if into.symlink_metadata().is_ok() {
                fs::remove_dir_all(&into)?;
            }
            fs::create_dir_all(&into)
        };
        made().map_err(|source| SourceError::Folder {
            path: into.clone(),
            source,
        })?;
        unbundle(&path, &into)?;
        Ok(Self::Folder(into))
    }
}

/// As much of an index as says what is to be brought.
#[derive(Deserialize)]
struct Index {
    releases: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    version: ReleaseVersion,
    release_sha256: String,
    withdrawn: Option<String>,
}

/// As much of a release as says what is to be brought.
#[derive(Deserialize)]
struct Files {
    archives: Vec<ArchiveFile>,
}

#[derive(Deserialize)]
struct ArchiveFile {
    target: String,
    file: ReleaseFile,
    bytes: u64,
}

impl Source for AnySource {
    fn index(&mut self) -> Result<PathBuf, Refusal> {
        match self {
            Self::Folder(folder) => Ok(folder.clone()),
            Self::Address { base, cache } => {
                brought(base, cache, "index.json", DOCUMENT_BYTES)?;
                brought(base, cache, &format!("index.json{SIGNED}"), SIGNATURE_BYTES)?;
                bring_offered(base, cache)?;
                Ok(cache.clone())
            }
        }
    }

    fn version(&mut self, version: &str) -> Result<PathBuf, Refusal> {
        match self {
            Self::Folder(folder) => Ok(folder.clone()),
            Self::Address { base, cache } => bring(base, cache, version),
        }
    }
}

/// Brings what the newest releases of an index say of themselves: the framework looks at it before it chooses.
fn bring_offered(base: &str, cache: &Path) -> Result<(), Refusal> {
    let strange = |what: String| Refusal::new(ErrorClass::InvalidInput, what);
    let text = fs::read(cache.join("index.json")).map_err(|error| strange(error.to_string()))?;
    let index: Index = serde_json::from_slice(&text)
        .map_err(|error| strange(format!("{base}/index.json is no index: {error}")))?;
    let mut versions = index.releases;
    versions.retain(|it| it.withdrawn.is_none());
    let number = |it: &Listed| semver::Version::parse(it.version.as_str()).ok();
    versions.sort_by_key(|it| std::cmp::Reverse(number(it)));
    for listed in versions.iter().take(MOST_OFFERED) {
        let release = format!("{}/release.json", listed.version);
        let has = fs::read(cache.join(&release))
            .ok()
            .map(|text| lab_pin::digest_of(&text));
        if has.as_deref() != Some(listed.release_sha256.as_str()) {
            brought(base, cache, &release, DOCUMENT_BYTES)?;
            brought(base, cache, &format!("{release}{SIGNED}"), SIGNATURE_BYTES)?;
        }
    }
    Ok(())
}

fn bring(base: &str, cache: &Path, version: &str) -> Result<PathBuf, Refusal> {
    let strange = |what: String| Refusal::new(ErrorClass::InvalidInput, what);
    let version: ReleaseVersion = version
        .parse()
        .map_err(|_| strange(format!("`{}` is no version", version.escape_debug())))?;
    let release = format!("{version}/release.json");
    brought(base, cache, "index.json", DOCUMENT_BYTES)?;
    brought(base, cache, &format!("index.json{SIGNED}"), SIGNATURE_BYTES)?;
    brought(base, cache, &release, DOCUMENT_BYTES)?;
    brought(base, cache, &format!("{release}{SIGNED}"), SIGNATURE_BYTES)?;
    let path = cache.join(&release);
    let text = fs::read(&path).map_err(|error| strange(format!("{}: {error}", path.display())))?;
    // Whether it is to be believed, the framework says: this only decides what is brought beside it.
    let files: Files = serde_json::from_slice(&text)
        .map_err(|error| strange(format!("{base}/{release} is no release: {error}")))?;
    let is_ours = |it: &&ArchiveFile| {
        it.target
            .starts_with(&format!("{}-", std::env::consts::ARCH))
    };
    for archive in files.archives.iter().filter(is_ours) {
        let file = format!("{version}/{}", archive.file);
        let has = cache
            .join(&file)
            .metadata()
            .is_ok_and(|found| found.len() == archive.bytes);
        if !has {
            brought(base, cache, &file, archive.bytes.min(ARCHIVE_BYTES))?;
        }
    }
    Ok(cache.to_owned())
}

fn brought(base: &str, cache: &Path, file: &str, most: u64) -> Result<(), Refusal> {
    let to = cache.join(file);
    let folder = to.parent().unwrap_or(cache);
    fs::create_dir_all(folder).map_err(|error| {
        Refusal::new(
            ErrorClass::Environment,
            format!("cannot make {}: {error}", folder.display()),
        )
    })?;
    download(&format!("{base}/{file}"), &to, most).map_err(|error| {
        let source = std::error::Error::source(&error);
        let why = source.map_or_else(String::new, |why| format!(": {why}"));
        Refusal::new(ErrorClass::Environment, format!("{error}{why}"))
            .hinting("the same command goes on where it was cut")
    })
}
