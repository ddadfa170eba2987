//! Carries the lab's part of a decision out, within one write.

use std::collections::BTreeMap;

use lab_files::Document;
use lab_mirror::Stamp;
use lab_model::{EntityKind, Identity, Label, Uid};
use lab_store::{DisputeSource, FileBase, OpenDispute, Standing, StoreError, Writer};

use crate::decide::{Candidate, Decision, ToWrite, opened};
use crate::entity::{Loaded, NotStored, load, store};
use crate::labels::{Way, clear, minted, renumbered};
use crate::picture::kept;
use crate::report::{Did, DidKind};

/// What was done to the lab, and what is to be done to the files.
#[derive(Clone, Debug, Default)]
pub(crate) struct Applied {
    /// In its order.
    pub(crate) did: Vec<Did>,
    /// Files to be written.
    pub(crate) write: Vec<ToWrite>,
}

/// Why a write was taken back.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The store failed.
    Store(StoreError),
    /// One file does not go together with the lab.
    Refused {
        /// Which.
        path: String,
        /// Why.
        message: String,
    },
    /// It was a rehearsal: this is what would have been done.
    Rehearsed(Box<(Applied, Decision)>),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Writes what the files bring.
pub(crate) fn apply(
    tx: &mut dyn Writer,
    decision: &Decision,
    files: &BTreeMap<Uid, (String, Stamp)>,
) -> Result<Applied, Stop> {
    let mut applying = Applying {
        tx,
        has_files: true,
        files,
        applied: Applied {
            write: decision.write.clone(),
            ..Applied::default()
        },
    };
    let mut waiting: Vec<&Candidate> = Vec::new();
    for candidate in &decision.candidates {
        if !applying.candidate(candidate, false)? {
            waiting.push(candidate);
        }
    }
    // Now everybody who could have their label has it, and what is minted is behind all of them.
    for candidate in waiting {
        applying.candidate(candidate, true)?;
    }
    for standing in &decision.gone {
        applying.put_away(standing)?;
    }
    for base in &decision.same {
        applying.tx.keep_file_base(base)?;
    }
    Ok(applying.applied)
}

/// A write in progress.
pub(crate) struct Applying<'a> {
    tx: &'a mut dyn Writer,
    /// Whether what is taken comes from files of its own, and not from a text of many.
    has_files: bool,
    /// Where the files are, but for those that cannot be read.
    files: &'a BTreeMap<Uid, (String, Stamp)>,
    applied: Applied,
}

impl<'a> Applying<'a> {
    /// One that takes from a text of many.
    pub(crate) fn without_files(
        tx: &'a mut dyn Writer,
        files: &'a BTreeMap<Uid, (String, Stamp)>,
    ) -> Self {
        Self {
            tx,
            has_files: false,
            files,
            applied: Applied::default(),
        }
    }

    /// What was done.
    pub(crate) fn into_did(self) -> Vec<Did> {
        self.applied.did
    }

    /// Takes one file's part; `false` where its label is another's and it can wait.
    pub(crate) fn candidate(
        &mut self,
        candidate: &Candidate,
        is_last_call: bool,
    ) -> Result<bool, Stop> {
        let kind = candidate.document.kind;
        let Some(label) = self.label_for(candidate, is_last_call)? else {
            return Ok(false);
        };
        let asked = candidate.document.label.as_ref();
        let is_other = asked.is_some_and(|it| *it != label);
        let revision = if candidate.is_change || is_other {
            self.store(candidate, &label)?
        } else {
            candidate.head.as_ref().map_or(1, |head| head.revision)
        };
        if let Some(asked) = asked.filter(|_| is_other) {
            self.tx.keep_former_label(kind, &candidate.uid, asked)?;
            self.did(
                DidKind::Renumber,
                &label,
                &candidate.path,
                format!("{asked} is an older one's"),
            );
        }
        self.names(candidate)?;
        self.tell(candidate, &label);
        if self.has_files {
            self.disputes(candidate)?;
            self.base(candidate, revision, is_other || asked.is_none())?;
        }
        Ok(true)
    }

