//! A copy of a tool beside it, for a promotion to be tried on; gone when dropped.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Component, Path, PathBuf};

use ai_lab_contract::ErrorClass;
use alf_catalog::{EntryKind, FoundTool};
use alf_manifest::parse_manifest;
use alf_profiles::Promotion;

use super::written::write_files;
use crate::failure::Failure;
use crate::new_tool::unwritten;
use crate::surroundings::new_execution_id;

/// The copy's folder.
#[derive(Debug)]
pub(super) struct Staging {
    folder: PathBuf,
}

impl Drop for Staging {
    fn drop(&mut self) {
        // A folder that stays is hidden, so no listing takes it for a tool; nothing depends on it.
        let _left_behind = fs::remove_dir_all(&self.folder);
    }
}

impl Staging {
    /// Copies what the tool's digest covers, and carries the plan out in the copy.
    pub(super) fn of(found: &FoundTool, plan: &Promotion) -> Result<Self, Failure> {
        let name = format!(".{}.promotion-{}", found.manifest.name, new_execution_id());
        let folder = found.folder.with_file_name(name);
        let made = DirBuilder::new().mode(0o700).create(&folder);
        made.map_err(|error| unwritten(&folder, error))?;
        let staging = Self { folder };
        let listed = found.list_files().map_err(|error| {
            let told = format!(
                "cannot read the files of the tool `{}`",
                found.manifest.name
            );
            Failure::caused(ErrorClass::Environment, told, error)
        })?;
        for entry in &listed.entries {
            let (from, to) = (
                found.folder.join(&entry.path),
                staging.folder.join(&entry.path),
            );
            copy(&from, &to, entry.kind).map_err(|error| unwritten(&to, error))?;
        }
        for folder in empty_folders(found) {
            let folder = staging.folder.join(folder);
            fs::create_dir_all(&folder).map_err(|error| unwritten(&folder, error))?;
        }
        // It is thrown away as a whole: nothing to take back.
        let _undo = write_files(&staging.folder, &plan.files)?;
        Ok(staging)
    }

    /// The tool in the copy.
    pub(super) fn tool(&self, found: &FoundTool, plan: &Promotion) -> Result<FoundTool, Failure> {
        let manifest_path = self.folder.join("tool.toml");
        let source = plan
            .files
            .last()
            .map_or_else(String::new, |edit| edit.after.clone());
        let manifest = parse_manifest(&source, &found.manifest_path).map_err(|findings| {
            let told = "the mended manifest would be wrong: nothing was changed";
            Failure::caused(
                ErrorClass::Internal,
                told,
                io::Error::other(findings.to_string()),
            )
        })?;
        Ok(FoundTool {
            manifest,
            origin: found.origin.clone(),
            folder: self.folder.clone(),
            manifest_path,
            source,
        })
    }
}

fn copy(from: &Path, to: &Path, kind: EntryKind) -> io::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    match kind {
        EntryKind::File | EntryKind::Program => fs::copy(from, to).map(|_| ()),
        EntryKind::Link => std::os::unix::fs::symlink(fs::read_link(from)?, to),
    }
}

/// Folders that the digest does not cover and a tool or its tests count on: those that it may write, and that of its
/// report. What lies in them is not copied.
fn empty_folders(found: &FoundTool) -> Vec<PathBuf> {
    let report = found
        .manifest
        .evidence
        .as_ref()
        .and_then(|source| source.coverage.as_deref());
    let report = report
        .and_then(|file| Path::new(file).parent())
        .map(Path::to_path_buf);
    let written = found.manifest.grants.write.iter().map(PathBuf::from);
    written
        .filter(|path| found.folder.join(path).is_dir())
        .chain(report)
        .filter(|path| {
            path.components()
                .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
        })
        .collect()
}
