//! A release comes into an index's folder: its files, its document, its signature.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use alf_release::{
    Archive, PRODUCT, RELEASE_FILE, Release, ReleaseError, SIGNATURE_ENDING, SchemaVersion, Sha256,
    Wheel,
};
use semver::Version;

use crate::document::{DiskError, disk, read, write};
use crate::signer::{SignError, Signer};

/// Everything that a release is made of.
#[derive(Debug)]
pub struct Plan {
    /// Which version.
    pub version: Version,
    /// When: milliseconds since 1970, UTC.
    pub released_at_ms: i64,
    /// The contract that it speaks.
    pub contract: SchemaVersion,
    /// The schema of each database that it writes.
    pub schemas: BTreeMap<String, SchemaVersion>,
    /// What has changed.
    pub changes: Vec<String>,
    /// Its archives and where they lie.
    pub archives: Vec<(Archive, PathBuf)>,
    /// Files that pip installs.
    pub wheels: Vec<PathBuf>,
}

/// Why there is no release.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The disk.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// What was made is no release.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// Nobody signed it.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// It was released before.
    #[error("{} is there already: a release is never made again; withdraw it and make another", .0.display())]
    There(PathBuf),
    /// A name that is no text.
    #[error("{} has a name that is no text", .0.display())]
    Name(PathBuf),
}

/// Writes everything of a release to the folder of its version. The document comes last: a folder without it is none.
pub fn publish(plan: &Plan, signer: &Signer, index: &Path) -> Result<Release, PublishError> {
    let folder = index.join(plan.version.to_string());
    let document = folder.join(RELEASE_FILE);
    if document.exists() {
        return Err(PublishError::There(document));
    }
    fs::create_dir_all(&folder).map_err(disk("make", &folder))?;
    let mut wheels = Vec::new();
    for wheel in &plan.wheels {
        wheels.push(described(wheel)?);
        copy(wheel, &folder.join(file_name(wheel)?))?;
    }
    wheels.sort_by(|a, b| a.file.cmp(&b.file));
    let mut archives = Vec::new();
    for (archive, path) in &plan.archives {
        copy(path, &folder.join(&archive.file))?;
        archives.push(archive.clone());
    }
    archives.sort_by(|a, b| a.target.cmp(&b.target));
    let release = Release {
        format: 1,
        name: PRODUCT.to_owned(),
        version: plan.version.clone(),
        released_at_ms: plan.released_at_ms,
        contract: plan.contract,
        schemas: plan.schemas.clone(),
        changes: plan.changes.clone(),
        archives,
        wheels,
    };
    let text = release.text();
    // What nobody could read is not signed.
    Release::read(text.as_bytes())?;
    let signature = signer.sign(text.as_bytes(), plan.released_at_ms)?;
    let beside = folder.join(format!("{RELEASE_FILE}{SIGNATURE_ENDING}"));
    write(&beside, signature.as_bytes())?;
    write(&document, text.as_bytes())?;
    Ok(release)
}

fn file_name(path: &Path) -> Result<&str, PublishError> {
    let name = path.file_name().and_then(|name| name.to_str());
    name.ok_or_else(|| PublishError::Name(path.to_owned()))
}

fn described(path: &Path) -> Result<Wheel, PublishError> {
    let bytes = read(path)?;
    Ok(Wheel {
        file: file_name(path)?.to_owned(),
        bytes: bytes.len() as u64,
        sha256: Sha256::of(&bytes),
    })
}

fn copy(from: &Path, to: &Path) -> Result<(), DiskError> {
    write(to, &read(from)?)
}
