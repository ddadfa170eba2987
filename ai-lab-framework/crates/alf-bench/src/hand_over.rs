//! A command in a lab that is held to a release, through the program on PATH, against the release's own program.

use std::error::Error;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::run_overhead::write;
use crate::{Measured, turns::Turns};

/// The release's folder in the store.
const PLACE: &str = "1.0.0-aaaaaaaaaaaaaaaa";

/// Writes a lab and a store with the program as a release, and asks it for its version both ways.
pub(crate) fn measure(programs: &Path, rounds: usize) -> Measured {
    let folder = tempfile::tempdir()?;
    let root = folder.path().canonicalize()?;
    let lab = root.join("lab");
    let release = root.join("home/framework").join(PLACE);
    let pinned = release.join("bin/ai-lab-framework");
    let started = programs.join("ai-lab-framework");
    for folder in [&release.join("bin"), &lab.join(".ai-lab")] {
        fs::create_dir_all(folder)?;
    }
    fs::copy(&started, &pinned)?;
    symlink(&release, lab.join(".ai-lab/framework"))?;
    write(&lab.join("ai-lab.toml"), "framework = \"~1.0\"\n")?;
    write(&lab.join("ai-lab.lock"), &lock())?;
    Turns::take(rounds, || start(&started, &root), || start(&pinned, &root))
}

fn lock() -> String {
    let (tree, other) = ("a".repeat(64), "0".repeat(64));
    let processor = std::env::consts::ARCH;
    format!(
        "format = 1\n[framework]\nversion = \"1.0.0\"\nrelease_sha256 = \"{other}\"\n\
         contract = {{ major = 1, minor = 0 }}\nschemas = {{ framework = {{ major = 1, minor = 5 }} }}\n\
         [[framework.archive]]\ntarget = \"{processor}-unknown-linux-gnu\"\nfile = \"a.tar.gz\"\nbytes = 1\n\
         sha256 = \"{other}\"\ntree = \"{tree}\"\n"
    )
}

#[expect(
    clippy::disallowed_methods,
    reason = "whole programs are what is measured"
)]
fn start(program: &Path, root: &Path) -> Result<(), Box<dyn Error>> {
    let status = Command::new(program)
        .arg("version")
        .env_clear()
        .env("AI_LAB_HOME", root.join("home"))
        .current_dir(root.join("lab"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{} ended with {status}", program.display()).into())
    }
}
