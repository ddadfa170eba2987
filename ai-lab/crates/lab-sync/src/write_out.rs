//! Writes files as the lab has them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use lab_files::{file_name, folder_name, place_of, write_document};
use lab_mirror::{FileDesk, Replaced, Stamp};
use lab_model::{EntityKind, Moment, Project, Uid};
use lab_store::{FileBase, Reader, SqliteStore, Store, StoreError};

use crate::decide::ToWrite;
use crate::entity::{document, load, names_of, with_their_words};
use crate::file_actor;
use crate::picture::{in_full, kept};
use crate::report::{Did, DidKind, Problem, ProblemKind};

/// How many files are written before what is known of them is kept: a kill costs no more than comparing so many again.
const BATCH: usize = 2_000;

/// From how many files on they are brought to the disk together.
const MANY: usize = 16;

/// What became of files.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    /// What was written.
    pub(crate) did: Vec<Did>,
    /// What was not.
    pub(crate) problems: Vec<Problem>,
}

/// Writes these files, and keeps what is known of them.
pub(crate) fn write_out(
    store: &mut SqliteStore,
    root: &Path,
    at: Moment,
    files: Vec<ToWrite>,
) -> Result<Written, StoreError> {
    let mut files = store.read(|tx| with_projects(tx, files))?;
    // A project's folder is settled by its own file.
    files.sort_by(|a, b| (a.kind, &a.uid).cmp(&(b.kind, &b.uid)));
    let mut written = Written::default();
    let mut folders = Folders::default();
    for batch in files.chunks(BATCH) {
        let mut desk = if files.len() >= MANY {
            FileDesk::for_many(root)
        } else {
            FileDesk::for_few(root)
        };
        let mut writing = Writing {
            desk: &mut desk,
            folders: &mut folders,
            written: &mut written,
            bases: Vec::new(),
        };
        store.read(|tx| {
            let mut files = batch.iter();
            files.try_for_each(|file| writing.one(tx, file))
        })?;
        let bases = writing.bases;
        if let Err(error) = desk.settle() {
            // They may not be on the disk: nothing is noted, and the next sync looks at them again.
            written.problems.push(unwritten(".", in_full(&error)));
            return Ok(written);
        }
        store.write_lightly(&file_actor(), at, |tx| {
            let mut bases = bases.iter();
            bases.try_for_each(|base| tx.keep_file_base(base))
        })?;
    }
    Ok(written)
}

/// Takes away what writers that were killed left; a problem where that cannot be.
pub(crate) fn sweep(root: &Path, left: &[String]) -> Option<Problem> {
    let swept = FileDesk::for_few(root).sweep(left);
    swept.err().map(|error| unwritten(".", in_full(&error)))
}

/// Adds the projects that have no file yet and whose folders are needed.
fn with_projects(tx: &dyn Reader, mut files: Vec<ToWrite>) -> Result<Vec<ToWrite>, StoreError> {
    let mut there: BTreeSet<Uid> = files.iter().map(|it| it.uid.clone()).collect();
    let mut missing = Vec::new();
    for file in &files {
        let Some(project) = project_of(tx, file.kind, &file.uid)? else {
            continue;
        };
        let standing = tx.standing(&project)?;
        let has_file = standing.is_none_or(|it| it.base.is_some_and(|base| base.file.is_some()));
        if !has_file && there.insert(project.clone()) {
            missing.push(ToWrite {
                uid: project,
                kind: EntityKind::Project,
                seen: None,
                why: "it has no file yet",
            });
        }
    }
    files.extend(missing);
    Ok(files)
}

/// The project in whose folder a file lies.
fn project_of(tx: &dyn Reader, kind: EntityKind, uid: &Uid) -> Result<Option<Uid>, StoreError> {
    Ok(match kind {
        EntityKind::Item => tx.item(uid)?.and_then(|it| it.project),
        EntityKind::Milestone => tx.milestone(uid)?.and_then(|it| it.project),
        EntityKind::Project | EntityKind::Idea | EntityKind::Repo => None,
    })
}

struct Writing<'a, 'b> {
    desk: &'a mut FileDesk<'b>,
    folders: &'a mut Folders,
    written: &'a mut Written,
    bases: Vec<FileBase>,
}

