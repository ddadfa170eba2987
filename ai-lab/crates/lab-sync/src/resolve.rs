//! Settles what two sides say differently.

use std::collections::BTreeMap;
use std::path::Path;

use lab_files::EXTRA;
use lab_mirror::{FileDesk, FilesLock, LockError};
use lab_model::{Actor, EntityKind, Identity, Moment, Record, Uid};
use lab_store::{
    DisputeSource, FileBase, OpenDispute, Reader, SqliteStore, Standing, Store, StoreError, Writer,
};

use crate::decide::ToWrite;
use crate::entity::{NotStored, load, store as put};
use crate::picture::seen;
use crate::report::{DisputeRow, Problem};
use crate::write_out::write_out;

/// Whose word counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Take {
    /// What the lab holds.
    Lab,
    /// What the file, or the other branch, says.
    File,
    /// Neither: this.
    Text(String),
}

/// Which disputes are to be settled, and how.
#[derive(Clone, Debug)]
pub struct Settlement<'a> {
    /// The entity's label or uid.
    pub name: &'a str,
    /// Which field; `None` for all of them.
    pub field: Option<&'a str>,
    /// Whose word counts.
    pub take: Take,
}

/// Why nothing was settled.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// The lab could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another sync's lock.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// There is no such dispute.
    #[error("nothing of `{}` is in conflict{}", name.escape_debug(), field.as_deref().map(|field| format!(" about `{}`", field.escape_debug())).unwrap_or_default())]
    Nothing {
        /// What was named.
        name: String,
        /// Which field.
        field: Option<String>,
    },
    /// One text for several fields.
    #[error("{fields} fields are in conflict, and the text is for one")]
    WhichField {
        /// How many.
        fields: usize,
    },
    /// Several branches say something else.
    #[error("{branches} branches say something else about `{field}`")]
    WhichBranch {
        /// About what.
        field: String,
        /// How many.
        branches: usize,
    },
    /// The file is not as the last sync saw it.
    #[error("{path} was changed since the last sync")]
    FileChanged {
        /// Which.
        path: String,
    },
    /// The field cannot be that.
    #[error("{field} cannot be `{}`", text.escape_debug())]
    NotSo {
        /// Which.
        field: String,
        /// What it was to be.
        text: String,
    },
    /// The file could not be written.
    #[error("{}: {}", .0.path, .0.message)]
    Unwritten(Problem),
}

/// What is open, oldest first.
pub fn disputes(store: &SqliteStore) -> Result<Vec<DisputeRow>, StoreError> {
    store.read(|tx| rows(tx, None))
}

/// What is open, of one entity or of all.
pub(crate) fn rows(tx: &dyn Reader, of: Option<&Uid>) -> Result<Vec<DisputeRow>, StoreError> {
    let mut rows = Vec::new();
    for open in tx.disputes(of)? {
        let Some(standing) = tx.standing(&open.uid)? else {
            continue;
        };
        rows.push(DisputeRow {
            kind: standing.kind.as_str(),
            label: standing.label.to_string(),
            source: open.source.as_str(),
            field: open.field,
            member: open.member,
            base: open.base,
            lab: open.ours,
            file: open.theirs,
            others: open.others,
            opened_at: open.opened_at.to_string(),
        });
    }
    Ok(rows)
}

/// Settles disputes in the name of whoever decides. Answers with what is settled.
pub fn resolve(
    store: &mut SqliteStore,
    root: &Path,
    (actor, at): (&Actor, Moment),
    settlement: &Settlement<'_>,
) -> Result<Vec<DisputeRow>, ResolveError> {
    let _lock = FilesLock::take(root)?;
    let (standing, open) = store.read(|tx| find(tx, settlement))?;
    check_clear(settlement, &open)?;
    let file = standing.base.as_ref().and_then(|it| it.file.clone());
    let file = file.map(|(path, stamp)| (path, seen(stamp)));
    if let Some((path, stamp)) = &file
        && FileDesk::for_few(root).stamp(path) != Some(*stamp)
    {
        return Err(ResolveError::FileChanged { path: path.clone() });
    }
    let mut told = store.read(|tx| rows(tx, Some(&standing.uid)))?;
    told.retain(|row| {
        open.iter()
            .any(|it| (&it.field, &it.member) == (&row.field, &row.member))
    });
    store.write(actor, at, |tx| {
        tx.set_verb("sync.resolve", None);
        take(tx, &standing, &open, &settlement.take)
    })?;
    // The lab has decided; the file follows, and only then the dispute is over: in this order a kill in between
    // leaves it open, never decided against the one who decided.
    let written = write_out(
        store,
        root,
        at,
        vec![ToWrite {
            uid: standing.uid.clone(),
            kind: standing.kind,
            seen: file,
            why: "a conflict was settled",
        }],
    )?;
    store.take_touched();
    match written.problems.into_iter().next() {
        Some(problem) => Err(ResolveError::Unwritten(problem)),
        None => Ok(told),
    }
}

