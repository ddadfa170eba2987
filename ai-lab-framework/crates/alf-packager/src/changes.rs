//! What has changed since the last release: a fragment a change in `changes/`, gathered into the changelog when it is
//! released. Two branches that each add a fragment never meet in one line.

use std::fs;
use std::path::{Path, PathBuf};

use semver::Version;

use crate::document::{DiskError, disk, read};

/// How many bytes a fragment may have: it is a sentence or two.
const BYTES: usize = 2_000;

/// The kinds of changes, in the order in which a person wants to read them.
const KINDS: [(&str, &str); 6] = [
    ("security", "Security"),
    ("removed", "Removed"),
    ("deprecated", "Deprecated"),
    ("changed", "Changed"),
    ("added", "Added"),
    ("fixed", "Fixed"),
];

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Its place among the kinds, from 0.
    kind: usize,
    /// The file's name.
    name: String,
    /// What it says, in one line.
    pub text: String,
}

/// Why fragments are not used.
#[derive(Debug, thiserror::Error)]
pub enum ChangesError {
    /// The disk.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// A name that says no kind.
    #[error("{}: name it KIND.WORDS.md, with one of security, removed, deprecated, changed, added, fixed", .0.display())]
    Name(PathBuf),
    /// Nothing in it, or a whole text.
    #[error("{}: a fragment is a sentence or two, of at most {BYTES} bytes", .0.display())]
    Length(PathBuf),
    /// The changelog has that version.
    #[error("the changelog has the version {0} already")]
    There(Version),
    /// It has no head to put the section under.
    #[error("the changelog does not begin with `# Changelog`")]
    Head,
}

/// The fragments of a folder, sorted by kind and name. A folder that is not there has none; `README.md` is none.
pub fn fragments(folder: &Path) -> Result<Vec<Fragment>, ChangesError> {
    let mut found = Vec::new();
    if !folder.exists() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder).map_err(disk("read", folder))? {
        let path = entry.map_err(disk("read", folder))?.path();
        let name = path.file_name().unwrap_or_default().display().to_string();
        if name == "README.md" || name.starts_with('.') {
            continue;
        }
        let kind = name
            .strip_suffix(".md")
            .and_then(|stem| stem.split_once('.'));
        let kind = kind.and_then(|(kind, _)| KINDS.iter().position(|(word, _)| *word == kind));
        let kind = kind.ok_or_else(|| ChangesError::Name(path.clone()))?;
        let text = String::from_utf8_lossy(&read(&path)?).into_owned();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() || text.len() > BYTES {
            return Err(ChangesError::Length(path));
        }
        found.push(Fragment { kind, name, text });
    }
    found.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    Ok(found)
}

/// The changelog with a section of these fragments at its top. `day` is written as it is.
pub fn changelog(
    before: &str,
    version: &Version,
    day: &str,
    fragments: &[Fragment],
) -> Result<String, ChangesError> {
    let head = "# Changelog\n";
    let rest = before.strip_prefix(head).ok_or(ChangesError::Head)?;
    let is_there = |line: &str| line.split_whitespace().nth(1) == Some(&version.to_string());
    if rest
        .lines()
        .any(|line| line.starts_with("## ") && is_there(line))
    {
        return Err(ChangesError::There(version.clone()));
    }
    let mut text = format!("{head}## {version} ({day})\n");
    for (kind, (_, title)) in KINDS.iter().enumerate() {
        let mut of_kind = fragments.iter().filter(|one| one.kind == kind).peekable();
        if of_kind.peek().is_some() {
            text.push_str("### ");
            text.push_str(title);
            text.push('\n');
        }
        for fragment in of_kind {
            text.push_str("- ");
            text.push_str(&fragment.text);
            text.push('\n');
        }
    }
    if !rest.trim().is_empty() {
        text.push('\n');
    }
    text.push_str(rest.trim_start_matches('\n'));
    Ok(text)
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "writes fragments, in a throw-away folder"
)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            fs::write(folder.path().join(name), text).expect("a disk");
        }
        folder
    }

    #[test]
    fn fragments_become_a_section_by_kind() {
        let folder = folder(&[
            ("fixed.b.md", "No row is lost\nany more.\n"),
            ("added.z.md", "A command."),
            ("added.a.md", "An option."),
            ("README.md", "how to"),
        ]);
        let found = fragments(folder.path()).expect("fragments");
        let version = Version::new(1, 1, 0);
        let text = changelog(
            "# Changelog\n## 1.0.0 (then)\n- First.\n",
            &version,
            "2026-11-23",
            &found,
        );
        assert_eq!(
            text.expect("a changelog"),
            "# Changelog\n## 1.1.0 (2026-11-23)\n### Added\n- An option.\n- A command.\n### Fixed\n\
             - No row is lost any more.\n\n## 1.0.0 (then)\n- First.\n"
        );
        let told = changelog("# Changelog\n## 1.1.0 (then)\n", &version, "", &found);
        let told = told.expect_err("there").to_string();
        assert_eq!(told, "the changelog has the version 1.1.0 already");
        assert!(changelog("", &version, "", &found).is_err());
    }

    #[test]
    fn what_is_no_fragment_is_named() {
        let told = |name: &str, text: &str| {
            let folder = folder(&[(name, text)]);
            let told = fragments(folder.path()).expect_err("none").to_string();
            told.replace(folder.path().to_str().expect("a text"), "CHANGES")
        };
        assert!(told("notes.md", "text").starts_with("CHANGES/notes.md: name it KIND.WORDS.md"));
        assert!(told("better.a.md", "text").starts_with("CHANGES/better.a.md: name it"));
        assert!(told("added.a.md", " \n").ends_with("of at most 2000 bytes"));
        assert!(told("added.a.md", &"a".repeat(2_001)).ends_with("of at most 2000 bytes"));
        let nowhere = fragments(Path::new("/nowhere/changes")).expect("none");
        assert_eq!(nowhere, []);
    }
}