    /// The label that a candidate gets; `None` where it is to be asked again.
    fn label_for(
        &mut self,
        candidate: &Candidate,
        is_last_call: bool,
    ) -> Result<Option<Label>, Stop> {
        let (document, uid) = (&candidate.document, &candidate.uid);
        let Some(wanted) = &document.label else {
            if !is_last_call {
                return Ok(None);
            }
            let (parent, project) = (
                reference(document, "parent"),
                reference(document, "project"),
            );
            let label = minted(self.tx, document.kind, parent.as_ref(), project.as_ref())?;
            return Ok(Some(label));
        };
        let holder = match clear(self.tx, document.kind, uid, wanted)? {
            Way::Free => return Ok(Some(wanted.clone())),
            Way::Held(_) if !is_last_call => return Ok(None),
            Way::Held(holder) => holder,
        };
        if *uid < holder {
            self.renumber(document.kind, &holder, wanted)?;
            self.tx.give_up_label(document.kind, &holder, wanted)?;
            return Ok(Some(wanted.clone()));
        }
        let own = self.tx.label_of(uid)?.filter(|own| own != wanted);
        Ok(Some(match own {
            Some(own) => own,
            None => renumbered(self.tx, document.kind, wanted)?,
        }))
    }

    /// Gives a younger entity of the lab another label.
    fn renumber(&mut self, kind: EntityKind, uid: &Uid, label: &Label) -> Result<(), Stop> {
        let new = renumbered(self.tx, kind, label)?;
        let Some(Loaded { head, mut record }) = load(self.tx, kind, uid)? else {
            return Ok(());
        };
        record.put("label", "", Some(new.to_string()));
        let path = self.files.get(uid).map_or("", |(path, _)| path).to_owned();
        store(self.tx, kind, Identity::of(&head), record).map_err(|error| stopped(error, &path))?;
        self.did(
            DidKind::Renumber,
            &new,
            &path,
            format!("{label} is an older one's"),
        );
        self.applied.write.retain(|it| it.uid != *uid);
        self.applied.write.push(ToWrite {
            uid: uid.clone(),
            kind,
            seen: self.files.get(uid).cloned(),
            why: "it has another label",
        });
        Ok(())
    }

    fn store(&mut self, candidate: &Candidate, label: &Label) -> Result<u64, Stop> {
        let document = &candidate.document;
        let mut record = document.record.clone();
        record.put("label", "", Some(label.to_string()));
        let identity = match &candidate.head {
            // An earlier one may have been renumbered meanwhile.
            Some(head) => load(self.tx, document.kind, &candidate.uid)?
                .map_or_else(|| Identity::of(head), |it| Identity::of(&it.head)),
            None => Identity {
                uid: candidate.uid.clone(),
                revision: 0,
                updated_at: document.updated_at,
            },
        };
        store(self.tx, document.kind, identity, record)
            .map_err(|error| stopped(error, &candidate.path))
    }

    /// Earlier names and unknown fields.
    fn names(&mut self, candidate: &Candidate) -> Result<(), Stop> {
        let (kind, uid) = (candidate.document.kind, &candidate.uid);
        for alias in &candidate.document.aliases {
            match self.tx.uid_of(kind, alias)? {
                None => self.tx.add_alias(uid, alias)?,
                Some(owner) if owner == *uid => {}
                Some(_) => self.tx.keep_former_label(kind, uid, alias)?,
            }
        }
        let extras: BTreeMap<String, String> = candidate
            .document
            .extras
            .iter()
            .map(|(name, value)| (name.clone(), value.to_string()))
            .collect();
        if self.tx.file_fields(uid)? != extras {
            self.tx.keep_file_fields(uid, &extras)?;
        }
        Ok(())
    }

