//! What changed between two states of a tool.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};
use similar::TextDiff;

use crate::limits::DIFF_LINES;
use crate::{PinnedFile, PinnedTool};

/// What changed of one fact.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Which, such as `version`, `grants.write`, `schema hello.input`.
    pub what: String,
    /// What it was; null for what is new.
    pub before: Value,
    /// What it is; null for what is gone.
    pub after: Value,
}

/// What changed of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileChange {
    /// Its path in the tool's folder.
    pub path: String,
    /// What it was; `None` for a new file.
    pub before: Option<PinnedFile>,
    /// What it is; `None` for a file that is gone.
    pub after: Option<PinnedFile>,
    /// The difference of its lines, with three lines around each; empty where the old text is not kept.
    pub text: Vec<String>,
    /// How many more lines there would be.
    pub text_cut: usize,
}

/// What changed of a tool; all empty when nothing did.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ToolDiff {
    /// Its facts: version, profile, grants, schemas.
    pub facts: Vec<Change>,
    /// Its files.
    pub files: Vec<FileChange>,
}

impl ToolDiff {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.files.is_empty()
    }
}

/// Compares a tool as it was pinned with the same tool as it is.
pub fn compare(before: &PinnedTool, after: &PinnedTool) -> ToolDiff {
    let mut facts = Vec::new();
    let mut fact = |what: &str, before: Value, after: Value| {
        if before != after {
            let what = what.to_owned();
            facts.push(Change {
                what,
                before,
                after,
            });
        }
    };
    fact("version", json!(before.version), json!(after.version));
    fact("profile", json!(before.profile), json!(after.profile));
    let grants: BTreeSet<&String> = before.grants.keys().chain(after.grants.keys()).collect();
    for name in grants {
        let of = |tool: &PinnedTool| tool.grants.get(name).cloned().unwrap_or_default();
        fact(&format!("grants.{name}"), of(before), of(after));
    }
    for name in keys(&before.schemas, &after.schemas) {
        let of = |tool: &PinnedTool| json!(tool.schemas.get(name));
        fact(&format!("schema {name}"), of(before), of(after));
    }
    let files = keys(&before.files, &after.files)
        .into_iter()
        .filter(|path| before.files.get(*path) != after.files.get(*path))
        .map(|path| file_change(path, before, after))
        .collect();
    ToolDiff { facts, files }
}

fn keys<'a, T>(
    one: &'a BTreeMap<String, T>,
    other: &'a BTreeMap<String, T>,
) -> BTreeSet<&'a String> {
    one.keys().chain(other.keys()).collect()
}

fn file_change(path: &str, before: &PinnedTool, after: &PinnedTool) -> FileChange {
    let old = before.texts.get(path);
    // Without the old text a new one is no difference but a listing.
    let (text, text_cut) = match (old, after.texts.get(path)) {
        (Some(old), Some(new)) => difference(old, new),
        (Some(_) | None, _) => (Vec::new(), 0),
    };
    FileChange {
        path: path.to_owned(),
        before: before.files.get(path).cloned(),
        after: after.files.get(path).cloned(),
        text,
        text_cut,
    }
}

/// The lines of a unified difference, three around each change, and how many were cut off.
pub fn difference(old: &[String], new: &[String]) -> (Vec<String>, usize) {
    let join = |lines: &[String]| lines.join("\n") + "\n";
    let (old, new) = (join(old), join(new));
    let diff = TextDiff::from_lines(&old, &new);
    let unified = diff.unified_diff().context_radius(3).to_string();
    let mut lines: Vec<String> = unified.lines().map(str::to_owned).collect();
    let cut = lines.len().saturating_sub(DIFF_LINES);
    lines.truncate(DIFF_LINES);
    (lines, cut)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FileKind;

    fn tool() -> PinnedTool {
        let text = json!({
            "version": "1.0.0", "digest": "sha256:00", "profile": "standard",
            "pinned_at": "2026-11-23T02:00:00Z", "grants": { "read": ["/srv"] },
            "schemas": { "look.input": "sha256:01" },
            "files": {
                "run.sh": { "kind": "file", "digest": "sha256:02", "bytes": 7 },
                "tool.toml": { "kind": "file", "digest": "sha256:03", "bytes": 9 },
            },
            "texts": { "tool.toml": ["a", "b", "c"] },
        });
        serde_json::from_value(text).expect("a pinned tool")
    }

    #[test]
    fn a_tool_as_it_was_has_no_difference() {
        let mut later = tool();
        later.pinned_at = "2027-01-01T00:00:00Z".to_owned();
        assert_eq!(compare(&tool(), &later), ToolDiff::default());
        assert!(compare(&tool(), &tool()).is_empty());
    }

    #[test]
    fn facts_files_and_lines_are_named() {
        let mut now = tool();
        now.version = "1.1.0".to_owned();
        now.grants.insert("write".to_owned(), json!(["data"]));
        now.schemas.remove("look.input");
        let program = PinnedFile {
            kind: FileKind::Program,
            digest: "sha256:02".to_owned(),
            bytes: 7,
        };
        now.files.insert("run.sh".to_owned(), program.clone());
        now.files.insert("new".to_owned(), program.clone());
        let manifest = now.files.get_mut("tool.toml").expect("it is there");
        manifest.digest = "sha256:04".to_owned();
        now.texts.insert(
            "tool.toml".to_owned(),
            vec!["a".into(), "x".into(), "c".into()],
        );
        let diff = compare(&tool(), &now);
        let facts: Vec<_> = diff
            .facts
            .iter()
            .map(|change| format!("{}: {} -> {}", change.what, change.before, change.after))
            .collect();
        assert_eq!(
            facts,
            [
                "version: \"1.0.0\" -> \"1.1.0\"",
                "grants.write: null -> [\"data\"]",
                "schema look.input: \"sha256:01\" -> null",
            ]
        );
        let files: Vec<_> = diff
            .files
            .iter()
            .map(|file| (file.path.as_str(), file.before.is_some(), file.text.clone()))
            .collect();
        let lines = ["@@ -1,3 +1,3 @@", " a", "-b", "+x", " c"].map(str::to_owned);
        assert_eq!(
            files,
            [
                ("new", false, vec![]),
                ("run.sh", true, vec![]),
                ("tool.toml", true, lines.to_vec()),
            ]
        );
        assert!(!diff.is_empty());
    }

    #[test]
    fn a_long_difference_is_cut_and_says_so() {
        let many = |word: &str| (0..DIFF_LINES).map(|n| format!("{word}{n}")).collect();
        let (mut old, mut new) = (tool(), tool());
        old.texts.insert("tool.toml".to_owned(), many("a"));
        new.texts.insert("tool.toml".to_owned(), many("b"));
        new.files.remove("run.sh");
        new.files.get_mut("tool.toml").expect("it is there").bytes = 1;
        let diff = compare(&old, &new);
        assert_eq!(diff.files[0].after, None);
        assert_eq!(diff.files[1].text.len(), DIFF_LINES);
        assert_eq!(diff.files[1].text_cut, DIFF_LINES + 1);
    }
}
