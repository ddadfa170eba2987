//! What a process in the background leaves beside the record: who carries the call, and how all of it ended.
//!
//! The record has each execution; that the third try was the last, or which tool answered in the end, it has not.

use std::path::Path;

use ai_lab_contract::{ErrorClass, ExecutionId};
use alf_runtime::{HeldProcess, ProcessIdentity};
use alf_secrets::{Lock, PlaceError, PrivateFolder};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::errand::SaidFailure;
use crate::failure::Failure;
use crate::run_tool::{Completed, StandIn};

/// How many calls run in the background at once, over all labs of a home. Stops an agent that starts long calls without
/// end from filling the memory and the process table.
pub const MOST_IN_BACKGROUND: usize = 16;

/// The longest note, in bytes. Stops a tool's own words for its failure from filling the disk.
const NOTE_BYTES: usize = 65_536;

/// How many notes are kept; the oldest of those that have ended go first. Stops the folder from growing without end.
const NOTES_KEPT: usize = 1_000;

/// Below the framework's home, where notes are.
const FOLDER: &str = "background";

/// One call in the background.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Note {
    /// The form of this document: 1.
    format: u32,
    /// The call's first execution.
    pub(super) execution_id: ExecutionId,
    pid: u32,
    start_ticks: u64,
    boot_id: String,
    /// How the call ended; `None` until it has.
    #[serde(default)]
    pub(super) ended: Option<EndNote>,
}

/// How a call ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum EndNote {
    /// It was answered.
    Completed {
        /// The answer; without its data where the record has that.
        completed: Box<Completed>,
        /// The execution whose recorded output is the data.
        #[serde(default)]
        data_of: Option<ExecutionId>,
    },
    /// The record itself failed.
    Failed(SaidFailure),
}

impl Note {
    pub(super) fn new(execution: &ExecutionId, carrier: ProcessIdentity) -> Self {
        Self {
            format: 1,
            execution_id: execution.clone(),
            pid: carrier.pid,
            start_ticks: carrier.start_ticks,
            boot_id: carrier.boot_id,
            ended: None,
        }
    }

    pub(super) fn carrier(&self) -> ProcessIdentity {
        ProcessIdentity {
            pid: self.pid,
            start_ticks: self.start_ticks,
            boot_id: self.boot_id.clone(),
        }
    }

    /// The process that carries the call; `None` once it has gone.
    pub(super) fn hold(&self) -> Option<HeldProcess> {
        self.carrier().hold()
    }
}

impl EndNote {
    pub(super) fn of(ended: Result<&Completed, &Failure>) -> Self {
        match ended {
            Err(failure) => Self::Failed(failure.into()),
            Ok(completed) => {
                let mut kept = completed.clone();
                let mut data_of = None;
                if kept.data.is_some() && kept.recorded {
                    kept.data = None;
                    data_of = Some(answering(completed).clone());
                }
                Self::Completed {
                    completed: Box::new(kept),
                    data_of,
                }
            }
        }
    }

    /// The same without what may be long; only what stands in the record as well is lost with it.
    fn shortened(mut self) -> Self {
        if let Self::Completed { completed, .. } = &mut self {
            let stood_in = completed.fallback.as_mut().map(|by| &mut by.error);
            for error in completed.error.iter_mut().chain(stood_in) {
                error.detail = Value::Null;
            }
            completed.artifacts.clear();
            completed.warnings.clear();
            completed
                .warnings
                .push("what the call left beside its answer was too long to keep".to_owned());
            // Of a prototype that could not be recorded either.
            completed.data = None;
        }
        self
    }
}

/// The execution whose output is the answer's data.
fn answering(completed: &Completed) -> &ExecutionId {
    match completed.fallback.as_ref().map(|stood_in| &stood_in.by) {
        Some(StandIn::Stale { execution_id, .. }) => execution_id,
        Some(StandIn::Action(_)) | None => &completed.execution_id,
    }
}

/// The notes of one home.
#[derive(Debug)]
pub(super) struct Notes {
    folder: PrivateFolder,
}

impl Notes {
    /// The notes; `None` where nothing ever ran in the background.
    pub(super) fn open(home: &Path) -> Result<Option<Self>, Failure> {
        let opened = PrivateFolder::open(&home.join(FOLDER)).map_err(unusable)?;
        Ok(opened.map(|folder| Self { folder }))
    }

