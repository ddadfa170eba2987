//! Entities of every kind as records, in and out of the store.

use lab_files::{Dispute, Document, EXTRA, Names};
use lab_model::{
    Entity, EntityKind, GithubRepo, Head, Idea, Identity, Milestone, Project, Record, RecordError,
    Recorded, Uid, WorkItem,
};
use lab_store::{DisputeSource, OpenDispute, Reader, StoreError, Writer};
use serde_json::{Map, Value};

/// An entity of whatever kind.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    /// The common part.
    pub(crate) head: Head,
    /// All facts, the label among them.
    pub(crate) record: Record,
}

fn loaded<E: Entity>(entity: &E) -> Loaded {
    Loaded {
        head: entity.head().clone(),
        record: Record::from(entity.facts()),
    }
}

/// One entity; `None` where there is none.
pub(crate) fn load(
    tx: &dyn Reader,
    kind: EntityKind,
    uid: &Uid,
) -> Result<Option<Loaded>, StoreError> {
    Ok(match kind {
        EntityKind::Project => tx.project(uid)?.as_ref().map(loaded),
        EntityKind::Idea => tx.idea(uid)?.as_ref().map(loaded),
        EntityKind::Item => tx.item(uid)?.as_ref().map(loaded),
        EntityKind::Milestone => tx.milestone(uid)?.as_ref().map(loaded),
        EntityKind::Repo => tx.repo(uid)?.as_ref().map(loaded),
    })
}

/// Why a record was not stored.
#[derive(Debug)]
pub(crate) enum NotStored {
    /// It is no entity.
    Record(RecordError),
    /// The store refused it.
    Store(StoreError),
}

impl From<RecordError> for NotStored {
    fn from(error: RecordError) -> Self {
        Self::Record(error)
    }
}

impl From<StoreError> for NotStored {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Inserts an entity of revision 0, or writes what changed of one; answers with the revision now stored.
pub(crate) fn store(
    tx: &mut dyn Writer,
    kind: EntityKind,
    identity: Identity,
    record: Record,
) -> Result<u64, NotStored> {
    let is_new = identity.revision == 0;
    macro_rules! put {
        ($entity:ty, $insert:ident, $update:ident) => {{
            let entity = <$entity>::from_record(identity, record)?;
            if is_new {
                tx.$insert(&entity)?
            } else {
                tx.$update(&entity)?
            }
        }};
    }
    Ok(match kind {
        EntityKind::Project => put!(Project, insert_project, update_project),
        EntityKind::Idea => put!(Idea, insert_idea, update_idea),
        EntityKind::Item => put!(WorkItem, insert_item, update_item),
        EntityKind::Milestone => put!(Milestone, insert_milestone, update_milestone),
        EntityKind::Repo => put!(GithubRepo, insert_repo, update_repo),
    })
}

/// An entity as a document: the lab's side of a comparison, and what its file is to say.
pub(crate) fn document(
    tx: &dyn Reader,
    kind: EntityKind,
    loaded: Loaded,
    open: &[OpenDispute],
) -> Result<Document, StoreError> {
    let head = loaded.head;
    let mut record = loaded.record;
    record.put("label", "", None);
    let mut document = Document {
        kind,
        aliases: tx.aliases(&head.uid)?.into_iter().collect(),
        extras: extras(tx, &head.uid)?,
        uid: Some(head.uid),
        label: Some(head.label),
        record,
        updated_at: head.updated_at,
        disputes: open.iter().flat_map(of_branches).collect(),
        hints: std::collections::BTreeMap::new(),
    };
    document.tidy_disputes();
    Ok(document)
}

/// What an open dispute is between branches: a document tells of those, one by one.
fn of_branches(open: &OpenDispute) -> Vec<Dispute> {
    let first = match open.source {
        DisputeSource::Merge => Some(&open.theirs),
        DisputeSource::Sync => None,
    };
    let others = first.into_iter().chain(&open.others);
    others
        .map(|theirs| Dispute {
            theirs: theirs.clone(),
            ..between(open)
        })
        .collect()
}

/// The first of an open dispute.
pub(crate) fn between(open: &OpenDispute) -> Dispute {
    Dispute {
        field: open.field.clone(),
        member: open.member.clone(),
        base: open.base.clone(),
        ours: open.ours.clone(),
        theirs: open.theirs.clone(),
    }
}

/// What the entity's file says that this version does not know.
fn extras(tx: &dyn Reader, uid: &Uid) -> Result<Map<String, Value>, StoreError> {
    let kept = tx.file_fields(uid)?;
    let read = |(name, text): (String, String)| {
        // It was JSON when it was kept; as a text it is not lost either.
        let value = serde_json::from_str(&text).unwrap_or(Value::String(text));
        (name, value)
    };
    Ok(kept.into_iter().map(read).collect())
}

/// What a document's file is to say where the lab and it are in dispute: each keeps its own.
pub(crate) fn with_their_words(mut document: Document, open: &[OpenDispute]) -> Document {
    for dispute in open.iter().filter(|it| it.source == DisputeSource::Sync) {
        if dispute.field == EXTRA {
            let value = dispute.theirs.as_deref().map(serde_json::from_str::<Value>);
            match value {
                Some(Ok(value)) => document.extras.insert(dispute.member.clone(), value),
                Some(Err(_)) | None => document.extras.remove(&dispute.member),
            };
            continue;
        }
        let text = dispute.theirs.clone();
        document.record.put(&dispute.field, &dispute.member, text);
    }
    document
}

/// What people call everything that a document refers to.
pub(crate) fn names_of(tx: &dyn Reader, document: &Document) -> Result<Names, StoreError> {
    let mut names = Names::default();
    for uid in document.references() {
        if let Some(label) = tx.label_of(&uid)? {
            names.0.insert(uid.to_string(), label.to_string());
        }
    }
    Ok(names)
}

/// The facts that an entity's file told when both were last alike, with what was in dispute then as both had it before.
pub(crate) fn base_record(
    tx: &dyn Reader,
    uid: &Uid,
    revision: u64,
    open: &[OpenDispute],
) -> Result<Record, StoreError> {
    let history = tx.history(uid)?;
    let known = history.iter().filter(|it| it.revision <= revision);
    let mut record = Record::fold(known);
    for dispute in open.iter().filter(|it| it.source == DisputeSource::Sync) {
        record.put(&dispute.field, &dispute.member, dispute.base.clone());
    }
    Ok(record)
}
