//! The operation log: who changed which fact.

use lab_model::{Actor, Change, EntityKind, Moment, Operation, Uid};
use rusqlite::{Connection, Row, params};

use super::row::{count, count_option, integer, moment, parsed};

/// One write's place in the log. Its row is made with its first operation: no change, no row.
#[derive(Debug)]
pub(super) struct Entry {
    actor: Actor,
    at: Moment,
    uid: Uid,
    seq: Option<i64>,
    ordinal: u64,
    /// The command that makes the operations to come.
    pub(super) verb: String,
    /// Its reason.
    pub(super) reason: Option<String>,
}

impl Entry {
    /// The entry of a write that has not changed anything yet.
    pub(super) fn new(actor: Actor, at: Moment, uid: Uid) -> Self {
        Self {
            actor,
            at,
            uid,
            seq: None,
            ordinal: 0,
            verb: String::new(),
            reason: None,
        }
    }

    /// When the write happens.
    pub(super) const fn at(&self) -> Moment {
        self.at
    }

    /// Records changes of one entity.
    pub(super) fn record(
        &mut self,
        connection: &Connection,
        kind: EntityKind,
        (entity, revision): (&Uid, u64),
        changes: &[Change],
    ) -> rusqlite::Result<()> {
        let seq = self.seq(connection)?;
        let mut insert = connection.prepare_cached(
            "INSERT INTO operations (write_seq, ordinal, verb, reason, kind, uid, field, member, before, \
             after, revision) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?;
        for change in changes {
            insert.execute(params![
                seq,
                integer(self.ordinal)?,
                self.verb,
                self.reason,
                kind.as_str(),
                entity.as_str(),
                change.fact.name(),
                change.fact.member,
                change.before,
                change.after,
                integer(revision)?,
            ])?;
            self.ordinal += 1;
        }
        Ok(())
    }

    /// Its number in the log.
    pub(super) fn seq(&mut self, connection: &Connection) -> rusqlite::Result<i64> {
        if let Some(seq) = self.seq {
            return Ok(seq);
        }
        connection
            .prepare_cached(
                "INSERT INTO writes (write_uid, at_ms, actor_kind, actor_name) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                self.uid.as_str(),
                self.at.ms(),
                self.actor.kind.as_str(),
                self.actor.name,
            ])?;
        let seq = connection.last_insert_rowid();
        self.seq = Some(seq);
        Ok(seq)
    }
}

/// The columns of [`operation`], from `operations AS o` and `writes AS w`.
pub(super) const OPERATION: &str = "w.write_uid, o.ordinal, w.at_ms, w.actor_kind, w.actor_name, \
     o.verb, o.reason, o.kind, o.uid, o.field, o.member, o.before, o.after, o.revision";

/// Reads the columns [`OPERATION`]; the revision is 0 where none was written.
pub(super) fn operation(row: &Row<'_>) -> rusqlite::Result<Operation> {
    Ok(Operation {
        write: parsed(row, "write_uid")?,
        ordinal: count(row, "ordinal")?,
        at: moment(row, "at_ms")?,
        actor: Actor {
            kind: parsed(row, "actor_kind")?,
            name: row.get("actor_name")?,
        },
        verb: row.get("verb")?,
        reason: row.get("reason")?,
        kind: parsed(row, "kind")?,
        entity: parsed(row, "uid")?,
        revision: count_option(row, "revision")?.unwrap_or(0),
        field: row.get("field")?,
        member: row.get("member")?,
        before: row.get("before")?,
        after: row.get("after")?,
    })
}

/// What happened to an entity, oldest first.
pub(super) fn history(connection: &Connection, entity: &Uid) -> rusqlite::Result<Vec<Operation>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {OPERATION} FROM operations AS o JOIN writes AS w ON w.write_seq = o.write_seq \
         WHERE o.uid = ?1 ORDER BY o.write_seq, o.ordinal"
    ))?;
    let rows = statement.query_map([entity.as_str()], operation)?;
    let mut history = rows.collect::<rusqlite::Result<Vec<Operation>>>()?;
    number_revisions(&mut history);
    Ok(history)
}

/// A write without a revision is of an older version, which wrote an entity once a write.
fn number_revisions(history: &mut [Operation]) {
    let (mut last, mut write) = (0, None);
    for operation in history {
        if operation.revision == 0 {
            let next = write.as_ref() != Some(&operation.write);
            operation.revision = last + u64::from(next);
        }
        last = operation.revision;
        write = Some(operation.write.clone());
    }
}