    pub(super) fn make(home: &Path) -> Result<Self, Failure> {
        let folder = PrivateFolder::make(&home.join(FOLDER)).map_err(unusable)?;
        Ok(Self { folder })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// One of the places for calls that run at once, until it is dropped.
    pub(super) fn take_place(&self) -> Result<Lock, Failure> {
        for number in 1..=MOST_IN_BACKGROUND {
            let place = self.folder.try_lock(&format!("place-{number:02}"));
            if let Some(place) = place.map_err(unusable)? {
                return Ok(place);
            }
        }
        let told = format!("{MOST_IN_BACKGROUND} calls run in the background already");
        Err(Failure::new(ErrorClass::Unavailable, told).with_hint(
            "Wait for one of them: `ai-lab-framework execution list --status started` shows them.",
        ))
    }

    pub(super) fn read(&self, execution: &ExecutionId) -> Result<Option<Note>, Failure> {
        let name = name_of(execution);
        let Some(bytes) = self
            .folder
            .read(&name, NOTE_BYTES as u64)
            .map_err(unusable)?
        else {
            return Ok(None);
        };
        let note = serde_json::from_slice::<Note>(&bytes).ok();
        let is_it = |note: &Note| note.format == 1 && note.execution_id == *execution;
        note.filter(is_it).map(Some).ok_or_else(|| {
            let path = self.folder.path().join(&name);
            let told = format!("{} is not what the framework wrote there", path.display());
            Failure::new(ErrorClass::Environment, told).with_hint(format!(
                "Move it away: `ai-lab-framework execution show {execution}` shows what the record has."
            ))
        })
    }

    /// Leaves a first note: of two calls under one id, one does.
    pub(super) fn begin(&self, note: &Note) -> Result<(), Failure> {
        let _one_at_a_time = self.folder.lock().map_err(unusable)?;
        if self.read(&note.execution_id)?.is_some() {
            let told = format!("execution {} was begun already", note.execution_id);
            return Err(Failure::new(ErrorClass::Conflict, told));
        }
        self.write(note)
    }

    /// Leaves the last note.
    pub(super) fn end(&self, mut note: Note, ended: EndNote) -> Result<(), Failure> {
        note.ended = Some(ended);
        if json(&note).len() > NOTE_BYTES {
            note.ended = note.ended.map(EndNote::shortened);
        }
        self.write(&note)
    }

    pub(super) fn remove(&self, execution: &ExecutionId) -> Result<(), Failure> {
        self.folder.remove(&name_of(execution)).map_err(unusable)
    }

    /// Takes away the oldest notes of calls that nobody carries any more.
    pub(super) fn prune(&self) {
        let Ok(entries) = std::fs::read_dir(self.folder.path()) else {
            return;
        };
        let changed = |entry: &std::fs::DirEntry| entry.metadata().and_then(|data| data.modified());
        let mut notes: Vec<_> = entries
            .flatten()
            .filter_map(|entry| {
                let id = entry.file_name().to_str()?.strip_suffix(SUFFIX)?.parse();
                Some((changed(&entry).ok()?, id.ok()?))
            })
            .collect();
        notes.sort();
        let surplus = notes.len().saturating_sub(NOTES_KEPT);
        for (_, execution) in notes.iter().take(surplus) {
            let is_carried = |note: &Note| note.ended.is_none() && note.hold().is_some();
            let note = self.read(execution).ok().flatten();
            if !note.as_ref().is_some_and(is_carried) {
                // What stays goes another time.
                let _stays = self.folder.remove(&name_of(execution));
            }
        }
    }

    fn write(&self, note: &Note) -> Result<(), Failure> {
        let name = name_of(&note.execution_id);
        self.folder.replace(&name, &json(note)).map_err(unusable)
    }
}

/// The end of a note's file name.
const SUFFIX: &str = ".json";

/// The rule of ids lets no `/` into a name.
fn name_of(execution: &ExecutionId) -> String {
    format!("{execution}{SUFFIX}")
}

fn json(note: &Note) -> Vec<u8> {
    serde_json::to_vec(note).expect("because a note has text keys only")
}

fn unusable(error: PlaceError) -> Failure {
    let told = "cannot keep account of calls in the background";
    let hint = "The folder `background` in the framework's home belongs to you alone: mode 700.";
    Failure::caused(ErrorClass::Environment, told, error).with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_tool::{Durations, ExecutionError};
    use serde_json::json;
    use std::fs::OpenOptions;
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    use tempfile::TempDir;

    fn note(id: &str) -> Note {
        let this = ProcessIdentity::of_this_process().expect("this process is in /proc");
        Note::new(&id.parse().expect("an id"), this)
    }

    fn completed(id: &str, data: Option<Value>, recorded: bool) -> Completed {
        Completed {
            format: 1,
            execution_id: id.parse().expect("an id"),
            correlation_id: id.parse().expect("an id"),
            session_id: None,
            tool: "probe".parse().expect("a name"),
            action: "look".parse().expect("a name"),
            profile: ai_lab_contract::Profile::Standard,
            data,
            error: None,
            warnings: Vec::new(),
            recorded,
            handoff: None,
            attempts: 2,
            fallback: None,
            chain: Vec::new(),
            artifacts: Vec::new(),
            durations: Durations::default(),
        }
    }

    fn ended(notes: &Notes, id: &str) -> (Completed, Option<ExecutionId>) {
        let read = notes.read(&id.parse().expect("an id")).expect("readable");
        match read.and_then(|note| note.ended) {
            Some(EndNote::Completed { completed, data_of }) => (*completed, data_of),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_answers_data_is_left_to_the_record_where_the_record_has_it() {
        let home = TempDir::new().expect("a temporary folder");
        let notes = Notes::make(home.path()).expect("a folder");
        for (recorded, kept) in [(true, None), (false, Some(json!({ "n": 1 })))] {
            let answer = completed("e-1", Some(json!({ "n": 1 })), recorded);
            notes
                .end(note("e-1"), EndNote::of(Ok(&answer)))
                .expect("it is written");
            let (read, data_of) = ended(&notes, "e-1");
            assert_eq!((read.data, data_of.is_some()), (kept, recorded));
        }
    }

    #[test]
    fn a_note_that_would_be_too_long_says_what_matters() {
        let home = TempDir::new().expect("a temporary folder");
        let notes = Notes::make(home.path()).expect("a folder");
        let error = ExecutionError {
            detail: json!("x".repeat(NOTE_BYTES)),
            ..ExecutionError::new(ErrorClass::ToolFailed, "busy")
        };
        let answer = Completed {
            error: Some(error),
            ..completed("e-1", None, true)
        };
        notes
            .end(note("e-1"), EndNote::of(Ok(&answer)))
            .expect("it is written");
        let (read, _) = ended(&notes, "e-1");
        let error = read.error.expect("it failed");
        assert_eq!(
            (error.message.as_str(), error.detail),
            ("busy", Value::Null)
        );
        assert_eq!(
            read.warnings,
            ["what the call left beside its answer was too long to keep"]
        );
    }

    #[test]
    fn the_oldest_notes_go_and_those_that_are_carried_stay() {
        let home = TempDir::new().expect("a temporary folder");
        let notes = Notes::make(home.path()).expect("a folder");
        // Carried by this very process.
        notes.begin(&note("carried")).expect("it is new");
        let text = std::fs::read_to_string(notes.path().join("carried.json")).expect("it is there");
        for number in 0..NOTES_KEPT + 10 {
            // Of the process with this number that started at another time.
            let dead = text.replace("\"carried\"", &format!("\"e-{number}\""));
            let dead = dead.replace("\"start_ticks\":", "\"start_ticks\":9");
            let path = notes.path().join(format!("e-{number}.json"));
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path)
                .expect("it is new");
            file.write_all(dead.as_bytes()).expect("there is room");
        }
        notes.prune();
        let left = std::fs::read_dir(notes.path())
            .expect("it is there")
            .flatten();
        let left = left.filter(|entry| entry.path().extension().is_some());
        assert_eq!(left.count(), NOTES_KEPT + 1);
        assert!(notes.path().join("carried.json").exists());
        assert!(notes.begin(&note("carried")).is_err());
        let busy: Vec<Lock> = (0..MOST_IN_BACKGROUND)
            .map(|_| notes.take_place().expect("there is one"))
            .collect();
        assert!(notes.take_place().is_err());
        drop(busy);
        assert!(notes.take_place().is_ok());
    }
}
