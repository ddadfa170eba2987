//! Documents that come from elsewhere: taken as they are, without a file of their own.

use std::collections::{BTreeMap, BTreeSet};

use lab_files::{Document, Names};
use lab_mirror::Stamp;
use lab_model::{EntityKind, Uid};
use lab_store::{Reader, StoreError, Writer};

use crate::apply::{Applying, Stop};
use crate::decide::{Candidate, look_up, says_the_same};
use crate::entity::{document, load, names_of};
use crate::report::Did;

/// A document and where it comes from.
#[derive(Clone, Debug)]
pub struct Brought {
    /// For people, such as `line 7`.
    pub place: String,
    /// What it says; with the uid that it has or gets.
    pub document: Document,
}

/// Why documents were not taken. The write that they were part of is to be given up.
#[derive(Debug, thiserror::Error)]
pub enum BringError {
    /// The store failed, or they go round in a circle.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// One of them does not go together with the lab.
    #[error("{place}: {message}")]
    Refused {
        /// Where it comes from.
        place: String,
        /// Why not.
        message: String,
    },
}

/// An entity as a document; `None` where there is none.
pub fn document_of(
    tx: &dyn Reader,
    kind: EntityKind,
    uid: &Uid,
) -> Result<Option<Document>, StoreError> {
    let Some(loaded) = load(tx, kind, uid)? else {
        return Ok(None);
    };
    let open = tx.disputes(Some(uid))?;
    document(tx, kind, loaded, &open).map(Some)
}

/// What people call everything that documents refer to.
pub fn names_in(tx: &dyn Reader, documents: &[Document]) -> Result<Names, StoreError> {
    let mut names = Names::default();
    for document in documents {
        names.0.extend(names_of(tx, document)?.0);
    }
    Ok(names)
}

/// Takes documents: what the lab has becomes as they say, what it does not have comes to be. A second time changes
/// nothing. Answers with what was done.
pub fn bring(tx: &mut dyn Writer, brought: Vec<Brought>) -> Result<Vec<Did>, BringError> {
    let labels: BTreeMap<(EntityKind, String), Uid> = brought
        .iter()
        .filter_map(|it| {
            let label = it.document.label.as_ref()?.as_str().to_ascii_lowercase();
            Some(((it.document.kind, label), it.document.uid.clone()?))
        })
        .collect();
    let coming: BTreeSet<Uid> = brought
        .iter()
        .filter_map(|it| it.document.uid.clone())
        .collect();
    let mut candidates = Vec::new();
    for it in brought {
        candidates.push(candidate(tx, it, &labels, &coming)?);
    }
    let files = BTreeMap::new();
    let mut applying = Applying::without_files(tx, &files);
    let mut waiting = Vec::new();
    for candidate in &candidates {
        if !applying.candidate(candidate, false).map_err(refused)? {
            waiting.push(candidate);
        }
    }
    for candidate in waiting {
        applying.candidate(candidate, true).map_err(refused)?;
    }
    Ok(applying.into_did())
}

fn refused(stop: Stop) -> BringError {
    match stop {
        Stop::Store(error) => BringError::Store(error),
        Stop::Refused { path, message } => BringError::Refused {
            place: path,
            message,
        },
        Stop::Rehearsed(_) => unreachable!("only a sync is rehearsed"),
    }
}

fn candidate(
    tx: &dyn Reader,
    brought: Brought,
    labels: &BTreeMap<(EntityKind, String), Uid>,
    coming: &BTreeSet<Uid>,
) -> Result<Candidate, BringError> {
    let Brought {
        place,
        mut document,
    } = brought;
    let refused = |place: &str, message: String| BringError::Refused {
        place: place.to_owned(),
        message,
    };
    let Some(uid) = document.uid.clone() else {
        return Err(refused(&place, "it has no uid".to_owned()));
    };
    if let Some(problem) = look_up(tx, labels, &place, &mut document) {
        return Err(refused(&place, problem.message));
    }
    for on in document.references() {
        if !coming.contains(&on) && tx.standing(&on)?.is_none() {
            let told = format!("it refers to {on}, which neither the lab nor the text has");
            return Err(refused(&place, told));
        }
    }
    let head = load(tx, document.kind, &uid)?.map(|it| it.head);
    let known = document_of(tx, document.kind, &uid)?;
    if let Some(known) = &known {
        document.aliases.extend(known.aliases.iter().cloned());
        document.disputes.clone_from(&known.disputes);
        document.label = document.label.or_else(|| known.label.clone());
        if let (Some(own), Some(label)) = (&known.label, &document.label)
            && own != label
        {
            document.aliases.insert(own.clone());
        }
        if let Some(label) = &document.label {
            document.aliases.remove(label);
        }
    }
    Ok(Candidate {
        uid,
        path: place,
        stamp: Stamp {
            bytes: 0,
            changed_ns: 0,
            inode: 0,
        },
        is_change: known
            .as_ref()
            .is_none_or(|known| !says_the_same(known, &document)),
        head,
        document,
        both_changed: false,
        is_rewritten: false,
        fresh: Vec::new(),
        open: Vec::new(),
    })
}