    fn disputes(&mut self, candidate: &Candidate) -> Result<(), Stop> {
        let at = self.tx.at();
        let mut standing: BTreeMap<(&str, &str), OpenDispute> = BTreeMap::new();
        let fresh = candidate.fresh.iter().map(|it| (it, DisputeSource::Sync));
        let carried = candidate.document.disputes.iter();
        for (dispute, source) in fresh.chain(carried.map(|it| (it, DisputeSource::Merge))) {
            let own = opened(&candidate.uid, dispute, source);
            standing
                .entry((&dispute.field, &dispute.member))
                .and_modify(|it| it.others.push(dispute.theirs.clone()))
                .or_insert(OpenDispute {
                    opened_at: at,
                    ..own
                });
        }
        for known in &candidate.open {
            if !standing.contains_key(&(known.field.as_str(), known.member.as_str())) {
                let end = "both sides are alike";
                self.tx.settle_dispute(known.number, end)?;
            }
        }
        let mut standing = standing.values();
        Ok(standing.try_for_each(|dispute| self.tx.open_dispute(dispute))?)
    }

    fn tell(&mut self, candidate: &Candidate, label: &Label) {
        let what = match (&candidate.head, candidate.is_change, candidate.both_changed) {
            (None, _, _) => DidKind::Create,
            (Some(_), true, true) => DidKind::Merge,
            (Some(_), true, false) => DidKind::Take,
            (Some(_), false, _) => return,
        };
        let why = match candidate.fresh.len() {
            0 => String::new(),
            1 => "one conflict".to_owned(),
            more => format!("{more} conflicts"),
        };
        self.did(what, label, &candidate.path, why);
    }

    fn did(&mut self, what: DidKind, label: &Label, path: &str, why: String) {
        self.applied.did.push(Did {
            what,
            label: label.to_string(),
            path: path.to_owned(),
            why,
        });
    }

    /// Notes that lab and file are alike, or that the file is to be written.
    fn base(&mut self, candidate: &Candidate, revision: u64, is_named: bool) -> Result<(), Stop> {
        let is_rewritten = candidate.is_rewritten || is_named;
        let file = (candidate.path.clone(), candidate.stamp);
        if !is_rewritten || candidate.head.is_none() {
            let mut stamp = kept(candidate.stamp);
            if is_rewritten {
                // Should the writing not come about, the file is read again, and known to be this one's.
                stamp.changed_ns = stamp.changed_ns.wrapping_sub(1);
            }
            self.tx.keep_file_base(&FileBase {
                uid: candidate.uid.clone(),
                file: Some((candidate.path.clone(), stamp)),
                revision,
            })?;
        }
        if is_rewritten {
            self.applied.write.retain(|it| it.uid != candidate.uid);
            self.applied.write.push(ToWrite {
                uid: candidate.uid.clone(),
                kind: candidate.document.kind,
                seen: Some(file),
                why: "lab and file together",
            });
        }
        Ok(())
    }

    fn put_away(&mut self, standing: &Standing) -> Result<(), Stop> {
        let path = standing.base.as_ref().and_then(|it| it.file.as_ref());
        let path = path.map_or("", |(path, _)| path).to_owned();
        let Some(Loaded { head, mut record }) = load(self.tx, standing.kind, &standing.uid)? else {
            return Ok(());
        };
        let mut revision = head.revision;
        if !head.archived {
            record.put("archived", "", Some("true".to_owned()));
            revision = store(self.tx, standing.kind, Identity::of(&head), record)
                .map_err(|error| stopped(error, &path))?;
            let why = "its file is gone".to_owned();
            self.did(DidKind::PutAway, &head.label, &path, why);
        }
        self.tx.keep_file_base(&FileBase {
            uid: standing.uid.clone(),
            file: None,
            revision,
        })?;
        Ok(())
    }
}

fn reference(document: &Document, field: &str) -> Option<Uid> {
    document.record.get(field, "")?.parse().ok()
}

/// What a refusal of the store means: of what only one entity can have, the file's; else the sync's.
fn stopped(error: NotStored, path: &str) -> Stop {
    let message = match error {
        NotStored::Record(error) => error.to_string(),
        NotStored::Store(error @ StoreError::Taken { .. }) => error.to_string(),
        NotStored::Store(error) => return Stop::Store(error),
    };
    Stop::Refused {
        path: path.to_owned(),
        message,
    }
}
