//! What a repository is told, so that git merges the tracker's files field by field.
//!
//! `.gitattributes` comes with a clone and names the driver; what the driver is, each clone's own configuration says.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::carry_out::CarryOutError;

/// Its settings: name and value.
const SETTINGS: [(&str, &str); 2] = [
    ("merge.ai-lab.name", "fields of a lab's files"),
    ("merge.ai-lab.driver", "ai-lab merge-file %O %A %B %P"),
];

/// Whether the repository that a folder lies in knows the driver; `None` where git cannot say.
pub fn has_merge_driver(program: &Path, folder: &Path) -> Option<bool> {
    let output = git(program, folder, &["config", "--get", SETTINGS[1].0]).ok()?;
    match output.status.code() {
        Some(0) => Some(!output.stdout.trim_ascii().is_empty()),
        // What `git config --get` answers where the key is not there.
        Some(1) => Some(false),
        _ => None,
    }
}

/// Tells the repository.
pub(crate) fn install(program: &Path, folder: &Path) -> Result<(), CarryOutError> {
    for (name, value) in SETTINGS {
        let output = git(program, folder, &["config", "--local", name, value]);
        let output = output.map_err(|source| CarryOutError::GitStart {
            program: program.to_path_buf(),
            source,
        })?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(CarryOutError::GitConfig {
                said: said.trim().chars().take(400).collect(),
            });
        }
    }
    Ok(())
}

fn git(program: &Path, folder: &Path, arguments: &[&str]) -> std::io::Result<Output> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a repository's configuration is git's to read and write"
    )]
    Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
}
