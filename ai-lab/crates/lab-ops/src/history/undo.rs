//! Takes writes back, and takes that back.

use std::collections::BTreeMap;

use ai_lab_contract::ErrorClass;
use lab_model::{
    Entity, EntityKind, GithubRepo, Idea, Identity, Milestone, Operation, Project, Record,
    RecordError, Recorded, Uid, WorkItem, take_back,
};
use lab_store::{StoreError, WriteRecord, Writer};
use serde::Serialize;

use super::{LogRow, log, write_name};
use crate::lab::Inner;
use crate::names::OrMissing;
use crate::{By, Failure, Lab, LabError};

/// How many changes are taken back at once: beyond it, a backup is the way.
const MOST_CHANGES: u64 = 50_000;

/// Which writes to take back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// The last so many of the one who asks.
    Last(u32),
    /// That of this number, whoever made it.
    Write(u64),
}

/// What was taken back. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TookBack {
    /// The writes, the latest first.
    pub took_back: Vec<LogRow>,
}

/// Why nothing was taken back.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// The lab could not be read or written.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// There is not so much to take back.
    #[error("there is nothing of {actor} to {verb}")]
    Nothing {
        /// Who asked.
        actor: String,
        /// `undo` or `redo`.
        verb: &'static str,
    },
    /// The log has no such write.
    #[error("there is no write {}", write_name(*.0))]
    NoSuchWrite(u64),
    /// It does not hold any more.
    #[error("{} was taken back already", write_name(*.0))]
    AlreadyTakenBack(u64),
    /// Something that it changed was changed again.
    #[error("{} cannot be taken back: {label} was changed since: {}", write_name(*.number), fields.join(", "))]
    Clash {
        /// The write.
        number: u64,
        /// What it changed.
        label: String,
        /// Which fields were changed again.
        fields: Vec<String>,
    },
    /// It changed too much.
    #[error("{} changed {count} facts, more than the {MOST_CHANGES} that can be taken back", write_name(*.number))]
    TooLarge {
        /// The write.
        number: u64,
        /// How many.
        count: u64,
    },
    /// The log holds what this version cannot read.
    #[error("{} changed what this version does not know", write_name(*.number))]
    Unreadable {
        /// The write.
        number: u64,
        /// What.
        #[source]
        source: RecordError,
    },
}

impl Failure for UndoError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Lab(error) => error.class(),
            Self::Nothing { .. } | Self::NoSuchWrite(_) => ErrorClass::NotFound,
            Self::AlreadyTakenBack(_) | Self::Clash { .. } => ErrorClass::Conflict,
            Self::TooLarge { .. } => ErrorClass::Refused,
            Self::Unreadable { .. } => ErrorClass::Incompatible,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Lab(error) => error.hint(),
            Self::Nothing { .. } | Self::NoSuchWrite(_) | Self::AlreadyTakenBack(_) => {
                Some("`ai-lab log` shows what happened".to_owned())
            }
            Self::Clash { label, .. } => Some(format!(
                "`ai-lab log {label}` shows what came after; take that back first"
            )),
            Self::TooLarge { .. } | Self::Unreadable { .. } => None,
        }
    }
}

type Within<T> = Result<T, Inner<UndoError>>;

/// Takes writes back as one: all of them or none. What they brought into being is put away.
pub fn undo(lab: &Lab, by: &By, what: Undo) -> Result<TookBack, UndoError> {
    lab.write(by, "undo", None, |tx| {
        let numbers = match what {
            Undo::Write(number) => vec![number],
            Undo::Last(count) => last(by, "undo", count, |before| {
                tx.last_to_undo(&by.actor, before)
            })?,
        };
        all_back(tx, "undo", &numbers)
    })
}

/// Takes the last so many undos of the one who asks back, as one.
pub fn redo(lab: &Lab, by: &By, count: u32) -> Result<TookBack, UndoError> {
    lab.write(by, "redo", None, |tx| {
        let numbers = last(by, "redo", count, |before| {
            tx.last_to_redo(&by.actor, before)
        })?;
        all_back(tx, "redo", &numbers)
    })
}

