//! What becomes of each entity and its file.

use std::collections::{BTreeMap, BTreeSet};

use lab_files::{Dispute, Document, Merged, merge_documents};
use lab_mirror::Stamp;
use lab_model::{EntityKind, Head, Label, Moment, Record, Uid};
use lab_store::{DisputeSource, FileBase, OpenDispute, Reader, Standing, StoreError};

use crate::entity::{base_record, document, load, with_their_words};
use crate::picture::{FileSide, Picture, ReadFile, kept};
use crate::report::{Problem, ProblemKind};

/// A file that brings something.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    /// Whose it is, or will be.
    pub(crate) uid: Uid,
    /// Its path below the lab's folder.
    pub(crate) path: String,
    /// Its looks as it was read.
    pub(crate) stamp: Stamp,
    /// What the lab holds; `None` for what it does not have.
    pub(crate) head: Option<Head>,
    /// What the lab is to hold.
    pub(crate) document: Document,
    /// Whether that is other than what the lab holds now.
    pub(crate) is_change: bool,
    /// Whether the lab had changed too.
    pub(crate) both_changed: bool,
    /// Whether the file is to say something else than it does.
    pub(crate) is_rewritten: bool,
    /// What lab and file say differently.
    pub(crate) fresh: Vec<Dispute>,
    /// What was open before.
    pub(crate) open: Vec<OpenDispute>,
}

/// A file that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ToWrite {
    /// Whose.
    pub(crate) uid: Uid,
    /// Of which kind.
    pub(crate) kind: EntityKind,
    /// Where a file of it was seen, and how it looked.
    pub(crate) seen: Option<(String, Stamp)>,
    /// Why, in words.
    pub(crate) why: &'static str,
}

/// Everything that will be done.
#[derive(Clone, Debug, Default)]
pub(crate) struct Decision {
    /// Files that bring something.
    pub(crate) candidates: Vec<Candidate>,
    /// Entities whose files are gone.
    pub(crate) gone: Vec<Standing>,
    /// Files that are to be written as the lab has changed.
    pub(crate) write: Vec<ToWrite>,
    /// Files that look other than they did and say the same.
    pub(crate) same: Vec<FileBase>,
    /// What keeps files from being taken.
    pub(crate) problems: Vec<Problem>,
    /// How many files the lab and they were alike in before.
    pub(crate) had_files: usize,
}

/// What an earlier attempt has shown not to go together with the lab.
#[derive(Clone, Debug, Default)]
pub(crate) struct Refused {
    /// Files that are as if they had not changed.
    pub(crate) left_out: BTreeMap<String, Problem>,
    /// Files whose dependencies and parents would go round in a circle: of those the lab keeps its own.
    pub(crate) in_circle: BTreeSet<String>,
}

/// Decides without choosing anything: what is not clear is a dispute or a problem. The uids are for files without
/// one.
pub(crate) fn decide(
    tx: &dyn Reader,
    picture: &Picture<'_>,
    refused: &Refused,
    fresh_uids: &[Uid],
    at: Moment,
) -> Result<Decision, StoreError> {
    let mut deciding = Deciding {
        tx,
        labels: labels_of_files(picture),
        open: by_entity(tx.disputes(None)?),
        decision: Decision {
            problems: picture.problems.clone(),
            ..Decision::default()
        },
    };
    for (standing, side) in &picture.known {
        deciding.known(standing, side, refused)?;
    }
    let mut uids = fresh_uids.iter();
    for (path, file) in &picture.unknown {
        if refused.left_out.contains_key(*path) {
            continue;
        }
        let own = file.document.uid.clone();
        let Some(uid) = own.or_else(|| uids.next().cloned()) else {
            continue;
        };
        deciding.unknown(path, file, uid, (at, refused));
    }
    let mut decision = deciding.decision;
    decision.problems.extend(refused.left_out.values().cloned());
    let known: BTreeSet<&Uid> = picture.known.iter().map(|(it, _)| &it.uid).collect();
    drop_dangling(&mut decision, &known);
    decision
        .candidates
        .sort_by(|a, b| (a.document.kind, &a.uid).cmp(&(b.document.kind, &b.uid)));
    Ok(decision)
}

