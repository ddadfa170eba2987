//! What is known of an entity's file.

use lab_model::{EntityKind, Label, Moment, Uid};

/// A file as it looks from outside: when none of this changed, its content is not read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileStamp {
    /// Its size.
    pub bytes: u64,
    /// When its content was last changed, in nanoseconds since 1970 by the file system's clock.
    pub changed_ns: i64,
    /// Which file it is, as the file system counts.
    pub inode: u64,
}

/// What an entity and its file were last alike in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileBase {
    /// Whose.
    pub uid: Uid,
    /// Its path below the lab's folder, `/` between the parts, and its looks; `None` where it was removed and the
    /// entity put away for that.
    pub file: Option<(String, FileStamp)>,
    /// The entity's revision that the file told.
    pub revision: u64,
}

/// An entity with what is known of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its identity.
    pub uid: Uid,
    /// What it is.
    pub kind: EntityKind,
    /// What people call it.
    pub label: Label,
    /// How often it was written.
    pub revision: u64,
    /// What it and its file were last alike in; `None` where it has had no file.
    pub base: Option<FileBase>,
}

/// Where a dispute comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DisputeSource {
    /// The lab says one thing and the file another; each keeps its own.
    Sync,
    /// Two branches said different things; lab and file both have what the first said.
    Merge,
}

impl DisputeSource {
    /// The word that the database holds.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Merge => "merge",
        }
    }
}

/// A fact that two sides say differently, until someone settles it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDispute {
    /// Its number in this database.
    pub number: u64,
    /// Of which entity.
    pub uid: Uid,
    /// Where it comes from.
    pub source: DisputeSource,
    /// Field and part.
    pub field: String,
    /// The entry of a list; empty for a single field.
    pub member: String,
    /// What both started from.
    pub base: Option<String>,
    /// What the lab holds.
    pub ours: Option<String>,
    /// What the other side says.
    pub theirs: Option<String>,
    /// What further branches say.
    pub others: Vec<Option<String>>,
    /// Since when it is known.
    pub opened_at: Moment,
}
