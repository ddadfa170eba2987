//! The log, write by write.

use std::collections::BTreeMap;

use lab_model::{EntityKind, Moment, Operation, Uid, is_birth};
use lab_store::{Reader, StoreError, WriteRecord, WritesRequest};
use serde::Serialize;

use super::write_name;
use crate::{Lab, LabError};

/// How many changes of one write are told: an import has thousands.
const MOST_CHANGES: u32 = 50;

/// Fields whose texts are uids of other entities.
const POINTERS: [&str; 9] = [
    "project",
    "parent",
    "milestone",
    "dependencies",
    "source_idea",
    "related_project",
    "repo",
    "github.repo",
    "blockers",
];

/// Which part of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogRequest {
    /// Only what happened to the entity of this kind and name.
    pub of: Option<(EntityKind, String)>,
    /// Only what came before the write of this number.
    pub before: Option<u64>,
    /// At most so many writes.
    pub limit: u32,
}

/// A part of the log, the latest first. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogView {
    /// The writes.
    pub writes: Vec<LogRow>,
    /// What to give as `--before` for what came before; `null` at the beginning.
    pub next: Option<String>,
}

/// One write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogRow {
    /// What people call it, such as `w57`.
    pub id: String,
    /// When.
    pub at: String,
    /// Who, such as `agent:reviewer`.
    pub actor: String,
    /// By which command, such as `item.start`.
    pub verb: String,
    /// Why, where someone said.
    pub reason: Option<String>,
    /// The labels of what it changed; of many the first.
    pub changed: Vec<String>,
    /// What it changed, fact by fact; of many the first 50.
    pub changes: Vec<LogChange>,
    /// How many facts it changed in all.
    pub change_count: u64,
    /// The writes that it takes back.
    pub takes_back: Vec<String>,
    /// Whether it was taken back.
    pub is_taken_back: bool,
}

/// One changed fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogChange {
    /// The label of what was changed.
    pub label: String,
    /// Whether it came into being.
    pub is_new: bool,
    /// Field and part.
    pub field: String,
    /// What it was.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

/// Reads a part of the log.
pub fn log(lab: &Lab, at: Moment, request: &LogRequest) -> Result<LogView, LabError> {
    lab.read(at, |tx| {
        let of = request
            .of
            .as_ref()
            .map(|(kind, name)| tx.resolve(*kind, name))
            .transpose()?;
        let writes = tx.writes(&WritesRequest {
            of,
            before: request.before,
            limit: request.limit.saturating_add(1),
            operations: MOST_CHANGES,
        })?;
        let asked = usize::try_from(request.limit).unwrap_or(usize::MAX);
        let shown = &writes[..writes.len().min(asked)];
        let next = (writes.len() > asked).then(|| shown.last()).flatten();
        Ok(LogView {
            next: next.map(|write| write_name(write.number)),
            writes: shown
                .iter()
                .map(|write| row(tx, write))
                .collect::<Result<_, StoreError>>()?,
        })
    })
}

/// A write with labels instead of uids.
pub(super) fn row(tx: &dyn Reader, write: &WriteRecord) -> Result<LogRow, StoreError> {
    let mut names = Names::default();
    let mut labels: Vec<String> = Vec::new();
    let mut changes = Vec::new();
    for operation in &write.operations {
        let label = names.of(tx, &operation.entity)?;
        let own: Vec<Operation> = write
            .operations
            .iter()
            .filter(|it| it.entity == operation.entity)
            .cloned()
            .collect();
        changes.push(LogChange {
            is_new: is_birth(&own),
            field: operation.field.clone(),
            before: names.text(tx, &operation.field, operation.before.as_ref())?,
            after: names.text(tx, &operation.field, operation.after.as_ref())?,
            label: label.clone(),
        });
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    let first = write.operations.first();
    Ok(LogRow {
        id: write_name(write.number),
        at: write.at.to_string(),
        actor: write.actor.to_string(),
        verb: first.map(|it| it.verb.clone()).unwrap_or_default(),
        reason: first.and_then(|it| it.reason.clone()),
        changed: labels,
        changes,
        change_count: write.operation_count,
        takes_back: write.takes_back.iter().copied().map(write_name).collect(),
        is_taken_back: write.is_taken_back,
    })
}

/// Labels that were looked up.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeMap<Uid, String>);

impl Names {
    fn of(&mut self, tx: &dyn Reader, uid: &Uid) -> Result<String, StoreError> {
        if let Some(name) = self.0.get(uid) {
            return Ok(name.clone());
        }
        let label = tx.label_of(uid)?;
        let name = label.map_or_else(|| uid.to_string(), |label| label.to_string());
        self.0.insert(uid.clone(), name.clone());
        Ok(name)
    }

    /// What a fact says, with a label where it is the uid of something.
    pub(crate) fn text(
        &mut self,
        tx: &dyn Reader,
        field: &str,
        text: Option<&String>,
    ) -> Result<Option<String>, StoreError> {
        let Some(text) = text else { return Ok(None) };
        match text.parse::<Uid>() {
            Ok(uid) if POINTERS.contains(&field) => self.of(tx, &uid).map(Some),
            Ok(_) | Err(_) => Ok(Some(text.clone())),
        }
    }
}

/// What happened to an entity after a revision that someone has seen, a sentence a fact, the latest last.
pub(crate) fn since(tx: &dyn Reader, uid: &Uid, seen: u64) -> Result<Vec<String>, StoreError> {
    let mut names = Names::default();
    let history = tx.history(uid)?;
    let later = history.iter().filter(|operation| operation.revision > seen);
    later
        .map(|operation| {
            let nothing = || "nothing".to_owned();
            let before = names.text(tx, &operation.field, operation.before.as_ref())?;
            let after = names.text(tx, &operation.field, operation.after.as_ref())?;
            Ok(format!(
                "{}: {} → {} by {}",
                operation.field,
                before.unwrap_or_else(nothing),
                after.unwrap_or_else(nothing),
                operation.actor
            ))
        })
        .collect()
}
