//! Where an old value still stands: in the record, in logs, in files below the home.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use ai_lab_contract::SecretName;
use alf_secrets::{RedactingWriter, Redactor, SecretValue};
use alf_store::{
    Execution, ExecutionFilter, LogFilter, MOST_ROWS, SessionFilter, SqliteStore, Store as _,
};
use serde::Serialize;

use crate::failure::Failure;
use crate::framework::Framework;

/// How many places are named. Stops a record full of it from filling the screen; all are counted.
const NAMED: usize = 100;
/// How many files below the home are read. Stops a home that is a whole disk from taking a day.
const FILES: usize = 100_000;
/// How deep folders below the home are entered.
const DEPTH: usize = 12;

/// Where a value was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StillThere {
    /// How many rows and files hold it.
    pub count: usize,
    /// The first hundred of them.
    pub places: Vec<Where>,
    /// How many rows and files were looked at.
    pub looked_at: usize,
    /// What could not be looked at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<PathBuf>,
}

/// One place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Where {
    /// The row of this execution.
    Execution(String),
    /// The log line at this position.
    Log(u64),
    /// The context, title or note of this session.
    Session(String),
    /// This key of a tool's configuration, as `tool.key`.
    Setting(String),
    /// This file below the framework's home.
    File(PathBuf),
}

/// Looks everywhere for one value and changes nothing.
pub(super) fn rescan(
    framework: &Framework,
    name: &SecretName,
    old: &SecretValue,
) -> Result<StillThere, Failure> {
    let mut scan = Scan {
        redactor: Redactor::new([(name, old)]),
        found: StillThere::default(),
    };
    if framework.surroundings.database().exists() {
        let store = framework.existing_store()?;
        scan.executions(store)?;
        scan.logs(store)?;
        scan.sessions(store)?;
        scan.settings(store)?;
    }
    let home = &framework.surroundings.home;
    // Its own rows were read above; the sealed file and its key hold nothing in clear.
    let past = [home.join("secrets"), home.join("keys")];
    scan.folder(home, &past, DEPTH);
    Ok(scan.found)
}

struct Scan {
    redactor: Redactor,
    found: StillThere,
}

impl Scan {
    fn look<'a>(
        &mut self,
        texts: impl IntoIterator<Item = &'a str>,
        place: impl FnOnce() -> Where,
    ) {
        self.found.looked_at += 1;
        let mut texts = texts.into_iter();
        if texts.any(|text| self.redactor.count(text.as_bytes()) > 0) {
            self.tell(place());
        }
    }

    fn tell(&mut self, place: Where) {
        self.found.count += 1;
        if self.found.places.len() < NAMED {
            self.found.places.push(place);
        }
    }

    fn executions(&mut self, store: &SqliteStore) -> Result<(), Failure> {
        let mut filter = ExecutionFilter {
            limit: MOST_ROWS,
            ..ExecutionFilter::default()
        };
        loop {
            let page = store.executions(&filter)?;
            for execution in &page.executions {
                let id = execution.start.execution_id.as_str();
                self.look(texts_of(execution), || Where::Execution(id.to_owned()));
            }
            match page.next {
                Some(next) => filter.before = Some(next),
                None => return Ok(()),
            }
        }
    }

    fn logs(&mut self, store: &SqliteStore) -> Result<(), Failure> {
        let mut filter = LogFilter {
            limit: MOST_ROWS,
            ..LogFilter::default()
        };
        loop {
            let page = store.logs(&filter)?;
            for entry in &page {
                self.look([entry.line.text.as_str()], || Where::Log(entry.position));
            }
            match page.last() {
                Some(last) => filter.before = Some(last.position),
                None => return Ok(()),
            }
        }
    }

    fn sessions(&mut self, store: &SqliteStore) -> Result<(), Failure> {
        let filter = SessionFilter {
            limit: MOST_ROWS,
            ..SessionFilter::default()
        };
        for session in store.sessions(&filter)? {
            let texts = [session.title.as_str(), &session.note, &session.data];
            self.look(texts, || Where::Session(session.id.to_string()));
        }
        Ok(())
    }

    fn settings(&mut self, store: &SqliteStore) -> Result<(), Failure> {
        for setting in store.settings(None)? {
            let place = || Where::Setting(format!("{}.{}", setting.tool, setting.key));
            self.look([setting.value.as_str()], place);
        }
        Ok(())
    }

    fn folder(&mut self, folder: &Path, past: &[PathBuf], depth: usize) {
        let Ok(entries) = fs::read_dir(folder) else {
            self.found.unread.push(folder.to_owned());
            return;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && !past.contains(&path) => {
                    if depth == 0 || self.found.looked_at > FILES {
                        self.found.unread.push(path);
                    } else {
                        self.folder(&path, past, depth - 1);
                    }
                }
                Ok(kind) if kind.is_file() => self.file(path),
                Ok(_) => {}
                Err(_) => self.found.unread.push(path),
            }
        }
    }

    fn file(&mut self, path: PathBuf) {
        self.found.looked_at += 1;
        let mut counter = RedactingWriter::new(&self.redactor, io::sink());
        let read = File::open(&path).and_then(|mut file| io::copy(&mut file, &mut counter));
        let found = read.and_then(|_| counter.replaced_in_all());
        match found {
            Ok(0) => {}
            Ok(_) => self.tell(Where::File(path)),
            Err(_) => self.found.unread.push(path),
        }
    }
}

fn texts_of(execution: &Execution) -> Vec<&str> {
    let mut texts = vec![execution.start.input.as_str()];
    if let Some(ended) = &execution.ended {
        texts.extend(ended.output.as_deref());
        if let Some(error) = &ended.error {
            texts.extend([error.kind.as_str(), &error.message, &error.detail]);
        }
    }
    texts
}
