//! The journal: how far an update is, so that whoever comes after a kill knows what to do.

use std::path::PathBuf;

use ai_lab_contract::v1::{JournalHead, LockedFramework, UpdatePhase};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::limits::TRIAL_TRIES;

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Another release is brought in force, and rehearsed before.
    Update,
    /// One that was in force before is brought back.
    RollBack,
    /// What the lock says is brought in force.
    Install,
}

impl Kind {
    /// The word for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Update => "update",
            Self::RollBack => "rollback",
            Self::Install => "install",
        }
    }
}

/// A release in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// The name of its folder.
    pub name: String,
    /// Its folder.
    pub place: PathBuf,
    /// Its version.
    pub version: String,
    /// What a lock says of it; `None` where the lab had no lock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<LockedFramework>,
}

/// Services that are stopped while the switch is made, and started again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Services {
    /// `systemctl`, by its full path.
    pub systemctl: PathBuf,
    /// The person's own units.
    pub units: Vec<String>,
}

/// A step that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Which.
    pub step: String,
    /// What it did.
    pub said: String,
    /// How long it took, in milliseconds.
    pub ms: u64,
}

/// How far an update is. Keys of later versions are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    /// What the framework reads of it, too.
    #[serde(flatten)]
    pub head: JournalHead,
    /// Names this update: the moment it began.
    pub id: String,
    /// What is being done.
    pub kind: Kind,
    /// How many steps were begun.
    pub steps: u32,
    /// How many examinations the release on trial may still begin.
    pub tries: u32,
    /// When it began, in milliseconds since 1970, UTC.
    pub started_at_ms: i64,
    /// The release that was in force.
    pub old: Option<Placed>,
    /// The release that is put in force; `None` until it is known.
    pub new: Option<Placed>,
    /// What has changed in the new release, a sentence each.
    #[serde(default)]
    pub changes: Vec<String>,
    /// Releases that the range lets through and that cannot be taken: not believed, withdrawn, of another platform.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<String>,
    /// The backup that was made.
    pub backup: Option<PathBuf>,
    /// What is stopped meanwhile.
    pub services: Option<Services>,
    /// Why it was taken back, or given up.
    pub why: Option<String>,
    /// What was done.
    pub done: Vec<Done>,
    /// What a later version has written.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// Why a journal cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// It is of a later form, or speaks of a phase that this version does not know.
    #[error("a newer `ai-lab` wrote it (form {0})")]
    Newer(u64),
    /// It is none.
    #[error("it is no journal: {0}")]
    Unreadable(#[from] serde_json::Error),
}

impl Journal {
    /// The journal of an update that begins.
    pub fn begin(kind: Kind, old: Option<Placed>, now_ms: i64) -> Self {
        Self {
            head: JournalHead {
                format: JournalHead::FORMAT,
                phase: UpdatePhase::Resolving,
                from: old.as_ref().map(|old| old.name.clone()),
                to: None,
            },
            id: now_ms.to_string(),
            kind,
            steps: 0,
            tries: TRIAL_TRIES,
            started_at_ms: now_ms,
            old,
            new: None,
            changes: Vec::new(),
            passed_over: Vec::new(),
            backup: None,
            services: None,
            why: None,
            done: Vec::new(),
            rest: Map::new(),
        }
    }

    /// Reads a journal.
    pub fn read(text: &[u8]) -> Result<Self, JournalError> {
        let value: Value = serde_json::from_slice(text)?;
        let form = value["format"].as_u64().unwrap_or(0);
        let is_ours = form == u64::from(JournalHead::FORMAT);
        let phase: Result<UpdatePhase, _> = serde_json::from_value(value["phase"].clone());
        // A later version may know a phase more: whoever does not, must not guess.
        if form > u64::from(JournalHead::FORMAT) || (is_ours && phase.is_err()) {
            return Err(JournalError::Newer(form));
        }
        Ok(serde_json::from_value(value)?)
    }

    /// The journal as it is written. Its keys are texts and its values plain, which always have a form.
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Names the release that is put in force.
    pub fn aim(&mut self, new: Placed) {
        self.head.to = Some(new.name.clone());
        self.new = Some(new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Journal {
        let placed = |version: &str| Placed {
            name: format!("{version}-0123456789abcdef"),
            place: PathBuf::from("/home/jo/.ai-lab/framework").join(version),
            version: version.to_owned(),
            lock: None,
        };
        let mut journal = Journal::begin(Kind::Update, Some(placed("1.0.0")), 1_700_000_000_000);
        journal.aim(placed("1.1.0"));
        journal
    }

    #[test]
    fn what_is_written_is_read_and_what_a_later_version_added_is_kept() {
        let mut value: Value = serde_json::from_str(&journal().text()).expect("JSON");
        value["weather"] = Value::from("fine");
        let read = Journal::read(value.to_string().as_bytes()).expect("a journal");
        assert_eq!(read.head, journal().head);
        let again: Value = serde_json::from_str(&read.text()).expect("JSON");
        assert_eq!(again, value);
    }

    #[test]
    fn the_framework_reads_its_part_of_it() {
        let head: JournalHead = serde_json::from_str(&journal().text()).expect("a head");
        assert_eq!(head, journal().head);
    }

    #[test]
    fn a_newer_journal_is_refused_and_so_is_what_is_none() {
        let told = |from: &str, to: &str| {
            let text = journal().text().replace(from, to);
            Journal::read(text.as_bytes())
                .expect_err("it is refused")
                .to_string()
        };
        assert_eq!(
            told("\"format\": 1", "\"format\": 2"),
            "a newer `ai-lab` wrote it (form 2)"
        );
        assert_eq!(
            told("resolving", "dreaming"),
            "a newer `ai-lab` wrote it (form 1)"
        );
        assert!(told("\"id\"", "\"name\"").starts_with("it is no journal: missing field `id`"));
        assert!(Journal::read(b"").is_err());
    }
}
