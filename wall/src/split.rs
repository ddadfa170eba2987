//! Rehearses the day the halves part: the instance alone, against the *packaged* published crates.
//!
//! The instance is copied out as committed, far from the framework's sources; the published crates are
//! packaged as they would go to a registry. Whatever crosses the wall by a path, in a manifest or in
//! `include_str!`, is not there any more.

use std::collections::hash_map::DefaultHasher;
use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::Finding;
use crate::checkout::{CARGO, run, run_well, temporary_folder, write};
use crate::rules::{Half, PUBLISHED};

/// A copy of the instance beside the packaged published crates, for as long as this value lives.
///
/// One at a time: a second rehearsal of the same checkout waits for the first.
#[derive(Debug)]
pub struct Rehearsal {
    folder: PathBuf,
    target: PathBuf,
    _turn: File,
}

impl Rehearsal {
    /// Copies and packages. `target` keeps what other people's crates compile to, between runs.
    pub fn prepare(root: &Path, target: &Path) -> Result<Self> {
        let folder = stage(root);
        // Beside the stage, not in the target: who builds elsewhere rehearses on the same stage.
        let turn = File::create(folder.with_extension("turn"))?;
        turn.lock()?;
        let rehearsal = Self {
            folder,
            target: target.to_path_buf(),
            _turn: turn,
        };
        rehearsal.clear()?;
        copy_out(root, Half::Instance, &rehearsal.instance())?;
        let framework = rehearsal.folder.join("framework");
        copy_out(root, Half::Framework, &framework)?;
        package(&framework, &rehearsal.folder)?;
        // Gone before anything builds, so that no path can find it.
        fs::remove_dir_all(&framework)?;
        write(
            &rehearsal.folder.join(".cargo/config.toml"),
            &patches(&rehearsal.folder)?,
        )?;
        Ok(rehearsal)
    }

    /// The copied instance, to be looked at or broken.
    pub fn instance(&self) -> PathBuf {
        self.folder.join("instance")
    }

    /// Checks that the instance resolves, without compiling and with its lock brought up to date. Names
    /// are looked for in what this machine has seen of the registry: a claimed name would be another's.
    pub fn resolve(&self) -> Result<Vec<Finding>> {
        // `tree` loads what this platform needs, `metadata` would want every platform's packages.
        self.cargo(&[
            "tree",
            "--offline",
            "--workspace",
            "--depth",
            "0",
            "--quiet",
        ])
    }

    /// Checks that the instance compiles, tests included, with its lock as committed.
    pub fn compile(&self) -> Result<Vec<Finding>> {
        let target = self.target.to_string_lossy().into_owned();
        self.cargo(&[
            "check",
            "--workspace",
            "--all-targets",
            "--locked",
            "--quiet",
            "--target-dir",
            &target,
        ])
    }

    fn cargo(&self, arguments: &[&str]) -> Result<Vec<Finding>> {
        let output = run(&self.instance(), CARGO, arguments)?;
        if output.status.success() {
            return Ok(Vec::new());
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Ok(vec![Finding::new("ai-lab, alone", said)])
    }

    fn clear(&self) -> Result<()> {
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

impl Drop for Rehearsal {
    fn drop(&mut self) {
        // What stays behind is cleared by the next rehearsal.
        let _ = self.clear();
    }
}

/// The same folder for the same checkout, so that cargo finds what it compiled before; outside the
/// checkout, so that the seam is not found above it.
fn stage(root: &Path) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    root.hash(&mut hasher);
    temporary_folder().join(format!("ai-lab-split-{:016x}", hasher.finish()))
}

/// Copies a half as committed; from a checkout without history, as it lies there.
fn copy_out(root: &Path, half: Half, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    let archive = to.with_extension("tar");
    let archive_text = archive.to_string_lossy().into_owned();
    if root.join(".git").exists() {
        let tree = format!("HEAD:{}", half.folder());
        run_well(root, "git", &["archive", "--output", &archive_text, &tree])?;
    } else {
        let folder = root.join(half.folder());
        let all = ["--exclude=./target", "-cf", &archive_text, "."];
        run_well(&folder, "tar", &all)?;
    }
    // `-m`: files are as young as this run, or cargo would take yesterday's result for them.
    run_well(to, "tar", &["-xmf", &archive_text])?;
    fs::remove_file(&archive).with_context(|| archive_text)
}

fn package(framework: &Path, to: &Path) -> Result<()> {
    let mut arguments = vec![
        "package",
        "--no-verify",
        "--allow-dirty",
        "--locked",
        "--exclude-lockfile",
    ];
    for row in PUBLISHED {
        arguments.extend(["-p", row.package]);
    }
    let target = to.join("packaging");
    let target_text = target.to_string_lossy().into_owned();
    arguments.extend(["--target-dir", &target_text]);
    run_well(framework, CARGO, &arguments)?;
    let published = to.join("published");
    fs::create_dir_all(&published)?;
    for entry in fs::read_dir(target.join("package"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "crate") {
            run_well(&published, "tar", &["-xzmf", &path.to_string_lossy()])?;
        }
    }
    Ok(())
}

/// The seam of the rehearsal: the published crates resolve to their packaged copies.
fn patches(folder: &Path) -> Result<String> {
    let mut lines = vec!["[patch.crates-io]\n".to_owned()];
    for entry in fs::read_dir(folder.join("published"))? {
        let path = entry?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
        let row = PUBLISHED.iter().find(|row| {
            name.as_deref()
                .and_then(|n| n.strip_prefix(row.package)?.strip_prefix('-'))
                .is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()))
        });
        if let Some(row) = row {
            let path = path.to_string_lossy();
            lines.push(format!("{} = {{ path = {path:?} }}\n", row.package));
        }
    }
    Ok(lines.concat())
}
