//! What a manifest must keep beyond its schema.

use std::path::{Component, Path};

use toml::de::DeTable;

use crate::Finding;

/// Checks every rule that can be checked on the text alone.
pub(crate) fn check(_text: &str, _table: &DeTable<'_>) -> Vec<Finding> {
    Vec::new()
}

/// Whether a word can name an environment variable: `^[A-Za-z_][A-Za-z0-9_]*$`.
pub fn is_environment_name(word: &str) -> bool {
    let mut chars = word.chars();
    chars
        .next()
        .is_some_and(|first| first == '_' || first.is_ascii_alphabetic())
        && chars.all(|c| c == '_' || c.is_ascii_alphanumeric())
}

/// Whether a path grant, taken from the tool's folder, reaches into `place` or holds it.
///
/// Compares the words of the paths: both should be absolute and free of links.
pub fn grant_covers(grant: &str, folder: &Path, place: &Path) -> bool {
    let granted = folder.join(grant);
    let plain = |path: &Path| {
        path.components()
            .filter(|part| *part != Component::CurDir)
            .collect::<std::path::PathBuf>()
    };
    let (granted, place) = (plain(&granted), plain(place));
    granted.starts_with(&place) || place.starts_with(&granted)
}
