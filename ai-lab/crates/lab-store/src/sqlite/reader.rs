//! The reading half, for every transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use lab_model::{
    Attachment, EntityKind, GithubRepo, Idea, ImportedValue, ItemStatus, Label, Milestone,
    Operation, Project, Uid, WorkItem,
};
use rusqlite::{Connection, params};

use super::row::parsed;
use super::selection::Selection;
use super::stored::Stored;
use super::{edges, log, names, provenance};
use crate::{ItemFilter, Reader, StoreError};

/// What has a connection within a transaction.
pub(super) trait Connected {
    /// That connection.
    fn connection(&self) -> &Connection;
}

/// Reads within a transaction that another holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading<'a>(pub(super) &'a Connection);

impl Connected for Reading<'_> {
    fn connection(&self) -> &Connection {
        self.0
    }
}

/// One entity; `None` where no such one is.
pub(super) fn one<S: Stored>(connection: &Connection, uid: &Uid) -> Result<Option<S>, StoreError> {
    Ok(S::load(connection, &Selection::one(uid))?.pop())
}

fn all<S: Stored>(connection: &Connection) -> Result<Vec<S>, StoreError> {
    Ok(S::load(connection, &Selection::all(S::KIND))?)
}

/// The uids of what can be started now, in order; see [`Reader::ready`].
fn ready(connection: &Connection, limit: Option<u32>) -> rusqlite::Result<Vec<Uid>> {
    let mut statement = connection.prepare_cached(
        "SELECT i.uid FROM work_items AS i \
         JOIN entities AS e ON e.uid = i.uid \
         JOIN entity_labels AS l ON l.uid = i.uid AND l.is_current = 1 \
         WHERE i.status = 'todo' AND i.is_draft = 0 AND e.archived = 0 \
         AND NOT EXISTS (SELECT 1 FROM blockers AS b WHERE b.uid = i.uid AND b.open = 1) \
         AND NOT EXISTS (SELECT 1 FROM unresolved_dependencies AS u WHERE u.uid = i.uid) \
         AND NOT EXISTS (SELECT 1 FROM dependencies AS d JOIN work_items AS w ON w.uid = d.on_uid \
         WHERE d.uid = i.uid AND d.on_uid IS NOT i.parent_uid AND w.status NOT IN ('done', 'cancelled')) \
         ORDER BY CASE i.priority WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END, \
         i.due_day IS NULL, i.due_day, l.label LIMIT ?1",
    )?;
    let limit = limit.map_or(-1, i64::from);
    statement
        .query_map(params![limit], |row| parsed(row, "uid"))?
        .collect()
}

impl<C: Connected> Reader for C {
    fn resolve(&self, kind: EntityKind, given: &str) -> Result<Uid, StoreError> {
        names::resolve(self.connection(), kind, given)
    }

    fn uid_of(&self, kind: EntityKind, label: &Label) -> Result<Option<Uid>, StoreError> {
        Ok(names::exact(self.connection(), kind, label.as_str())?)
    }

    fn label_of(&self, uid: &Uid) -> Result<Option<Label>, StoreError> {
        Ok(names::label_of(self.connection(), uid)?)
    }

    fn labels(&self, kind: EntityKind) -> Result<BTreeMap<Uid, Label>, StoreError> {
        Ok(names::labels(self.connection(), kind)?)
    }

    fn aliases(&self, uid: &Uid) -> Result<Vec<Label>, StoreError> {
        Ok(names::aliases(self.connection(), uid)?)
    }

    fn project(&self, uid: &Uid) -> Result<Option<Project>, StoreError> {
        one(self.connection(), uid)
    }

    fn idea(&self, uid: &Uid) -> Result<Option<Idea>, StoreError> {
        one(self.connection(), uid)
    }

    fn item(&self, uid: &Uid) -> Result<Option<WorkItem>, StoreError> {
        one(self.connection(), uid)
    }

    fn milestone(&self, uid: &Uid) -> Result<Option<Milestone>, StoreError> {
        one(self.connection(), uid)
    }

    fn repo(&self, uid: &Uid) -> Result<Option<GithubRepo>, StoreError> {
        one(self.connection(), uid)
    }

    fn projects(&self) -> Result<Vec<Project>, StoreError> {
        all(self.connection())
    }

    fn ideas(&self) -> Result<Vec<Idea>, StoreError> {
        all(self.connection())
    }

    fn milestones(&self) -> Result<Vec<Milestone>, StoreError> {
        all(self.connection())
    }

    fn repos(&self) -> Result<Vec<GithubRepo>, StoreError> {
        all(self.connection())
    }

    fn items(&self, filter: &ItemFilter) -> Result<Vec<WorkItem>, StoreError> {
        Ok(WorkItem::load(
            self.connection(),
            &Selection::items(filter),
        )?)
    }

    fn ready(&self, limit: Option<u32>) -> Result<Vec<WorkItem>, StoreError> {
        let order = ready(self.connection(), limit)?;
        let items = WorkItem::load(self.connection(), &Selection::these(&order))?;
        let mut by_uid: HashMap<Uid, WorkItem> = items
            .into_iter()
            .map(|item| (item.head.uid.clone(), item))
            .collect();
        Ok(order.iter().filter_map(|uid| by_uid.remove(uid)).collect())
    }

    fn item_statuses(&self) -> Result<BTreeMap<Uid, ItemStatus>, StoreError> {
        let mut statement = self
            .connection()
            .prepare_cached("SELECT uid, status FROM work_items")?;
        let rows =
            statement.query_map([], |row| Ok((parsed(row, "uid")?, parsed(row, "status")?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn dependency_edges(
        &self,
        kind: EntityKind,
    ) -> Result<BTreeMap<Uid, BTreeSet<Uid>>, StoreError> {
        Ok(edges::dependencies(self.connection(), kind)?)
    }

    fn history(&self, uid: &Uid) -> Result<Vec<Operation>, StoreError> {
        Ok(log::history(self.connection(), uid)?)
    }

    fn imported_values(&self, entity: Option<&Uid>) -> Result<Vec<ImportedValue>, StoreError> {
        Ok(provenance::values(self.connection(), entity)?)
    }

    fn attachments(&self, entity: Option<&Uid>) -> Result<Vec<Attachment>, StoreError> {
        Ok(provenance::attachments(self.connection(), entity)?)
    }
}
