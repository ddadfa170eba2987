//! The reading half, for every transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use lab_model::{
    Actor, Attachment, EntityKind, GithubRepo, Idea, ImportedValue, ItemStatus, Label, Milestone,
    Operation, Project, Uid, WorkItem,
};
use rusqlite::{Connection, params};

use super::row::parsed;
use super::selection::Selection;
use super::stored::Stored;
use super::{edges, files, log, names, page, provenance, search, writes};
use crate::{
    ItemFilter, ItemOrder, ItemPage, OpenDispute, PageRequest, Reader, SearchPage, SearchRequest,
    Standing, StoreError, Tallies, WriteRecord, WritesRequest,
};

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
        "SELECT uid FROM work_items WHERE stand = 'ready' ORDER BY urgency, due_key, sort_key LIMIT ?1",
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
            &Selection::items(self.connection(), filter)?,
        )?)
    }

    fn item_page(
        &self,
        filter: &ItemFilter,
        order: ItemOrder,
        page: &PageRequest,
    ) -> Result<ItemPage, StoreError> {
        page::items(self.connection(), filter, order, page)
    }

    fn tallies(&self, owner: Option<&Uid>) -> Result<Tallies, StoreError> {
        Ok(page::tallies(self.connection(), owner)?)
    }

    fn tallies_by_owner(&self) -> Result<BTreeMap<Uid, Tallies>, StoreError> {
        Ok(page::tallies_by_owner(self.connection())?)
    }

    fn parts_of(&self, uid: &Uid) -> Result<Vec<Label>, StoreError> {
        Ok(page::parts_of(self.connection(), uid)?)
    }

    fn search(&self, request: &SearchRequest) -> Result<SearchPage, StoreError> {
        Ok(search::search(self.connection(), request)?)
    }

    fn item_status(&self, uid: &Uid) -> Result<Option<ItemStatus>, StoreError> {
        Ok(page::status_of(self.connection(), uid)?)
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

    fn writes(&self, request: &WritesRequest) -> Result<Vec<WriteRecord>, StoreError> {
        Ok(writes::writes(self.connection(), request)?)
    }

    fn write_record(&self, number: u64) -> Result<Option<WriteRecord>, StoreError> {
        Ok(writes::one(self.connection(), number)?)
    }

    fn last_to_undo(&self, by: &Actor, before: Option<u64>) -> Result<Option<u64>, StoreError> {
        Ok(writes::last_to_undo(self.connection(), by, before)?)
    }

    fn last_to_redo(&self, by: &Actor, before: Option<u64>) -> Result<Option<u64>, StoreError> {
        Ok(writes::last_to_redo(self.connection(), by, before)?)
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

    fn standings(&self) -> Result<Vec<Standing>, StoreError> {
        Ok(files::standings(self.connection(), None)?)
    }

    fn standing(&self, uid: &Uid) -> Result<Option<Standing>, StoreError> {
        Ok(files::standings(self.connection(), Some(uid))?.pop())
    }

    fn file_fields(&self, uid: &Uid) -> Result<BTreeMap<String, String>, StoreError> {
        Ok(files::fields(self.connection(), uid)?)
    }

    fn disputes(&self, of: Option<&Uid>) -> Result<Vec<OpenDispute>, StoreError> {
        Ok(files::disputes(self.connection(), of)?)
    }
}
