//! What a sync did or would do.

use serde::Serialize;

/// Everything that came of a sync. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SyncReport {
    /// Whether nothing was written because only the plan was asked for.
    pub dry_run: bool,
    /// How many files there are.
    pub files: usize,
    /// How many of them were read, as they do not look as they did.
    pub read: usize,
    /// What was done, or would be, in the order of the labels.
    pub did: Vec<Did>,
    /// What lab and files, or two branches, say differently and nobody has settled.
    pub conflicts: Vec<DisputeRow>,
    /// What kept files from being taken or written; all others were.
    pub problems: Vec<Problem>,
}

impl SyncReport {
    /// Whether lab and files are alike, but for what is named.
    pub fn changes_nothing(&self) -> bool {
        self.did.is_empty()
    }
}

/// One thing that was done, or would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Did {
    /// What.
    pub what: DidKind,
    /// With which entity.
    pub label: String,
    /// Which file, below the lab's folder; for what was put away the one that is gone.
    pub path: String,
    /// More about it, in words.
    pub why: String,
}

/// What can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DidKind {
    /// A file brought an entity that the lab did not have.
    Create,
    /// The lab took what a file says.
    Take,
    /// Both had changed; both have both changes.
    Merge,
    /// A file is gone, so the entity was put away.
    PutAway,
    /// An entity was given another label, as an older one has its own.
    Renumber,
    /// The file was written.
    Write,
}

impl DidKind {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Take => "take",
            Self::Merge => "merge",
            Self::PutAway => "put_away",
            Self::Renumber => "renumber",
            Self::Write => "write",
        }
    }
}

/// What keeps a file from being taken or written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Which kind.
    pub kind: ProblemKind,
    /// Which file, below the lab's folder.
    pub path: String,
    /// What is wrong, where there is one with line and column.
    pub message: String,
}

/// Kinds of problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// The file cannot be read or is no document.
    Unreadable,
    /// A merge left its conflict markers in the file.
    ConflictMarkers,
    /// Two files are of one entity.
    Copy,
    /// The file refers to what is not there.
    Dangling,
    /// What the file says does not go together with the rest of the lab.
    Refused,
    /// The file could not be written.
    Unwritten,
}

/// One fact that two sides say differently. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DisputeRow {
    /// Of which kind the entity is.
    pub kind: &'static str,
    /// What people call it.
    pub label: String,
    /// Between lab and file (`sync`), or between two branches (`merge`).
    pub source: &'static str,
    /// Field and part.
    pub field: String,
    /// The entry of a list; empty for a single field.
    pub member: String,
    /// What both started from.
    pub base: Option<String>,
    /// What the lab holds.
    pub lab: Option<String>,
    /// What the file, or the other branch, says.
    pub file: Option<String>,
    /// What further branches say.
    pub others: Vec<Option<String>>,
    /// Since when it is known.
    pub opened_at: String,
}
