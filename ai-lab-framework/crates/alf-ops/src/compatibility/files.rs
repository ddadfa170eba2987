//! Gathers the files of a lab that may use the framework. Follows no link and runs nothing.

use std::fs;
use std::path::{Path, PathBuf};

use alf_catalog::read_text;
use alf_compat::FileKind;

use crate::connect::list_connections;
use crate::framework::Framework;

/// How many entries of folders are looked at. Stops a lab that holds a whole disk.
const MOST_ENTRIES: usize = 50_000;

/// How deep folders are gone into. Stops one that holds itself by a mount.
const DEPTH: usize = 24;

/// The longest file that is read, in bytes; longer ones are data.
const FILE_BYTES: u64 = 2 * 1024 * 1024;

/// Folders that hold what was made or brought, not what was written.
const PASSED_OVER: &[&str] = &[
    ".git",
    ".ai-lab",
    ".venv",
    "venv",
    ".tox",
    ".nox",
    "node_modules",
    "target",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    "site-packages",
    "vendor",
    "dist",
    "evidence",
];

/// One file with its text.
#[derive(Clone, Debug)]
pub(super) struct LabText {
    pub(super) path: PathBuf,
    /// As findings name it: below the lab, or whole where it lies outside.
    pub(super) shown: String,
    pub(super) kind: FileKind,
    pub(super) text: String,
}

/// What was gathered, and what could not be.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) files: Vec<LabText>,
    /// Files that the framework itself has to read and cannot, with why.
    pub(super) unreadable: Vec<(String, String)>,
    /// Whether there is more than was looked at.
    pub(super) cut: bool,
}

/// The lab's files, then those of clients that were connected and lie outside of it.
pub(super) fn gather(framework: &Framework, lab: &Path) -> Gathered {
    let mut gathered = Gathered::default();
    let mut left = MOST_ENTRIES;
    walk(lab, lab, DEPTH, &mut left, &mut gathered);
    gathered.cut = left == 0;
    gathered.files.sort_by(|a, b| a.shown.cmp(&b.shown));
    let connected = list_connections(framework).map(|list| list.connections);
    for row in connected.unwrap_or_default() {
        let is_there = gathered.files.iter().any(|file| file.path == row.file);
        if !is_there && !row.file.starts_with(lab) {
            add(&row.file, row.file.display().to_string(), &mut gathered);
        }
    }
    gathered
}

fn walk(folder: &Path, lab: &Path, depth: usize, left: &mut usize, gathered: &mut Gathered) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    let Ok(listed) = fs::read_dir(folder) else {
        return;
    };
    let mut entries: Vec<fs::DirEntry> = listed.filter_map(Result::ok).take(*left).collect();
    *left -= entries.len();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_dir() {
            if !PASSED_OVER.iter().any(|passed| name == *passed) {
                walk(&path, lab, depth, left, gathered);
            }
        } else if kind.is_file() {
            let shown = path
                .strip_prefix(lab)
                .unwrap_or(&path)
                .display()
                .to_string();
            add(&path, shown, gathered);
        }
    }
}

fn add(path: &Path, shown: String, gathered: &mut Gathered) {
    match read_text(path, FILE_BYTES) {
        Ok(text) => {
            if let Some(kind) = FileKind::of(&shown, &text) {
                gathered.files.push(LabText {
                    path: path.to_owned(),
                    shown,
                    kind,
                    text,
                });
            }
        }
        // Data and pictures are no texts; what is ours has to be one.
        Err(error) => {
            if FileKind::of(&shown, "").is_some_and(FileKind::is_ours) {
                gathered.unreadable.push((shown, error.to_string()));
            }
        }
    }
}
