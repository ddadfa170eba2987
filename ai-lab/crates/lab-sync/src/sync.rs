//! A whole sync, and its rehearsal.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;

use lab_mirror::{FilesLock, LockError, ScanError, Stamp};
use lab_model::{Label, Moment, Uid};
use lab_store::{Reader, SqliteStore, Store, StoreError, Writer};

use crate::apply::{Applied, Stop, apply};
use crate::decide::{Decision, Refused, decide};
use crate::file_actor;
use crate::picture::{FileSide, Picture, Shelf, seen};
use crate::report::{Did, DidKind, Problem, ProblemKind, SyncReport};
use crate::resolve::rows;
use crate::write_out::{Written, sweep, write_out};

/// How many files may be refused one after the other: more are not single mistakes, and each costs a whole attempt.
const MOST_REFUSALS: usize = 64;

/// Up to how many files may be gone at once without a word.
const FEW_GONE: usize = 20;

/// What is to be made alike.
#[derive(Clone, Copy, Debug)]
pub struct SyncRequest<'a> {
    /// The lab's folder.
    pub root: &'a Path,
    /// Now.
    pub at: Moment,
    /// Whether it is meant that many files are gone.
    pub many_gone: bool,
}

/// Why nothing was made alike. Lab and files are as they were.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// Another sync's lock.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The files could not be listed.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The lab could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// More files are gone than anybody removes by hand.
    #[error("{gone} of {files} files are gone; their entities would be put away")]
    ManyGone {
        /// How many.
        gone: usize,
        /// Of how many.
        files: usize,
    },
    /// More goes round in circles than single mistakes would.
    #[error("the dependencies of more than {MOST_REFUSALS} files go round in circles")]
    TooManyCircles,
    /// Too much does not go together.
    #[error("more than {MOST_REFUSALS} files do not go together with the lab; the last: {}: {}", .0.path, .0.message)]
    TooManyRefusals(Problem),
}

/// What a sync would do, with nothing written.
pub fn plan(store: &mut SqliteStore, request: &SyncRequest<'_>) -> Result<SyncReport, SyncError> {
    run(store, request, true)
}

/// Makes lab and files alike, but for what is named in the report.
pub fn sync(store: &mut SqliteStore, request: &SyncRequest<'_>) -> Result<SyncReport, SyncError> {
    run(store, request, false)
}

fn run(
    store: &mut SqliteStore,
    request: &SyncRequest<'_>,
    is_rehearsal: bool,
) -> Result<SyncReport, SyncError> {
    let _lock = FilesLock::take(request.root)?;
    // Whoever has nothing to do does not keep others from writing.
    let (shelf, idle) = store.read(|tx| {
        let standings = tx.standings()?;
        let in_dispute = tx.disputes(None)?.into_iter().map(|it| it.uid).collect();
        let shelf = Shelf::look(request.root, &standings, &in_dispute)?;
        let picture = Picture::paired(standings, &shelf);
        let decision = decide(tx, &picture, &Refused::default(), &[], request.at)?;
        let is_idle = picture.unknown.is_empty() && is_nothing(&decision);
        drop(picture);
        Ok::<_, SyncError>((shelf, is_idle.then_some(decision)))
    })?;
    let (applied, decision) = match idle {
        Some(decision) => (Applied::default(), decision),
        None => attempt(store, request, &shelf, is_rehearsal)?,
    };
    let written = if is_rehearsal {
        Written {
            did: store.read(|tx| foreseen(tx, &applied))?,
            problems: Vec::new(),
        }
    } else {
        write_out(store, request.root, request.at, applied.write)?
    };
    store.take_touched();
    let mut did = applied.did;
    did.extend(written.did);
    did.sort_by(by_label);
    let mut problems = shelf.problems;
    problems.extend(decision.problems);
    problems.extend(written.problems);
    if !is_rehearsal {
        problems.extend(sweep(request.root, &shelf.scanned.left));
    }
    problems.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(SyncReport {
        dry_run: is_rehearsal,
        files: shelf.scanned.files.len(),
        read: shelf.read.len(),
        did,
        conflicts: store.read(|tx| rows(tx, None))?,
        problems,
    })
}

fn by_label(a: &Did, b: &Did) -> std::cmp::Ordering {
    let label = |did: &Did| did.label.parse::<Label>().ok();
    let order = match (label(a), label(b)) {
        (Some(a), Some(b)) => Label::counting_order(&a, &b),
        _ => a.label.cmp(&b.label),
    };
    order.then(a.what.cmp(&b.what))
}

fn is_nothing(decision: &Decision) -> bool {
    decision.candidates.is_empty()
        && decision.gone.is_empty()
        && decision.write.is_empty()
        && decision.same.is_empty()
}

/// The files that a rehearsal would write. New ones have no path yet.
fn foreseen(tx: &dyn Reader, applied: &Applied) -> Result<Vec<Did>, StoreError> {
    let mut did = Vec::new();
    for file in &applied.write {
        let label = match tx.label_of(&file.uid)? {
            Some(label) => label.to_string(),
            // What the rehearsal brought in has gone with it.
            None => continue,
        };
        did.push(Did {
            what: DidKind::Write,
            label,
            path: file
                .seen
                .as_ref()
                .map(|(path, _)| path.clone())
                .unwrap_or_default(),
            why: file.why.to_owned(),
        });
    }
    Ok(did)
}

