//! Looks through the shims of a version manager.
//!
//! `R/shims/python3` of pyenv and its kin is a script that looks up a version and starts the real program. That costs
//! tens of milliseconds a call, and closed in it cannot work: it reads its own installation and the person's settings.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::read::read_text;

/// The folder of shims below a manager's root.
const SHIMS: &str = "shims";
/// How long the manager's file of versions may be, in bytes.
const VERSION_BYTES: u64 = 4_096;

/// A search path in which each folder of shims is replaced by the `bin` folders of the versions that are in force:
/// those that the manager's own `version` file names. A folder of which that cannot be told stays as it is.
pub fn without_shims(search_path: &str) -> String {
    let folders = std::env::split_paths(search_path).flat_map(|folder| {
        let real = real_folders(&folder);
        if real.is_empty() { vec![folder] } else { real }
    });
    std::env::join_paths(folders)
        .ok()
        .and_then(|joined: OsString| joined.into_string().ok())
        .unwrap_or_else(|| search_path.to_owned())
}

fn real_folders(folder: &Path) -> Vec<PathBuf> {
    let root = match (folder.file_name(), folder.parent()) {
        (Some(name), Some(root)) if name == SHIMS => root,
        _ => return Vec::new(),
    };
    let Ok(text) = read_text(&root.join("version"), VERSION_BYTES) else {
        return Vec::new();
    };
    let is_name = |word: &&str| !word.contains('/') && !word.starts_with('.');
    text.lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .flat_map(str::split_whitespace)
        .filter(is_name)
        .map(|version| root.join("versions").join(version).join("bin"))
        .filter(|bin| bin.is_dir())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn root(version: Option<&str>) -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a folder");
        for folder in ["shims", "versions/3.11.7/bin", "versions/3.12.1/bin"] {
            fs::create_dir_all(root.path().join(folder)).expect("it can be made");
        }
        if let Some(version) = version {
            #[expect(clippy::disallowed_methods, reason = "a test's own file")]
            fs::write(root.path().join("version"), version).expect("it can be written");
        }
        root
    }

    #[test]
    fn shims_are_looked_through_to_the_versions_in_force() {
        let root = root(Some("# mine\n3.12.1 3.11.7\nsystem\n../evil\n9.9\n"));
        let shown = root.path().display();
        assert_eq!(
            without_shims(&format!("/usr/bin:{shown}/shims:/bin")),
            format!("/usr/bin:{shown}/versions/3.12.1/bin:{shown}/versions/3.11.7/bin:/bin")
        );
    }

    #[test]
    fn what_cannot_be_told_stays_as_it_is() {
        let root = root(None);
        let path = format!("{}/shims:/usr/bin:relative/shims", root.path().display());
        assert_eq!(without_shims(&path), path);
    }
}