/// What labels will be of new entities: for references that a person wrote as labels.
fn labels_of_files(picture: &Picture<'_>) -> BTreeMap<(EntityKind, String), Uid> {
    let files = picture.unknown.iter();
    files
        .filter_map(|(_, file)| {
            let document = &file.document;
            let label = document.label.as_ref()?.as_str().to_ascii_lowercase();
            Some(((document.kind, label), document.uid.clone()?))
        })
        .collect()
}

fn by_entity(disputes: Vec<OpenDispute>) -> BTreeMap<Uid, Vec<OpenDispute>> {
    let mut by_entity: BTreeMap<Uid, Vec<OpenDispute>> = BTreeMap::new();
    for dispute in disputes {
        by_entity
            .entry(dispute.uid.clone())
            .or_default()
            .push(dispute);
    }
    by_entity
}

struct Deciding<'a> {
    tx: &'a dyn Reader,
    labels: BTreeMap<(EntityKind, String), Uid>,
    open: BTreeMap<Uid, Vec<OpenDispute>>,
    decision: Decision,
}

impl Deciding<'_> {
    fn known(
        &mut self,
        standing: &Standing,
        side: &FileSide<'_>,
        refused: &Refused,
    ) -> Result<(), StoreError> {
        let base = standing.base.as_ref();
        self.decision.had_files += usize::from(base.is_some_and(|it| it.file.is_some()));
        let is_changed = base.is_none_or(|base| base.revision != standing.revision);
        let its_file = base.and_then(|base| base.file.clone());
        let its_file = its_file.map(|(path, stamp)| (path, crate::picture::seen(stamp)));
        match side {
            FileSide::Unchanged if is_changed => self.write(standing, its_file, "the lab changed"),
            FileSide::Unchanged | FileSide::Unreadable => {}
            FileSide::None if base.is_none() => self.write(standing, None, "it has no file yet"),
            FileSide::None => {
                let away = self.is_archived(standing)?;
                if is_changed && !away {
                    self.write(standing, None, "it came back");
                }
            }
            FileSide::Gone if is_changed => {
                self.write(standing, None, "it was removed, but the lab changed since");
            }
            FileSide::Gone => self.decision.gone.push(standing.clone()),
            FileSide::Read(path, _) if refused.left_out.contains_key(*path) => {}
            FileSide::Read(path, file) => self.read(standing, (path, file), is_changed, refused)?,
        }
        Ok(())
    }

    fn is_archived(&self, standing: &Standing) -> Result<bool, StoreError> {
        let loaded = load(self.tx, standing.kind, &standing.uid)?;
        Ok(loaded.is_some_and(|it| it.head.archived))
    }

    fn write(&mut self, of: &Standing, seen: Option<(String, Stamp)>, why: &'static str) {
        self.decision.write.push(ToWrite {
            uid: of.uid.clone(),
            kind: of.kind,
            seen,
            why,
        });
    }

    /// The three versions of an entity whose file was read.
    fn read(
        &mut self,
        standing: &Standing,
        (path, file): (&str, &ReadFile),
        is_changed: bool,
        refused: &Refused,
    ) -> Result<(), StoreError> {
        let (tx, uid, kind) = (self.tx, &standing.uid, standing.kind);
        let Some(loaded) = load(tx, kind, uid)? else {
            return Ok(());
        };
        let open = self.open.remove(uid).unwrap_or_default();
        let head = loaded.head.clone();
        let lab = document(tx, kind, loaded, &open)?;
        let base = match &standing.base {
            Some(base) => base_document(base_record(tx, uid, base.revision, &open)?, &lab),
            None => Document {
                uid: Some(uid.clone()),
                ..Document::empty(kind)
            },
        };
        let mut theirs = file.document.clone();
        theirs.uid = Some(uid.clone());
        theirs.label = theirs.label.or_else(|| lab.label.clone());
        theirs.tidy_disputes();
        if let Some(problem) = look_up(self.tx, &self.labels, path, &mut theirs) {
            self.decision.problems.push(problem);
            return Ok(());
        }
        let merged = merge_documents(&base, &lab, &theirs);
        let Merged::Document {
            mut document,
            mut fresh,
        } = merged
        else {
            return Ok(());
        };
        if refused.in_circle.contains(path) {
            fresh.extend(keep_edges(&mut document.record, &base.record, &lab.record));
        }
        let wanted = wanted_file(&document, uid, &fresh);
        let is_rewritten = !says_the_same(&wanted, &file.document);
        let is_change = !says_the_same(&document, &lab) || disputes_change(&open, &fresh);
        if !is_change && !is_rewritten {
            self.decision.same.push(FileBase {
                uid: uid.clone(),
                file: Some((path.to_owned(), kept(file.stamp))),
                revision: standing.revision,
            });
            return Ok(());
        }
        self.decision.candidates.push(Candidate {
            uid: uid.clone(),
            path: path.to_owned(),
            stamp: file.stamp,
            head: Some(head),
            document: *document,
            is_change,
            both_changed: is_changed,
            is_rewritten,
            fresh,
            open,
        });
        Ok(())
    }

    fn unknown(
        &mut self,
        path: &str,
        file: &ReadFile,
        uid: Uid,
        (at, refused): (Moment, &Refused),
    ) {
        let mut document = file.document.clone();
        if document.uid.is_none() && document.record.get("created_at", "").is_none() {
            document.record.put("created_at", "", Some(at.to_string()));
            document.updated_at = document.updated_at.or(Some(at));
        }
        document.uid = Some(uid.clone());
        if let Some(problem) = look_up(self.tx, &self.labels, path, &mut document) {
            self.decision.problems.push(problem);
            return;
        }
        let is_rewritten = !says_the_same(&document, &file.document);
        let mut fresh = Vec::new();
        if refused.in_circle.contains(path) {
            let nothing = Record::default();
            fresh = keep_edges(&mut document.record, &nothing, &nothing);
        }
        self.decision.candidates.push(Candidate {
            uid,
            path: path.to_owned(),
            stamp: file.stamp,
            head: None,
            document,
            is_change: true,
            both_changed: false,
            is_rewritten,
            fresh,
            open: Vec::new(),
        });
    }
}

