//! What was: a line an update.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::journal::{Journal, Kind, Placed};
use crate::limits::HISTORY;

/// How an update ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HistoryOutcome {
    /// The release is in force.
    InForce,
    /// Nothing was changed.
    Abandoned,
    /// It was in force and was taken back.
    TakenBack,
}

/// One update that is over. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// The form of this line: 1.
    pub format: u32,
    /// Names the update.
    pub id: String,
    /// What was done.
    pub kind: Kind,
    /// How it ended.
    pub outcome: HistoryOutcome,
    /// When it was over, in milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// What was in force before.
    pub old: Option<Placed>,
    /// What was put in force, or was to be.
    pub new: Option<Placed>,
    /// The backup that was made.
    pub backup: Option<PathBuf>,
    /// Why it was given up or taken back.
    pub why: Option<String>,
}

impl HistoryEntry {
    /// The entry of a journal that is closed.
    pub(crate) fn of(journal: &Journal, outcome: HistoryOutcome, at_ms: i64) -> Self {
        Self {
            format: 1,
            id: journal.id.clone(),
            kind: journal.kind,
            outcome,
            at_ms,
            old: journal.old.clone(),
            new: journal.new.clone(),
            backup: journal.backup.clone(),
            why: journal.why.clone(),
        }
    }
}

/// Reads a history, the oldest first. A line that is none, such as one of a later form, is passed over.
pub fn read_history(text: &str) -> Vec<HistoryEntry> {
    let read = |line: &str| serde_json::from_str(line).ok();
    text.lines().filter_map(read).collect()
}

/// The text with one entry more; the same text where it has it already. Lines of others stay.
pub(crate) fn with_entry(text: &str, entry: &HistoryEntry) -> String {
    let has_it = |known: &HistoryEntry| known.id == entry.id && known.outcome == entry.outcome;
    if read_history(text).iter().any(has_it) {
        return text.to_owned();
    }
    let line = serde_json::to_string(entry).expect("because its keys are texts");
    let mut lines: Vec<&str> = text.lines().collect();
    lines.push(&line);
    let first = lines.len().saturating_sub(HISTORY);
    lines[first..]
        .iter()
        .fold(String::new(), |text, line| text + line + "\n")
}

/// The release that was in force before that one came; `None` where nobody knows.
pub fn before<'a>(history: &'a [HistoryEntry], name: &str) -> Option<&'a Placed> {
    let is_its = |entry: &&HistoryEntry| {
        let is_new = entry.new.as_ref().is_some_and(|new| new.name == name);
        entry.outcome == HistoryOutcome::InForce && is_new
    };
    let came = history.iter().rev().find(is_its)?;
    came.old.as_ref()
}

/// The release of that version that was in force last.
pub fn of_version<'a>(history: &'a [HistoryEntry], version: &str) -> Option<&'a Placed> {
    let both = |entry: &'a HistoryEntry| entry.new.iter().chain(&entry.old);
    let were = history
        .iter()
        .rev()
        .filter(|entry| entry.outcome == HistoryOutcome::InForce);
    were.flat_map(both).find(|placed| placed.version == version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(version: &str) -> Placed {
        Placed {
            name: format!("{version}-0123456789abcdef"),
            place: PathBuf::from("/store").join(version),
            version: version.to_owned(),
            lock: None,
        }
    }

    fn entry(id: i64, old: &str, new: &str, outcome: HistoryOutcome) -> HistoryEntry {
        let mut journal = Journal::begin(Kind::Update, Some(placed(old)), id);
        journal.aim(placed(new));
        HistoryEntry::of(&journal, outcome, id)
    }

    #[test]
    fn an_entry_is_written_once_and_the_oldest_go() {
        let one = entry(1, "1.0.0", "1.1.0", HistoryOutcome::InForce);
        let text = with_entry("{\"format\":2}\n", &one);
        assert_eq!(with_entry(&text, &one), text);
        assert_eq!(read_history(&text), [one]);
        assert!(text.starts_with("{\"format\":2}\n"));
        let mut long = String::new();
        for id in 0..=i64::try_from(HISTORY).expect("small") {
            long = with_entry(&long, &entry(id, "1.0.0", "1.1.0", HistoryOutcome::InForce));
        }
        let read = read_history(&long);
        assert_eq!((read.len(), read[0].id.as_str()), (HISTORY, "1"));
    }

    #[test]
    fn what_was_in_force_before_is_known() {
        let history = [
            entry(1, "1.0.0", "1.1.0", HistoryOutcome::InForce),
            entry(2, "1.1.0", "1.2.0", HistoryOutcome::TakenBack),
            entry(3, "1.1.0", "1.3.0", HistoryOutcome::InForce),
        ];
        let before = |version: &str| {
            let name = placed(version).name;
            before(&history, &name).map(|it| it.version.as_str())
        };
        assert_eq!(before("1.3.0"), Some("1.1.0"));
        assert_eq!(before("1.1.0"), Some("1.0.0"));
        assert_eq!((before("1.2.0"), before("1.0.0")), (None, None));
        let of = |version: &str| of_version(&history, version).map(|it| it.version.as_str());
        assert_eq!(
            (of("1.0.0"), of("1.3.0"), of("1.2.0")),
            (Some("1.0.0"), Some("1.3.0"), None)
        );
    }
}
