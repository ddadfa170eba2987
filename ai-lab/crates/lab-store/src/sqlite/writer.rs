//! The writing half: one transaction, one entry of the log.

use std::collections::{BTreeMap, BTreeSet};

use lab_model::{
    Actor, Attachment, EntityKind, Facts, GithubRepo, Idea, ImportedValue, Label, Milestone,
    Moment, Prefix, Project, Uid, WorkItem, changes, next_child_label, next_label,
};
use rusqlite::Connection;
use uuid::{ContextV7, Timestamp, Uuid};

use super::head::{insert_head, kind_of, update_head};
use super::log::Entry;
use super::reader::{Connected, one};
use super::stored::Stored;
use super::{edges, files, names, provenance, writes};
use crate::{FileBase, OpenDispute, StoreError, Writer};

/// A write in progress.
#[derive(Debug)]
pub(super) struct Writing<'a> {
    connection: &'a Connection,
    births: Births,
    entry: Entry,
    /// Whose dependencies or parents may have changed.
    edges_of: BTreeMap<EntityKind, BTreeSet<Uid>>,
    minted: Minted,
    touched: Vec<(EntityKind, Uid)>,
}

/// The last label minted under each stem, so that a thousand in a row do not each look at all before.
///
/// Holds while labels come from minting alone; whatever else takes a label empties it.
#[derive(Debug, Default)]
struct Minted(BTreeMap<(EntityKind, String), Label>);

impl Minted {
    /// The label that the next one under a stem must be above.
    fn highest(
        &self,
        connection: &Connection,
        kind: EntityKind,
        stem: &str,
    ) -> rusqlite::Result<Option<String>> {
        match self.0.get(&(kind, stem.to_owned())) {
            Some(last) => Ok(Some(last.to_string())),
            None => names::highest(connection, kind, stem),
        }
    }

    fn remember(&mut self, kind: EntityKind, stem: &str, label: &Label) {
        self.0.insert((kind, stem.to_owned()), label.clone());
    }

    /// A label was taken that may not have been minted.
    fn notice(&mut self, label: &Label) {
        if !self.0.values().any(|minted| minted == label) {
            self.0.clear();
        }
    }
}

/// Makes uids that sort by their order of birth, also within a millisecond.
#[derive(Debug)]
struct Births {
    context: ContextV7,
    at: Moment,
}

impl Births {
    fn next(&self) -> Uid {
        // Before 1970 nobody kept a lab; such a clock counts as 1970.
        let ms = u64::try_from(self.at.ms()).unwrap_or(0);
        let nanoseconds = u32::try_from(ms % 1000 * 1_000_000).expect("under 1e9");
        let stamp = Timestamp::from_unix(&self.context, ms / 1000, nanoseconds);
        Uuid::new_v7(stamp)
            .to_string()
            .parse()
            .expect("a version 7 UUID is a uid")
    }
}

impl<'a> Writing<'a> {
    pub(super) fn new(connection: &'a Connection, actor: &Actor, at: Moment) -> Self {
        let births = Births {
            context: ContextV7::new(),
            at,
        };
        let entry = Entry::new(actor.clone(), at, births.next());
        Self {
            connection,
            births,
            entry,
            edges_of: BTreeMap::new(),
            minted: Minted::default(),
            touched: Vec::new(),
        }
    }

    /// The entities that changed, in the order of their changes.
    pub(super) fn into_touched(self) -> Vec<(EntityKind, Uid)> {
        self.touched
    }

    /// The last checks before the commit.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        edges::check(self.connection, &self.edges_of)
    }

    fn insert<S: Stored>(&mut self, entity: &S) -> Result<u64, StoreError> {
        let (connection, head) = (self.connection, entity.head());
        entity.check_unique(connection)?;
        insert_head(connection, S::KIND, head)?;
        names::claim(connection, S::KIND, &head.uid, &head.label, self.entry.at())?;
        self.minted.notice(&head.label);
        entity.save_row(connection)?;
        entity.save_parts(connection, None)?;
        let facts = changes(&Facts::default(), &entity.facts());
        self.entry
            .record(connection, S::KIND, (&head.uid, 1), &facts)?;
        self.edges_changed(S::KIND, &head.uid);
        self.touched.push((S::KIND, head.uid.clone()));
        Ok(1)
    }

    fn update<S: Stored>(&mut self, entity: &S) -> Result<u64, StoreError> {
        let (connection, head) = (self.connection, entity.head());
        let stored: S = one(connection, &head.uid)?.ok_or_else(|| StoreError::NotFound {
            kind: S::KIND,
            given: head.label.to_string(),
        })?;
        let (label, revision) = (&stored.head().label, stored.head().revision);
        if revision != head.revision {
            let label = label.clone();
            return Err(StoreError::Stale {
                label,
                seen: head.revision,
                stored: revision,
            });
        }
        let facts = changes(&stored.facts(), &entity.facts());
        if facts.is_empty() {
            return Ok(revision);
        }
        entity.check_unique(connection)?;
        update_head(connection, head, revision + 1, self.entry.at())?;
        if *label != head.label {
            self.minted.notice(&head.label);
            names::rename(connection, S::KIND, &head.uid, &head.label, self.entry.at())?;
        }
        entity.save_row(connection)?;
        entity.save_parts(connection, Some(&stored))?;
        self.entry
            .record(connection, S::KIND, (&head.uid, revision + 1), &facts)?;
        if facts
            .iter()
            .any(|change| matches!(change.fact.field, "dependencies" | "parent"))
        {
            self.edges_changed(S::KIND, &head.uid);
        }
        self.touched.push((S::KIND, head.uid.clone()));
        Ok(revision + 1)
    }

    fn edges_changed(&mut self, kind: EntityKind, uid: &Uid) {
        self.edges_of.entry(kind).or_default().insert(uid.clone());
    }
}

