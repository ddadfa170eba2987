//! What a checkup of a database finds.

use std::collections::BTreeMap;

use lab_model::EntityKind;

use crate::SchemaVersion;

/// How many findings of a kind a checkup tells.
pub const MOST_FINDINGS: u32 = 20;

/// The state of a database, looked at from end to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkup {
    /// Its schema.
    pub schema: SchemaVersion,
    /// The version of `SQLite` that this software carries.
    pub sqlite_version: String,
    /// How changes reach the file, such as `wal`.
    pub journal_mode: String,
    /// The size of the file, in bytes, its log aside.
    pub bytes: u64,
    /// How many entities of each kind there are.
    pub entities: BTreeMap<EntityKind, u64>,
    /// How many writes and operations the log holds.
    pub log: (u64, u64),
    /// What `integrity_check` found; empty where all is well. At most [`MOST_FINDINGS`].
    pub damage: Vec<String>,
    /// References that lead nowhere, as `table → table`; empty where all is well.
    pub dangling: Vec<String>,
}

impl Checkup {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.damage.is_empty() && self.dangling.is_empty()
    }
}
