//! The door to the machine: this checkout's files, and the programs the checks run.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail};

/// Folders that no check enters: what tools write, not people.
const SKIPPED: [&str; 8] = [
    ".git",
    "target",
    "__pycache__",
    ".venv",
    ".pytest_cache",
    ".ruff_cache",
    "dist",
    "build",
];

/// One file with its path from the checkout's root, `/` between the parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Such as `ai-lab/crates/lab-model/src/lib.rs`.
    pub path: String,
    /// The whole text; files that are not UTF-8 are left out of every listing.
    pub text: String,
}

impl SourceFile {
    /// A file of that path and text.
    pub fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    /// Whether the whole file is test code: in a `tests` folder, `tests.rs`, `test_*.py` or `conftest.py`.
    pub fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        self.path.split('/').any(|part| part == "tests")
            || matches!(name, "tests.rs" | "conftest.py")
            || (name.starts_with("test_") && has_extension(name, "py"))
    }

    /// Whether the path ends in a dot and this extension.
    pub fn is(&self, extension: &str) -> bool {
        has_extension(&self.path, extension)
    }
}

fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path).extension() == Some(OsStr::new(extension))
}

/// The checkout's root: the folder above this package.
///
/// # Panics
///
/// Never: this package lies in a folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("because this package lies in the checkout")
}

/// Every text file of the checkout, sorted by path.
pub fn files(root: &Path) -> Result<Vec<SourceFile>> {
    let mut found = Vec::new();
    for path in walk(root)? {
        if !path.is_dir()
            && let Some(file) = read(root, &path)?
        {
            found.push(file);
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// Every file and folder of the checkout, text or not, by its path from the root.
pub fn paths(root: &Path) -> Result<BTreeSet<String>> {
    Ok(walk(root)?.iter().map(|path| below(root, path)).collect())
}

fn walk(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let name = entry.file_name();
            if SKIPPED.iter().any(|skipped| name == *skipped) {
                continue;
            }
            if kind.is_dir() {
                folders.push(entry.path());
            }
            if kind.is_dir() || kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    Ok(found)
}

fn below(root: &Path, path: &Path) -> String {
    let below = path
        .strip_prefix(root)
        .expect("because the walk starts at the root");
    below.to_string_lossy().into_owned()
}

fn read(root: &Path, path: &Path) -> Result<Option<SourceFile>> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        // Another process wrote and removed it between the listing and here.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| path.display().to_string()),
    };
    Ok(String::from_utf8(bytes).ok().map(|text| SourceFile {
        path: below(root, path),
        text,
    }))
}

/// Runs a program in that folder and hands back all it wrote.
///
/// What the outer `cargo test` says of itself is taken out of the environment, so that an inner cargo
/// starts as from a person's shell.
pub fn run(folder: &Path, program: &str, arguments: &[&str]) -> Result<Output> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where checks start a program"
    )]
    let mut command = Command::new(program);
    for inherited in ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"] {
        command.env_remove(inherited);
    }
    command
        .args(arguments)
        .current_dir(folder)
        .output()
        .with_context(|| format!("cannot start `{program}` in {}", folder.display()))
}

/// Runs a program that must succeed; the error carries what it said.
pub fn run_well(folder: &Path, program: &str, arguments: &[&str]) -> Result<String> {
    let output = run(folder, program, arguments)?;
    if !output.status.success() {
        bail!(
            "`{program} {}` in {} failed:\n{}",
            arguments.join(" "),
            folder.display(),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    String::from_utf8(output.stdout).context("the answer is not UTF-8")
}

/// The cargo that runs these tests.
pub const CARGO: &str = env!("CARGO");

/// What `cargo metadata` says of the workspace in that folder, dependencies' own metadata left out.
pub fn metadata(workspace: &Path) -> Result<String> {
    run_well(
        workspace,
        CARGO,
        &[
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ],
    )
}

/// Writes a file of a rehearsal, making its folder.
#[expect(
    clippy::disallowed_methods,
    reason = "rehearsals write into temporary folders only"
)]
pub fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text).with_context(|| path.display().to_string())
}

/// The system's folder for temporary files.
pub fn temporary_folder() -> PathBuf {
    std::env::temp_dir()
}
