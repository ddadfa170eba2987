//! Proves that a backup can be used, by opening it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ai_lab_client::Places;
use lab_model::Moment;
use serde::Serialize;

use super::read::{Archive, ReadBackupError, sound, unpacked};
use super::scratch::Scratch;
use super::{FRAMEWORK, framework};

/// What a backup turned out to hold. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// The archive.
    pub archive: PathBuf,
    /// When it was made.
    pub created_at: String,
    /// How many files are in it, each as it was packed.
    pub files: usize,
    /// The schema of the lab's database.
    pub schema: String,
    /// How many entities of each kind it holds.
    pub entities: BTreeMap<&'static str, u64>,
    /// How many writes its log holds.
    pub writes: u64,
    /// What the framework said of its record; `null` where there is none, or nobody to ask.
    pub framework: Option<String>,
}

/// Unpacks a backup beside its place, opens the databases in it, and throws all of it away.
pub fn verify(
    archive: &Archive,
    at: Moment,
    places: &Places<'_>,
) -> Result<Verified, ReadBackupError> {
    let beside = archive.path.parent().unwrap_or(Path::new("."));
    let scratch = Scratch::below(beside).map_err(|source| ReadBackupError::Folder {
        path: beside.to_owned(),
        source,
    })?;
    let into = scratch.at("content");
    let manifest = unpacked(archive, &scratch, &into)?;
    let found = sound(&into, at)?;
    let record = into.join(FRAMEWORK);
    let home = record.parent().filter(|_| record.is_file());
    let framework = match home {
        Some(home) => framework::verify(places, home)?,
        None => None,
    };
    Ok(Verified {
        archive: archive.path.clone(),
        created_at: manifest.created_at,
        files: manifest.files.len(),
        schema: found.schema.to_string(),
        entities: found
            .entities
            .iter()
            .map(|(kind, count)| (kind.as_str(), *count))
            .collect(),
        writes: found.log.0,
        framework,
    })
}