/// Refuses what could mean more than one thing.
fn check_clear(settlement: &Settlement<'_>, open: &[OpenDispute]) -> Result<(), ResolveError> {
    if let (Take::Text(_), 2..) = (&settlement.take, open.len()) {
        return Err(ResolveError::WhichField { fields: open.len() });
    }
    let several = |it: &&OpenDispute| it.source == DisputeSource::Merge && !it.others.is_empty();
    match open.iter().find(several) {
        Some(dispute) if settlement.take == Take::File => Err(ResolveError::WhichBranch {
            field: dispute.field.clone(),
            branches: dispute.others.len() + 1,
        }),
        Some(_) | None => Ok(()),
    }
}

fn find(
    tx: &dyn Reader,
    settlement: &Settlement<'_>,
) -> Result<(Standing, Vec<OpenDispute>), ResolveError> {
    let mut by_entity: BTreeMap<Uid, Vec<OpenDispute>> = BTreeMap::new();
    for open in tx.disputes(None)? {
        if settlement.field.is_none_or(|field| field == open.field) {
            by_entity.entry(open.uid.clone()).or_default().push(open);
        }
    }
    for (uid, open) in by_entity {
        let Some(standing) = tx.standing(&uid)? else {
            continue;
        };
        let is_named = standing
            .label
            .as_str()
            .eq_ignore_ascii_case(settlement.name)
            || uid.as_str() == settlement.name;
        if is_named {
            return Ok((standing, open));
        }
    }
    Err(ResolveError::Nothing {
        name: settlement.name.to_owned(),
        field: settlement.field.map(str::to_owned),
    })
}

/// Has the lab hold what was decided, and ends the disputes.
fn take(
    tx: &mut dyn Writer,
    standing: &Standing,
    open: &[OpenDispute],
    take: &Take,
) -> Result<(), ResolveError> {
    let (kind, uid) = (standing.kind, &standing.uid);
    let Some(loaded) = load(tx, kind, uid)? else {
        return Ok(());
    };
    let (mut record, at) = (loaded.record, tx.at());
    for dispute in open {
        let text = match take {
            Take::Lab => continue,
            Take::File => dispute.theirs.clone(),
            Take::Text(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        };
        if dispute.field == EXTRA {
            let mut fields = tx.file_fields(uid)?;
            match text {
                Some(text) => fields.insert(dispute.member.clone(), text),
                None => fields.remove(&dispute.member),
            };
            tx.keep_file_fields(uid, &fields)?;
            continue;
        }
        record.put(&dispute.field, &dispute.member, text);
        follow(&mut record, kind, &dispute.field, at);
    }
    put(tx, kind, Identity::of(&loaded.head), record).map_err(|error| match error {
        NotStored::Store(error) => ResolveError::Store(error),
        NotStored::Record(error) => ResolveError::NotSo {
            field: error.to_string(),
            text: match take {
                Take::Text(text) => text.clone(),
                Take::Lab | Take::File => String::new(),
            },
        },
    })?;
    for dispute in open {
        let word = match take {
            Take::Lab => "lab",
            Take::File => "file",
            Take::Text(_) => "text",
        };
        tx.settle_dispute(dispute.number, word)?;
    }
    keep_the_base(tx, standing, open)
}

/// Until the file is written, the lab's word must look newer than the file's: what both were last alike in stays
/// what it was.
fn keep_the_base(
    tx: &mut dyn Writer,
    standing: &Standing,
    open: &[OpenDispute],
) -> Result<(), ResolveError> {
    let is_between = open.iter().any(|it| it.source == DisputeSource::Sync);
    let Some(FileBase { uid, file, .. }) = standing.base.clone().filter(|_| is_between) else {
        return Ok(());
    };
    // A revision before the dispute is none that the file told: comparing starts from the first.
    tx.keep_file_base(&FileBase {
        uid,
        file,
        revision: 1,
    })?;
    Ok(())
}

/// What belongs to a status goes with it.
fn follow(record: &mut Record, kind: EntityKind, field: &str, at: Moment) {
    if field != "status" {
        return;
    }
    let status = record.get("status", "").unwrap_or_default().to_owned();
    let (end, ends): (&str, &[&str]) = match kind {
        EntityKind::Item => ("settled_at", &["done", "cancelled"]),
        EntityKind::Milestone => ("completed_at", &["completed"]),
        EntityKind::Project | EntityKind::Idea | EntityKind::Repo => return,
    };
    let ended = ends.contains(&status.as_str()).then(|| at.to_string());
    record.put(end, "", ended);
    if kind == EntityKind::Item {
        let from = (status == "blocked").then(|| "todo".to_owned());
        record.put("blocked_from", "", from);
    }
}