fn last(
    by: &By,
    verb: &'static str,
    count: u32,
    next: impl Fn(Option<u64>) -> Result<Option<u64>, StoreError>,
) -> Within<Vec<u64>> {
    let mut numbers: Vec<u64> = Vec::new();
    for _ in 0..count {
        let found = next(numbers.last().copied())?.ok_or_else(|| {
            Inner::Own(UndoError::Nothing {
                actor: by.actor.to_string(),
                verb,
            })
        })?;
        numbers.push(found);
    }
    Ok(numbers)
}

fn all_back(tx: &mut dyn Writer, verb: &str, numbers: &[u64]) -> Within<TookBack> {
    let names: Vec<String> = numbers.iter().copied().map(write_name).collect();
    tx.set_verb(verb, Some(&names.join(" ")));
    let mut took_back = Vec::new();
    for number in numbers {
        let write = tx
            .write_record(*number)?
            .ok_or(Inner::Own(UndoError::NoSuchWrite(*number)))?;
        if write.is_taken_back {
            return Err(Inner::Own(UndoError::AlreadyTakenBack(*number)));
        }
        if write.operation_count > MOST_CHANGES {
            return Err(Inner::Own(UndoError::TooLarge {
                number: *number,
                count: write.operation_count,
            }));
        }
        one_back(tx, &write)?;
        tx.mark_taken_back(*number)?;
        took_back.push(log::row(tx, &write)?);
    }
    Ok(TookBack { took_back })
}

fn one_back(tx: &mut dyn Writer, write: &WriteRecord) -> Within<()> {
    // In the order in which the write met them.
    let mut by_entity: Vec<((EntityKind, Uid), Vec<Operation>)> = Vec::new();
    let mut places: BTreeMap<Uid, usize> = BTreeMap::new();
    for operation in &write.operations {
        let place = *places.entry(operation.entity.clone()).or_insert_with(|| {
            by_entity.push(((operation.kind, operation.entity.clone()), Vec::new()));
            by_entity.len() - 1
        });
        by_entity[place].1.push(operation.clone());
    }
    for ((kind, uid), operations) in by_entity {
        let number = write.number;
        match kind {
            EntityKind::Project => {
                let before: Project = tx.project(&uid)?.or_missing(kind, &uid)?;
                tx.update_project(&back(&before, number, &operations)?)?;
            }
            EntityKind::Idea => {
                let before: Idea = tx.idea(&uid)?.or_missing(kind, &uid)?;
                tx.update_idea(&back(&before, number, &operations)?)?;
            }
            EntityKind::Item => {
                let before: WorkItem = tx.item(&uid)?.or_missing(kind, &uid)?;
                tx.update_item(&back(&before, number, &operations)?)?;
            }
            EntityKind::Milestone => {
                let before: Milestone = tx.milestone(&uid)?.or_missing(kind, &uid)?;
                tx.update_milestone(&back(&before, number, &operations)?)?;
            }
            EntityKind::Repo => {
                let before: GithubRepo = tx.repo(&uid)?.or_missing(kind, &uid)?;
                tx.update_repo(&back(&before, number, &operations)?)?;
            }
        }
    }
    Ok(())
}

/// An entity as it was before a write.
fn back<E: Recorded + Entity>(entity: &E, number: u64, operations: &[Operation]) -> Within<E> {
    let clash = |fields| {
        Inner::Own(UndoError::Clash {
            number,
            label: entity.head().label.to_string(),
            fields,
        })
    };
    let mut record = Record::from(entity.facts());
    take_back(&mut record, operations).map_err(|clashes| {
        let mut fields: Vec<String> = clashes.into_iter().map(|it| it.field).collect();
        fields.dedup();
        clash(fields)
    })?;
    E::from_record(Identity::of(entity.head()), record)
        .map_err(|source| Inner::Own(UndoError::Unreadable { number, source }))
}
