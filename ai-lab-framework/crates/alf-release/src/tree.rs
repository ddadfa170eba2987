//! A folder as a list of its files, and the one digest of all of them.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::digest::Sha256;
use crate::limits::{DEPTH, FILES, PATH_BYTES};

/// A path below a release's folder: parts of printable ASCII joined by `/`, none of them `.` or `..`, no part twice but
/// for its case.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
pub struct TreePath(String);

/// A path that no release has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{shown}` is no path of a release: {why}")]
pub struct NoTreePath {
    /// The path, its first characters, without those that show nothing.
    pub shown: String,
    /// What is wrong with it.
    pub why: &'static str,
}

impl TreePath {
    /// The whole path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder that it lies in; `None` at the top.
    pub fn folder(&self) -> Option<&str> {
        self.0.rsplit_once('/').map(|(folder, _)| folder)
    }
}

fn wrong_with(text: &str) -> Option<&'static str> {
    let is_plain = |c: char| c.is_ascii_graphic() && c != '\\';
    if text.len() > PATH_BYTES {
        return Some("it is too long");
    }
    if !text.chars().all(|c| is_plain(c) || c == ' ') {
        return Some("it has characters other than printable ASCII");
    }
    let parts: Vec<&str> = text.split('/').collect();
    if parts.len() > DEPTH {
        return Some("it is too deep");
    }
    if parts.iter().any(|part| matches!(*part, "" | "." | "..")) {
        return Some("a part of it is empty, `.` or `..`");
    }
    if parts
        .iter()
        .any(|part| part.starts_with(' ') || part.ends_with(' '))
    {
        return Some("a part of it begins or ends with a blank");
    }
    None
}

impl FromStr for TreePath {
    type Err = NoTreePath;

    fn from_str(text: &str) -> Result<Self, NoTreePath> {
        match wrong_with(text) {
            None => Ok(Self(text.to_owned())),
            Some(why) => Err(NoTreePath {
                shown: text.chars().filter(|c| !c.is_control()).take(80).collect(),
                why,
            }),
        }
    }
}

impl TryFrom<String> for TreePath {
    type Error = NoTreePath;

    fn try_from(text: String) -> Result<Self, NoTreePath> {
        text.parse()
    }
}

impl From<TreePath> for String {
    fn from(path: TreePath) -> Self {
        path.0
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One file of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TreeFile {
    /// Where.
    pub path: TreePath,
    /// Whether it is a program: mode 0555, else 0444.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub program: bool,
    /// How long, in bytes.
    pub bytes: u64,
    /// What is in it.
    pub sha256: Sha256,
}

/// The files of a release, by path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Vec<TreeFile>", into = "Vec<TreeFile>")]
pub struct Tree(Vec<TreeFile>);

/// Files that are no tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTree {
    /// Two files of one path, or of paths that differ in case alone: some disks keep one of them.
    #[error("`{0}` is there twice")]
    Twice(TreePath),
    /// A file where another has a folder.
    #[error("`{0}` is a file and a folder")]
    FileAndFolder(TreePath),
    /// More files than there may be.
    #[error("more than {FILES} files")]
    TooMany,
}

impl Tree {
    /// A tree of these files, in any order.
    pub fn of(mut files: Vec<TreeFile>) -> Result<Self, NoTree> {
        if files.len() > FILES {
            return Err(NoTree::TooMany);
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let small = |path: &TreePath| path.as_str().to_ascii_lowercase();
        let mut seen = std::collections::HashSet::new();
        for file in &files {
            if !seen.insert(small(&file.path)) {
                return Err(NoTree::Twice(file.path.clone()));
            }
        }
        for file in &files {
            let path = small(&file.path);
            let mut folders = path.match_indices('/').map(|(end, _)| &path[..end]);
            if folders.any(|folder| seen.contains(folder)) {
                return Err(NoTree::FileAndFolder(file.path.clone()));
            }
        }
        Ok(Self(files))
    }

    /// Its files, by path.
    pub fn files(&self) -> &[TreeFile] {
        &self.0
    }

    /// The file of that path.
    pub fn file(&self, path: &TreePath) -> Option<&TreeFile> {
        let place = self.0.binary_search_by(|file| file.path.cmp(path));
        place.ok().map(|place| &self.0[place])
    }

    /// How many bytes its files have together.
    pub fn bytes(&self) -> u64 {
        self.0
            .iter()
            .fold(0, |sum, file| sum.saturating_add(file.bytes))
    }

    /// The digest of all: that of a line `MODE SHA256 PATH` a file, by path. Times and owners are no part of it.
    pub fn digest(&self) -> Sha256 {
        let line = |file: &TreeFile| {
            let mode = if file.program { "0555" } else { "0444" };
            format!("{mode} {} {}\n", file.sha256, file.path)
        };
        let lines: String = self.0.iter().map(line).collect();
        Sha256::of(lines.as_bytes())
    }
}

impl TryFrom<Vec<TreeFile>> for Tree {
    type Error = NoTree;