/// Puts uids in place of the labels that a person wrote; tells of one that names nothing.
pub(crate) fn look_up(
    tx: &dyn Reader,
    labels: &BTreeMap<(EntityKind, String), Uid>,
    path: &str,
    document: &mut Document,
) -> Option<Problem> {
    let find = |kind: EntityKind, name: &str| -> Option<Uid> {
        let label: Label = name.parse().ok()?;
        let known = tx.uid_of(kind, &label).ok().flatten();
        known
            .or_else(|| {
                // A project's prefix, a repository's name: never the beginning of a label.
                let is_second_name = matches!(kind, EntityKind::Project | EntityKind::Repo);
                let found = is_second_name.then(|| tx.resolve(kind, name).ok())??;
                let label = tx.label_of(&found).ok()??;
                let begins = label.as_str().to_ascii_lowercase();
                (!begins.starts_with(&name.to_ascii_lowercase())).then_some(found)
            })
            .or_else(|| {
                let key = (kind, name.to_ascii_lowercase());
                labels.get(&key).cloned()
            })
    };
    for (field, kind, name) in document.named_references() {
        let Some(uid) = find(kind, &name) else {
            return Some(Problem {
                kind: ProblemKind::Dangling,
                path: path.to_owned(),
                message: format!("`{field}`: no {kind} is called `{}`", name.escape_debug()),
            });
        };
        document.record.put(field, "", Some(uid.to_string()));
    }
    let unresolved: Vec<String> = document
        .record
        .iter()
        .filter(|(field, _, _)| *field == "dependencies.unresolved")
        .map(|(_, member, _)| member.to_owned())
        .collect();
    for name in unresolved {
        if let Some(uid) = find(document.kind, &name) {
            let record = &mut document.record;
            record.put("dependencies.unresolved", &name, None);
            record.put("dependencies", uid.as_str(), Some(uid.to_string()));
        }
    }
    None
}

