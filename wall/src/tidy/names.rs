//! Checks file and folder names: a drawer collects what nobody wanted to name.

use crate::Finding;
use crate::checkout::SourceFile;

/// Refused as any word of a name: `git_utils` is as bad as `utils`.
const DRAWERS: [&str; 6] = ["util", "utils", "helper", "helpers", "misc", "manager"];

/// Refused as a whole name; as a word they may say something (`base_ai_tool`).
const BARE_DRAWERS: [&str; 3] = ["common", "core", "base"];

/// Checks every part of every source file's path.
pub fn check_names(files: &[SourceFile]) -> Vec<Finding> {
    files
        .iter()
        .filter(|file| ["rs", "py", "sh"].iter().any(|kind| file.is(kind)))
        .filter_map(|file| {
            let part = file.path.split('/').find(|part| is_drawer(part))?;
            let what = format!("`{part}` is a drawer: name it for what is in it");
            Some(Finding::new(&file.path, what))
        })
        .collect()
}

fn is_drawer(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part);
    BARE_DRAWERS.contains(&stem) || stem.split(['_', '-']).any(|word| DRAWERS.contains(&word))
}