    fn try_from(files: Vec<TreeFile>) -> Result<Self, NoTree> {
        Self::of(files)
    }
}

impl From<Tree> for Vec<TreeFile> {
    fn from(tree: Tree) -> Self {
        tree.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, program: bool, text: &str) -> TreeFile {
        TreeFile {
            path: path.parse().expect("a path"),
            program,
            bytes: text.len() as u64,
            sha256: Sha256::of(text.as_bytes()),
        }
    }

    #[test]
    fn what_leads_out_of_the_folder_or_is_not_the_same_everywhere_is_no_path() {
        let why = |text: &str| text.parse::<TreePath>().err().map(|no| no.why);
        assert_eq!(
            ["bin/ai-lab", "share/a b/c.json", ".hidden"].map(why),
            [None, None, None]
        );
        let odd = "a part of it is empty, `.` or `..`";
        for text in ["", "/etc/passwd", "a//b", "../a", "a/..", "./a", "a/"] {
            assert_eq!(why(text), Some(odd), "{text}");
        }
        let characters = "it has characters other than printable ASCII";
        for text in ["a\\b", "a\nb", "a\0", "gr\u{fc}n", "a\u{202e}b"] {
            assert_eq!(why(text), Some(characters), "{text:?}");
        }
        assert_eq!(
            why("a /b"),
            Some("a part of it begins or ends with a blank")
        );
        assert_eq!(why(&"x".repeat(513)), Some("it is too long"));
        assert_eq!(why(&["a"; 17].join("/")), Some("it is too deep"));
    }

    #[test]
    fn the_digest_is_of_modes_contents_and_paths_and_of_nothing_else() {
        let one = || file("bin/run", true, "run");
        let two = || file("share/text", false, "text");
        let digest = |files: Vec<TreeFile>| Tree::of(files).expect("a tree").digest();
        let first = digest(vec![one(), two()]);
        assert_eq!(digest(vec![two(), one()]), first);
        let lines = format!(
            "0555 {} bin/run\n0444 {} share/text\n",
            Sha256::of(b"run"),
            Sha256::of(b"text")
        );
        assert_eq!(first, Sha256::of(lines.as_bytes()));
        let others = [
            vec![one()],
            vec![one(), file("share/text", true, "text")],
            vec![one(), file("share/text", false, "other")],
            vec![one(), file("share/texts", false, "text")],
        ];
        for other in others {
            assert_ne!(digest(other), first);
        }
    }

    #[test]
    fn files_that_some_disk_cannot_hold_side_by_side_are_no_tree() {
        let twice = Tree::of(vec![file("a/B", false, ""), file("A/b", false, "")]);
        assert_eq!(twice, Err(NoTree::Twice("a/B".parse().expect("a path"))));
        let both = Tree::of(vec![file("a", false, ""), file("A/b", false, "")]);
        assert_eq!(
            both,
            Err(NoTree::FileAndFolder("A/b".parse().expect("a path")))
        );
        let many = (0..=FILES)
            .map(|n| file(&n.to_string(), false, ""))
            .collect();
        assert_eq!(Tree::of(many), Err(NoTree::TooMany));
    }
}
