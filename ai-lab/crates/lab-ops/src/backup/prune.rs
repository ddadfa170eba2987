//! Removes backups that no policy keeps.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use lab_backup::{BackupKind, Policy, PolicyError, kept};
use serde::Serialize;

use super::folder_of;
use super::list::archives;
use crate::{Failure, Lab};

/// What was removed, or would be. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pruned {
    /// The names of those that go, the latest first.
    pub removed: Vec<String>,
    /// How many bytes they take.
    pub bytes: u64,
    /// How many stay.
    pub kept: usize,
    /// Whether it was carried out.
    pub is_done: bool,
}

/// Why nothing more was removed.
#[derive(Debug, thiserror::Error)]
pub enum PruneError {
    /// The policy keeps nothing.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A file or folder could not be read or removed.
    #[error("cannot use {}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Failure for PruneError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Policy(_) => ErrorClass::Usage,
            Self::Folder { .. } => ErrorClass::Environment,
        }
    }
}

/// Removes regular backups that the policy does not keep. What a restore has replaced stays.
pub fn prune(
    lab: &Lab,
    folder: Option<&Path>,
    policy: Policy,
    carry_out: bool,
) -> Result<Pruned, PruneError> {
    let folder = folder.map_or_else(|| folder_of(lab), Path::to_owned);
    let unusable = |path: &Path| {
        let path = path.to_owned();
        move |source| PruneError::Folder { path, source }
    };
    let all = archives(&folder).map_err(unusable(&folder))?;
    let regular = all
        .iter()
        .filter(|(name, _)| name.kind == BackupKind::Regular);
    let moments: BTreeSet<_> = regular.clone().map(|(name, _)| name.at).collect();
    let keep = kept(&moments, policy)?;
    let mut pruned = Pruned {
        removed: Vec::new(),
        bytes: 0,
        kept: all.len(),
        is_done: carry_out,
    };
    for (name, bytes) in regular.filter(|(name, _)| !keep.contains(&name.at)) {
        let path = folder.join(name.to_string());
        if carry_out {
            fs::remove_file(&path).map_err(unusable(&path))?;
        }
        pruned.removed.push(name.to_string());
        pruned.bytes += bytes;
        pruned.kept -= 1;
    }
    Ok(pruned)
}
