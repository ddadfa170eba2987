//! The state of a lab's database.

use std::collections::BTreeMap;
use std::ffi::OsStr;

use lab_model::Moment;
use lab_scaffold::{git_program, has_merge_driver, repository};
use serde::Serialize;

use crate::{Lab, LabError};

/// What a checkup found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckupView {
    /// The lab's folder.
    pub lab: String,
    /// The database.
    pub database: String,
    /// Its schema, such as `1.1`.
    pub schema: String,
    /// The version of `SQLite`.
    pub sqlite: String,
    /// How changes reach the file.
    pub journal: String,
    /// The size of the file, in bytes.
    pub bytes: u64,
    /// How many entities of each kind there are.
    pub entities: BTreeMap<&'static str, u64>,
    /// How many writes the operation log holds.
    pub writes: u64,
    /// How many operations the operation log holds.
    pub operations: u64,
    /// What is wrong; empty where all is well.
    pub findings: Vec<String>,
    /// What would make it better.
    pub advice: Vec<String>,
}

/// Looks at the database from end to end, and at what git knows. `search_path` is where git is looked for.
pub fn check_up(
    lab: &Lab,
    at: Moment,
    search_path: Option<&OsStr>,
) -> Result<CheckupView, LabError> {
    let found = lab.open(at)?.check_up()?;
    let damage = found
        .damage
        .iter()
        .map(|finding| format!("damage: {finding}"));
    let dangling = found
        .dangling
        .iter()
        .map(|finding| format!("a reference leads nowhere: {finding}"));
    Ok(CheckupView {
        lab: lab.root().display().to_string(),
        database: lab.database().display().to_string(),
        schema: found.schema.to_string(),
        sqlite: found.sqlite_version.clone(),
        journal: found.journal_mode.clone(),
        bytes: found.bytes,
        entities: found
            .entities
            .iter()
            .map(|(kind, count)| (kind.as_str(), *count))
            .collect(),
        writes: found.log.0,
        operations: found.log.1,
        findings: damage.chain(dangling).collect(),
        advice: merge_driver(lab, search_path).into_iter().collect(),
    })
}

/// Told where a clone does not know how to merge the lab's files: `.gitattributes` came with it, its settings did not.
fn merge_driver(lab: &Lab, search_path: Option<&OsStr>) -> Option<String> {
    let program = git_program(search_path?)?;
    repository(lab.root())?;
    let is_missing = has_merge_driver(&program, lab.root()) == Some(false);
    is_missing.then(|| {
        "git does not know how to merge the lab's files here; `ai-lab init` tells it".to_owned()
    })
}