impl Writing<'_, '_> {
    fn one(&mut self, tx: &dyn Reader, file: &ToWrite) -> Result<(), StoreError> {
        let Some(loaded) = load(tx, file.kind, &file.uid)? else {
            return Ok(());
        };
        let (label, revision) = (loaded.head.label.clone(), loaded.head.revision);
        let open = tx.disputes(Some(&file.uid))?;
        let told = with_their_words(document(tx, file.kind, loaded, &open)?, &open);
        let text = write_document(&told, &names_of(tx, &told)?);
        let folder = self.folder(tx, file)?;
        let path = match &file.seen {
            Some((path, _)) if lies_in(path, file.kind, folder.as_deref()) => path.clone(),
            Some((path, _)) if file.kind != EntityKind::Project => {
                let name = path.rsplit('/').next().unwrap_or(path);
                format!("{}/{name}", folder_name(file.kind, folder.as_deref()))
            }
            Some(_) | None => format!(
                "{}/{}",
                folder_name(file.kind, folder.as_deref()),
                file_name(file.kind, &label, &file.uid)
            ),
        };
        let seen = file.seen.as_ref().filter(|(seen, _)| *seen == path);
        match self
            .desk
            .replace(&path, &text, seen.map(|(_, stamp)| *stamp))
        {
            Ok(Replaced::Written(stamp)) => {
                self.remove_old(file, &path);
                self.kept(file, &path, stamp, revision);
                self.written.did.push(Did {
                    what: DidKind::Write,
                    label: label.to_string(),
                    path,
                    why: file.why.to_owned(),
                });
            }
            Ok(Replaced::Changed) => {
                let message = "it was changed meanwhile; the next sync looks at it".to_owned();
                self.written.problems.push(unwritten(&path, message));
            }
            Err(error) => {
                let problem = unwritten(&path, in_full(&error));
                self.written.problems.push(problem);
            }
        }
        Ok(())
    }

    fn folder(&mut self, tx: &dyn Reader, file: &ToWrite) -> Result<Option<String>, StoreError> {
        let project = match file.kind {
            EntityKind::Project => Some(file.uid.clone()),
            EntityKind::Item | EntityKind::Milestone => project_of(tx, file.kind, &file.uid)?,
            EntityKind::Idea | EntityKind::Repo => None,
        };
        match project {
            Some(project) => self.folders.of(tx, self.desk, &project),
            None => Ok(None),
        }
    }

    /// A file that moved with its entity to another project leaves its old place.
    fn remove_old(&mut self, file: &ToWrite, path: &str) {
        let Some((old, stamp)) = file.seen.as_ref().filter(|(old, _)| old != path) else {
            return;
        };
        match self.desk.remove(old, *stamp) {
            Ok(true) => {}
            Ok(false) => {
                let message = format!("it was changed meanwhile, and {path} is in its place");
                self.written.problems.push(unwritten(old, message));
            }
            Err(error) => {
                let problem = unwritten(old, in_full(&error));
                self.written.problems.push(problem);
            }
        }
    }

    fn kept(&mut self, file: &ToWrite, path: &str, stamp: Stamp, revision: u64) {
        self.bases.push(FileBase {
            uid: file.uid.clone(),
            file: Some((path.to_owned(), kept(stamp))),
            revision,
        });
    }
}

fn unwritten(path: &str, message: String) -> Problem {
    Problem {
        kind: ProblemKind::Unwritten,
        path: path.to_owned(),
        message,
    }
}

/// Whether a file lies with the project that its entity belongs to.
fn lies_in(path: &str, kind: EntityKind, folder: Option<&str>) -> bool {
    let place = place_of(path);
    match kind {
        EntityKind::Item | EntityKind::Milestone => {
            place.is_some_and(|place| place.project.as_deref() == folder)
        }
        EntityKind::Project | EntityKind::Idea | EntityKind::Repo => place.is_some(),
    }
}

/// The folders of projects below `projects/`, as far as they were asked for.
#[derive(Debug, Default)]
struct Folders {
    of: BTreeMap<Uid, String>,
    given: BTreeSet<String>,
}

impl Folders {
    /// That of a project: where its own file lies, else one that is named like it and nobody else's.
    fn of(
        &mut self,
        tx: &dyn Reader,
        desk: &FileDesk<'_>,
        uid: &Uid,
    ) -> Result<Option<String>, StoreError> {
        if let Some(known) = self.of.get(uid) {
            return Ok(Some(known.clone()));
        }
        let base = tx.standing(uid)?.and_then(|it| it.base?.file);
        let own = base.and_then(|(path, _)| place_of(&path)?.project);
        let folder = match (own, tx.project(uid)?) {
            (Some(own), _) => own,
            (None, Some(project)) => self.fresh(desk, &project),
            (None, None) => return Ok(None),
        };
        self.given.insert(folder.clone());
        self.of.insert(uid.clone(), folder.clone());
        Ok(Some(folder))
    }

    fn fresh(&self, desk: &FileDesk<'_>, project: &Project) -> String {
        let is_free = |folder: &String| {
            let file = format!(
                "{}/project.json",
                folder_name(EntityKind::Project, Some(folder))
            );
            !self.given.contains(folder) && desk.stamp(&file).is_none()
        };
        let (name, label) = (slug(&project.name), slug(project.head.label.as_str()));
        let tail = &project.head.uid.as_str()[28..];
        [
            name.clone(),
            format!("{name}-{label}").trim_matches('-').to_owned(),
        ]
        .into_iter()
        .filter(|it| !it.is_empty())
        .find(is_free)
        .unwrap_or_else(|| format!("{label}-{tail}").trim_matches('-').to_owned())
    }
}

/// The longest name of a project's folder, in characters: more than a person reads in a path.
const LONGEST_SLUG: usize = 60;

/// A name as part of a path: lower-case letters and digits, one `-` for whatever is between them.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if slug.chars().count() >= LONGEST_SLUG {
            break;
        }
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}
