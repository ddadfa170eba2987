//! What is not used any more is taken away: decided from what is known of labs and processes, then done.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::kept::is_of;
use super::labs::Lab;
use super::{KeptError, PlaceError, Store, disk, repair};
use crate::digest::Sha256;
use crate::release::Release;

/// Why a release stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum KeptFor {
    /// Whoever collects says so.
    Asked,
    /// A lab runs on it, is held to it, or is on the way to or from it.
    Lab {
        /// The lab's folder.
        lab: PathBuf,
    },
    /// A process runs in it.
    Process {
        /// Its number.
        pid: u32,
    },
}

impl fmt::Display for KeptFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked => f.write_str("it was asked for"),
            Self::Lab { lab } => write!(f, "the lab {} uses it", lab.display()),
            Self::Process { pid } => write!(f, "the process {pid} runs in it"),
        }
    }
}

/// A release that stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// Its folder's name.
    pub name: String,
    /// Why.
    #[serde(flatten)]
    pub kept_for: KeptFor,
}

/// What would be taken away, and what stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CollectPlan {
    /// Releases that stay, and why.
    pub kept: Vec<Kept>,
    /// Releases that go.
    pub removed: Vec<String>,
    /// Archives that go: nothing that stays is unpacked from them.
    pub archives: Vec<Sha256>,
    /// Documents that go.
    pub releases: Vec<Sha256>,
    /// How many bytes the removed releases and archives take.
    pub bytes: u64,
}

/// Why nothing was collected.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// What is used cannot be told.
    #[error("cannot tell what is used")]
    Used(#[source] io::Error),
    /// What is kept cannot be read.
    #[error(transparent)]
    Kept(#[from] KeptError),
    /// Something cannot be taken away.
    #[error(transparent)]
    Place(#[from] PlaceError),
}

impl Store {
    /// Decides what goes; with `apply` it is gone afterwards. `keep` names folders that stay beside those that a known lab
    /// names or a process runs in.
    pub fn collect(
        &self,
        keep: &[String],
        target: &str,
        apply: bool,
    ) -> Result<CollectPlan, CollectError> {
        let _held = self.lock()?;
        let mut documents = Vec::new();
        for sha256 in self.kept_digests()? {
            if let Ok(release) = self.release_of_digest(&sha256) {
                documents.push((sha256, release));
            }
        }
        let names = self.names().map_err(CollectError::Used)?;
        let known = Known {
            labs: self.labs().map_err(CollectError::Used)?,
            running: running_in(&self.root, &names),
            names,
            documents,
            archives: self.kept_archives()?,
        };
        let mut plan = plan(&known, keep, target);
        plan.bytes = self.size_of(&plan);
        if apply {
            self.take_away(&plan)?;
        }
        Ok(plan)
    }

    fn size_of(&self, plan: &CollectPlan) -> u64 {
        let folders = plan.removed.iter().map(|name| size(&self.root.join(name)));
        let archives = plan
            .archives
            .iter()
            .map(|one| size(&self.archive_path(one)));
        folders.chain(archives).sum()
    }

    /// A folder loses its name first, in one step: nobody ever finds half of it.
    fn take_away(&self, plan: &CollectPlan) -> Result<(), CollectError> {
        self.clear()?;
        for name in &plan.removed {
            let place = self.root.join(name);
            let aside = self.root.join(format!("{}-gone-{name}", super::STAGE));
            fs::rename(&place, &aside).map_err(disk("rename", &place))?;
            self.sync()?;
            repair::remove_all(&aside).map_err(disk("remove", &aside))?;
            self.unmark(name).map_err(disk("forget", &place))?;
        }
        for sha256 in &plan.archives {
            let path = self.archive_path(sha256);
            fs::remove_file(&path).map_err(disk("remove", &path))?;
        }
        for sha256 in &plan.releases {
            let path = self.release_path(sha256);
            fs::remove_file(&path).map_err(disk("remove", &path))?;
            let mut beside = path.into_os_string();
            beside.push(crate::offer::SIGNATURE_ENDING);
            let beside = PathBuf::from(beside);
            match fs::remove_file(&beside) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(disk("remove", &beside)(error).into());
                }
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }
}

/// Everything that decides what goes.
struct Known {
    names: Vec<String>,
    labs: Vec<Lab>,
    running: BTreeMap<String, u32>,
    documents: Vec<(Sha256, Release)>,
    archives: Vec<Sha256>,
}

/// Decides; touches nothing. A lab's text names a release by its folder, or by version and digest, of which the folder's
/// name has both.
fn plan(known: &Known, keep: &[String], target: &str) -> CollectPlan {
    let mut plan = CollectPlan::default();
    for name in &known.names {
        let kept_for = if keep.contains(name) {
            Some(KeptFor::Asked)
        } else if let Some(lab) = known.labs.iter().find(|lab| is_used(lab, name)) {
            let lab = lab.path.clone();
            Some(KeptFor::Lab { lab })
        } else {
            let pid = known.running.get(name).copied();
            pid.map(|pid| KeptFor::Process { pid })
        };
        match kept_for {
            Some(kept_for) => plan.kept.push(Kept {
                name: name.clone(),
                kept_for,
            }),
            None => plan.removed.push(name.clone()),
        }
    }
    let stays = |release: &Release| {
        let mut kept = plan.kept.iter();
        kept.any(|one| is_of(release, &one.name, target))
    };
    let (staying, going): (Vec<_>, Vec<_>) = known
        .documents
        .iter()
        .partition(|(_, release)| stays(release));
    let is_needed = |archive: &&Sha256| {
        let mut needed = staying.iter().flat_map(|(_, release)| &release.archives);
        needed.any(|one| one.sha256 == **archive)
    };
    plan.archives = known
        .archives
        .iter()
        .filter(|archive| !is_needed(archive))
        .cloned()
        .collect();
    plan.releases = going.iter().map(|(sha256, _)| sha256.clone()).collect();
    plan
}

/// Whether a lab names a release. What only looks like it is kept too: to keep one too many costs room, to remove one too
/// many a lab.
fn is_used(lab: &Lab, name: &str) -> bool {
    let Some((_, digits)) = name.rsplit_once('-') else {
        return true;
    };
    lab.runs.as_deref() == Some(name)
        || lab
            .states
            .iter()
            .any(|text| text.contains(name) || text.contains(digits))
}

/// The releases that processes run in, by name. Processes of others that do not tell are passed over: they have the
/// program open, and it stays readable to them until they end.
fn running_in(root: &Path, names: &[String]) -> BTreeMap<String, u32> {
    let root = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    let mut running = BTreeMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else {
            continue;
        };
        let Ok(program) = fs::read_link(entry.path().join("exe")) else {
            continue;
        };
        let below = program.strip_prefix(&root).ok();
        let first = below.and_then(|below| below.components().next());
        let name = first.map(|part| part.as_os_str().display().to_string());
        if let Some(name) = name.filter(|name| names.contains(name)) {
            running.insert(name, pid);
        }
    }
    running
}

/// How many bytes a file or a folder's files have.
pub(super) fn size(path: &Path) -> u64 {
    let Ok(meta) = fs::symlink_metadata(path) else {
        return 0;
    };
    if !meta.is_dir() {
        return meta.len();
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| size(&entry.path())).sum()
}