/// Has a record keep the lab's dependencies and parent; what it said otherwise is in dispute from now on.
fn keep_edges(record: &mut Record, base: &Record, lab: &Record) -> Vec<Dispute> {
    let is_edge = |field: &str| matches!(field, "dependencies" | "parent");
    let edges: BTreeSet<(String, String)> = record
        .iter()
        .chain(lab.iter())
        .filter(|(field, _, _)| is_edge(field))
        .map(|(field, member, _)| (field.to_owned(), member.to_owned()))
        .collect();
    let mut disputes = Vec::new();
    for (field, member) in edges {
        let text = |of: &Record| of.get(&field, &member).map(str::to_owned);
        let (ours, theirs) = (text(lab), text(record));
        if ours != theirs {
            let base = text(base);
            record.put(&field, &member, ours.clone());
            disputes.push(Dispute {
                field,
                member,
                base,
                ours,
                theirs,
            });
        }
    }
    disputes
}

/// What both were last alike in, as a document: names and unknown fields are what the lab has kept of them.
fn base_document(mut record: Record, lab: &Document) -> Document {
    let label = record.get("label", "").and_then(|text| text.parse().ok());
    record.put("label", "", None);
    Document {
        label,
        record,
        ..lab.clone()
    }
}

/// What the file is to say: what the lab says, and where they are in dispute its own.
fn wanted_file(document: &Document, uid: &Uid, fresh: &[Dispute]) -> Document {
    let open: Vec<OpenDispute> = fresh
        .iter()
        .map(|it| opened(uid, it, DisputeSource::Sync))
        .collect();
    with_their_words(document.clone(), &open)
}

/// A dispute as the store keeps it.
pub(crate) fn opened(uid: &Uid, dispute: &Dispute, source: DisputeSource) -> OpenDispute {
    OpenDispute {
        number: 0,
        uid: uid.clone(),
        source,
        field: dispute.field.clone(),
        member: dispute.member.clone(),
        base: dispute.base.clone(),
        ours: dispute.ours.clone(),
        theirs: dispute.theirs.clone(),
        others: Vec::new(),
        opened_at: Moment::from_ms(0).expect("1970 is in range"),
    }
}

/// Whether two documents tell the same of an entity; when it was changed is no part of that.
pub(crate) fn says_the_same(a: &Document, b: &Document) -> bool {
    a.uid == b.uid
        && a.label == b.label
        && a.aliases == b.aliases
        && a.record == b.record
        && a.extras == b.extras
        && a.disputes == b.disputes
}

/// Whether the disputes between lab and file are other than those that are open.
fn disputes_change(open: &[OpenDispute], fresh: &[Dispute]) -> bool {
    let known: Vec<Dispute> = open
        .iter()
        .filter(|it| it.source == DisputeSource::Sync)
        .map(crate::entity::between)
        .collect();
    known.len() != fresh.len() || fresh.iter().any(|it| !known.contains(it))
}

/// Leaves out what refers to nothing, until nothing more does.
fn drop_dangling(decision: &mut Decision, known: &BTreeSet<&Uid>) {
    loop {
        let coming: BTreeSet<Uid> = decision
            .candidates
            .iter()
            .map(|it| it.uid.clone())
            .collect();
        let lost = |candidate: &Candidate| {
            let references = candidate.document.references().into_iter();
            references
                .filter(|uid| !known.contains(uid) && !coming.contains(uid))
                .map(|uid| {
                    let hint = candidate.document.hints.get(uid.as_str());
                    hint.map_or_else(|| uid.to_string(), |label| format!("{label} <{uid}>"))
                })
                .next()
        };
        let place = decision
            .candidates
            .iter()
            .enumerate()
            .find_map(|(index, candidate)| Some((index, lost(candidate)?)));
        let Some((index, reference)) = place else {
            return;
        };
        let candidate = decision.candidates.remove(index);
        decision.problems.push(Problem {
            kind: ProblemKind::Dangling,
            path: candidate.path,
            message: format!("it refers to {reference}, which neither the lab nor a file has"),
        });
    }
}
