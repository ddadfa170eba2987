//! What stands in a `tools.lock`.

use std::collections::BTreeMap;

use ai_lab_contract::{Profile, ToolName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The form of the file.
const FORMAT: u32 = 1;

/// A lab's `tools.lock`: one entry a tool, sorted by name, so that two states differ only where a tool does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ToolsLock {
    /// The form of the file: 1.
    pub format: u32,
    /// The tools that were pinned.
    pub tools: BTreeMap<ToolName, PinnedTool>,
    /// What a later version of the framework keeps beside them; written back as it was read.
    #[serde(flatten)]
    pub later: BTreeMap<String, Value>,
}

/// One tool as a person approved it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PinnedTool {
    /// The tool's own version.
    pub version: String,
    /// The digest of the tool's folder, as each execution cites it.
    pub digest: String,
    /// The profile that its manifest claims.
    pub profile: Profile,
    /// When it was pinned: an RFC 3339 instant in UTC.
    pub pinned_at: String,
    /// What it was found to fit, by running it; absent until then, and again after each change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validated: Option<Validated>,
    /// What it may reach, as the manifest's `grants` with all its defaults.
    pub grants: Map<String, Value>,
    /// The digests of its schemas in their canonical form, as `hello.input`, `hello.output`, `config`.
    pub schemas: BTreeMap<String, String>,
    /// Its files by their path in the folder: all that the digest covers.
    pub files: BTreeMap<String, PinnedFile>,
    /// The lines of its manifest and its schema files, so that a change of them can be shown word by word.
    pub texts: BTreeMap<String, Vec<String>>,
    /// What a later version of the framework keeps beside them; written back as it was read.
    #[serde(flatten)]
    pub later: BTreeMap<String, Value>,
}

/// What a tool was found to fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Validated {
    /// The profile whose rules it kept.
    pub profile: Profile,
    /// When: an RFC 3339 instant in UTC.
    pub at: String,
    /// The framework's version whose rules those were.
    pub framework: String,
}

/// One file of a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PinnedFile {
    /// What it is.
    pub kind: FileKind,
    /// The digest of its bytes; of a link, of the path it names.
    pub digest: String,
    /// How many bytes it has.
    pub bytes: u64,
}

/// What one entry of a tool's folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// A file that may not be started.
    File,
    /// A file that may be started.
    Program,
    /// A symbolic link.
    Link,
}

impl FileKind {
    /// The word in the lock.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Program => "program",
            Self::Link => "link",
        }
    }
}

/// Why a text is no lock.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// It is no JSON, or not of that shape.
    #[error("the tool lock cannot be understood")]
    Malformed(#[source] serde_json::Error),
    /// Its form is another.
    #[error("the tool lock has the form {found}, this framework reads {FORMAT}")]
    OtherForm {
        /// The form it names.
        found: u32,
    },
}

impl Default for ToolsLock {
    fn default() -> Self {
        Self {
            format: FORMAT,
            tools: BTreeMap::new(),
            later: BTreeMap::new(),
        }
    }
}

impl ToolsLock {
    /// Reads a lock's text.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let lock: Self = serde_json::from_str(text).map_err(LockError::Malformed)?;
        if lock.format == FORMAT {
            Ok(lock)
        } else {
            Err(LockError::OtherForm { found: lock.format })
        }
    }

    /// The digest that a lock's text has pinned for one tool; `None` for a tool that is not in it.
    ///
    /// Reads past all the rest: this stands before each execution.
    pub fn digest_in(text: &str, tool: &ToolName) -> Result<Option<String>, LockError> {
        #[derive(Deserialize)]
        struct Digests {
            format: u32,
            tools: BTreeMap<ToolName, Pinned>,
        }
        #[derive(Deserialize)]
        struct Pinned {
            digest: String,
        }
        let mut lock: Digests = serde_json::from_str(text).map_err(LockError::Malformed)?;
        if lock.format == FORMAT {
            Ok(lock.tools.remove(tool).map(|pinned| pinned.digest))
        } else {
            Err(LockError::OtherForm { found: lock.format })
        }
    }

    /// The text that is written: the same for equal locks, one line a fact.
    #[expect(clippy::missing_panics_doc, reason = "a lock has text keys only")]
    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).expect("because a lock has text keys only") + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::path::Path;

    pub(crate) fn lock() -> Value {
        json!({
            "format": 1,
            "tools": { "probe": {
                "version": "1.2.3", "digest": "sha256:00", "profile": "production",
                "pinned_at": "2026-11-23T02:00:00Z",
                "grants": { "read": [], "write": ["data"], "tcp": [443], "environment": [], "secrets": [] },
                "schemas": { "look.input": "sha256:01" },
                "files": { "tool.toml": { "kind": "file", "digest": "sha256:02", "bytes": 7 } },
                "texts": { "tool.toml": ["a = 1"] },
                "signed_by": "a later version",
            } },
            "policy": { "of": "a later version" },
        })
    }

    #[test]
    fn what_is_read_is_written_back_also_what_a_later_version_added() {
        let read = ToolsLock::parse(&lock().to_string()).expect("a lock");
        let written: Value = serde_json::from_str(&read.to_text()).expect("JSON");
        assert_eq!(written, lock());
        assert_eq!(
            ToolsLock::default().to_text(),
            "{\n  \"format\": 1,\n  \"tools\": {}\n}\n"
        );
    }

    #[test]
    fn one_digest_is_found_without_reading_the_rest() {
        let text = lock().to_string();
        let digest = |name: &str| {
            ToolsLock::digest_in(&text, &name.parse().expect("a name")).expect("a lock")
        };
        assert_eq!(digest("probe"), Some("sha256:00".to_owned()));
        assert_eq!(digest("other"), None);
    }

    #[test]
    fn another_text_is_refused_by_name() {
        let told = |text: &str| ToolsLock::parse(text).expect_err("no lock").to_string();
        let mut later = lock();
        later["format"] = json!(2);
        assert_eq!(
            told(&later.to_string()),
            "the tool lock has the form 2, this framework reads 1"
        );
        for other in [
            "",
            "[]",
            "{}",
            "{\"format\":1,\"tools\":{\"Not A Name\":{}}}",
        ] {
            assert_eq!(told(other), "the tool lock cannot be understood", "{other}");
            let name = "probe".parse().expect("a name");
            assert!(ToolsLock::digest_in(other, &name).is_err(), "{other}");
        }
    }

    /// Compares with the committed schema; `AI_LAB_BLESS=1` writes it anew.
    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "blessing the schema is this test's own door"
    )]
    fn the_committed_schema_is_the_generated_one() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/tools-lock.schema.json");
        let mut schema = schemars::schema_for!(ToolsLock);
        schema.insert("$id".to_owned(), "urn:ai-lab:tools-lock:1".into());
        let generated = serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n";
        if std::env::var_os("AI_LAB_BLESS").is_some() {
            std::fs::write(&path, &generated).expect("the schema folder is writable");
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == generated,
            "the schema of tools.lock differs: run with AI_LAB_BLESS=1"
        );
    }
}