/// Writes the lab's part; a file that does not go together with the lab is left out, and the rest tried again.
fn attempt(
    store: &mut SqliteStore,
    request: &SyncRequest<'_>,
    shelf: &Shelf,
    is_rehearsal: bool,
) -> Result<(Applied, Decision), SyncError> {
    let mut refused = Refused::default();
    loop {
        let in_circle: RefCell<Vec<(String, String)>> = RefCell::new(Vec::new());
        let outcome = store.write(&file_actor(), request.at, |tx| {
            tx.set_verb("sync", None);
            one_attempt(tx, request, shelf, &refused, &in_circle, is_rehearsal)
        });
        let stopped = match outcome {
            Ok(done) => return Ok(done),
            Err(Failed::Stop(Stop::Rehearsed(done))) => return Ok(*done),
            Err(Failed::Stop(Stop::Refused { path, message })) => vec![(path, message)],
            Err(Failed::Stop(Stop::Store(StoreError::Cycle { path: circle }))) => {
                let taken = in_circle.into_inner();
                match go_round(&mut refused, &circle, taken) {
                    Some(stopped) => stopped,
                    None => return Err(StoreError::Cycle { path: circle }.into()),
                }
            }
            Err(Failed::Stop(Stop::Store(error))) => return Err(error.into()),
            Err(Failed::Gone(error)) => return Err(error),
        };
        for (path, message) in stopped {
            leave_out(&mut refused, path, message)?;
        }
        if refused.in_circle.len() > MOST_REFUSALS {
            return Err(SyncError::TooManyCircles);
        }
    }
}

/// Of the files that go round in a circle the lab keeps its own edges; those of which it does already are left out.
/// `None` where no file is part of it.
fn go_round(
    refused: &mut Refused,
    circle: &[String],
    taken: Vec<(String, String)>,
) -> Option<Vec<(String, String)>> {
    let files = taken
        .into_iter()
        .filter(|(label, _)| circle.contains(label));
    let files: Vec<String> = files.map(|(_, path)| path).collect();
    if files.is_empty() {
        return None;
    }
    let message = format!("it would go round in a circle: {}", circle.join(" → "));
    let again = files.into_iter().filter_map(|path| {
        let is_new = refused.in_circle.insert(path.clone());
        (!is_new).then(|| (path, message.clone()))
    });
    Some(again.collect())
}

fn leave_out(refused: &mut Refused, path: String, message: String) -> Result<(), SyncError> {
    let problem = Problem {
        kind: ProblemKind::Refused,
        path: path.clone(),
        message,
    };
    let again = refused.left_out.insert(path, problem.clone()).is_some();
    if again || refused.left_out.len() > MOST_REFUSALS {
        return Err(SyncError::TooManyRefusals(problem));
    }
    Ok(())
}

/// Why one attempt ended.
enum Failed {
    Stop(Stop),
    Gone(SyncError),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Stop(Stop::Store(error))
    }
}

fn one_attempt(
    tx: &mut dyn Writer,
    request: &SyncRequest<'_>,
    shelf: &Shelf,
    refused: &Refused,
    labels: &RefCell<Vec<(String, String)>>,
    is_rehearsal: bool,
) -> Result<(Applied, Decision), Failed> {
    let picture = Picture::of(tx, shelf)?;
    let nameless = picture
        .unknown
        .iter()
        .filter(|(_, it)| it.document.uid.is_none());
    let uids: Vec<Uid> = nameless.map(|_| tx.new_uid()).collect();
    let decision = decide(tx, &picture, refused, &uids, request.at)?;
    let (gone, had) = (decision.gone.len(), decision.had_files);
    if !request.many_gone && gone > FEW_GONE && gone > had / 3 {
        return Err(Failed::Gone(SyncError::ManyGone { gone, files: had }));
    }
    let mut files: BTreeMap<Uid, (String, Stamp)> = picture
        .known
        .iter()
        .filter(|(_, side)| matches!(side, FileSide::Unchanged))
        .filter_map(|(it, _)| {
            let (path, stamp) = it.base.as_ref()?.file.clone()?;
            Some((it.uid.clone(), (path, seen(stamp))))
        })
        .collect();
    for it in &decision.candidates {
        files.insert(it.uid.clone(), (it.path.clone(), it.stamp));
    }
    let applied = apply(tx, &decision, &files).map_err(Failed::Stop)?;
    for candidate in &decision.candidates {
        if let Some(label) = tx.label_of(&candidate.uid)? {
            let pair = (label.to_string(), candidate.path.clone());
            labels.borrow_mut().push(pair);
        }
    }
    if is_rehearsal {
        return Err(Failed::Stop(Stop::Rehearsed(Box::new((applied, decision)))));
    }
    Ok((applied, decision))
}