impl Connected for Writing<'_> {
    fn connection(&self) -> &Connection {
        self.connection
    }
}

impl Writer for Writing<'_> {
    fn at(&self) -> Moment {
        self.entry.at()
    }

    fn new_uid(&mut self) -> Uid {
        self.births.next()
    }

    fn mint(&mut self, kind: EntityKind, prefix: &Prefix) -> Result<Label, StoreError> {
        let highest = self
            .minted
            .highest(self.connection, kind, prefix.as_str())?;
        let label = next_label(prefix, highest.as_deref())?;
        self.minted.remember(kind, prefix.as_str(), &label);
        Ok(label)
    }

    fn mint_child(&mut self, kind: EntityKind, parent: &Label) -> Result<Label, StoreError> {
        let highest = self
            .minted
            .highest(self.connection, kind, parent.as_str())?;
        let label = next_child_label(parent, highest.as_deref())?;
        self.minted.remember(kind, parent.as_str(), &label);
        Ok(label)
    }

    fn set_verb(&mut self, verb: &str, reason: Option<&str>) {
        verb.clone_into(&mut self.entry.verb);
        self.entry.reason = reason.map(str::to_owned);
    }

    fn mark_taken_back(&mut self, number: u64) -> Result<(), StoreError> {
        let seq = self.entry.seq(self.connection)?;
        Ok(writes::mark_taken_back(self.connection, seq, number)?)
    }

    fn insert_project(&mut self, project: &Project) -> Result<u64, StoreError> {
        self.insert(project)
    }

    fn update_project(&mut self, project: &Project) -> Result<u64, StoreError> {
        self.update(project)
    }

    fn insert_idea(&mut self, idea: &Idea) -> Result<u64, StoreError> {
        self.insert(idea)
    }

    fn update_idea(&mut self, idea: &Idea) -> Result<u64, StoreError> {
        self.update(idea)
    }

    fn insert_item(&mut self, item: &WorkItem) -> Result<u64, StoreError> {
        self.insert(item)
    }

    fn update_item(&mut self, item: &WorkItem) -> Result<u64, StoreError> {
        self.update(item)
    }

    fn insert_milestone(&mut self, milestone: &Milestone) -> Result<u64, StoreError> {
        self.insert(milestone)
    }

    fn update_milestone(&mut self, milestone: &Milestone) -> Result<u64, StoreError> {
        self.update(milestone)
    }

    fn insert_repo(&mut self, repo: &GithubRepo) -> Result<u64, StoreError> {
        self.insert(repo)
    }

    fn update_repo(&mut self, repo: &GithubRepo) -> Result<u64, StoreError> {
        self.update(repo)
    }

    fn add_alias(&mut self, uid: &Uid, alias: &Label) -> Result<(), StoreError> {
        self.minted.notice(alias);
        match kind_of(self.connection, uid)? {
            Some(kind) => names::add_alias(self.connection, kind, uid, alias, self.entry.at()),
            None => Err(StoreError::NotFound {
                kind: EntityKind::Item,
                given: uid.to_string(),
            }),
        }
    }

    fn keep_imported_value(&mut self, value: &ImportedValue) -> Result<bool, StoreError> {
        Ok(provenance::keep_value(
            self.connection,
            value,
            self.entry.at(),
        )?)
    }

    fn keep_attachment(&mut self, attachment: &Attachment) -> Result<bool, StoreError> {
        Ok(provenance::keep_attachment(self.connection, attachment)?)
    }

    fn keep_file_base(&mut self, base: &FileBase) -> Result<(), StoreError> {
        Ok(files::keep_base(self.connection, base)?)
    }

    fn keep_file_fields(
        &mut self,
        uid: &Uid,
        fields: &BTreeMap<String, String>,
    ) -> Result<(), StoreError> {
        Ok(files::keep_fields(self.connection, uid, fields)?)
    }

    fn open_dispute(&mut self, dispute: &OpenDispute) -> Result<(), StoreError> {
        Ok(files::open_dispute(self.connection, dispute)?)
    }

    fn settle_dispute(&mut self, number: u64, settlement: &str) -> Result<(), StoreError> {
        let at = self.entry.at();
        Ok(files::settle_dispute(
            self.connection,
            number,
            settlement,
            at,
        )?)
    }

    fn give_up_label(
        &mut self,
        kind: EntityKind,
        uid: &Uid,
        label: &Label,
    ) -> Result<(), StoreError> {
        self.minted.notice(label);
        let at = self.entry.at();
        Ok(files::give_up_label(self.connection, kind, uid, label, at)?)
    }

    fn keep_former_label(
        &mut self,
        kind: EntityKind,
        uid: &Uid,
        label: &Label,
    ) -> Result<(), StoreError> {
        let at = self.entry.at();
        Ok(files::keep_former_label(
            self.connection,
            kind,
            uid,
            label,
            at,
        )?)
    }
}
