//! Takes work items from what other programs write, and gives them to those.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use lab_files::{Document, Names};
use lab_interchange::{Edit, ExchangeError, Parent, Row, TEXT_BYTES, read, write};
use lab_mirror::{FileDesk, FileError, Replaced};
use lab_model::{Actor, ActorKind, EntityKind, Label, Moment, Project, Uid};
use lab_store::{Reader, StoreError, Writer};
use lab_sync::{BringError, Brought, bring, document_of, names_in};
use serde::Serialize;

use crate::lab::Inner;
use crate::{By, Failure, Lab, LabError};

pub use lab_interchange::Form;
pub use lab_sync::Did;

/// What an exchange took, or would take. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TakenReport {
    /// Whether nothing was written because only the plan was asked for.
    pub dry_run: bool,
    /// How many entries the text has.
    pub rows: usize,
    /// How many of them say what the lab has already.
    pub unchanged: usize,
    /// What was done, or would be; a path is a line of the text.
    pub did: Vec<Did>,
    /// What was passed over, in words.
    pub notes: Vec<String>,
}

/// Why nothing was taken. The lab is as it was.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// The lab.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// The text is not of its form.
    #[error(transparent)]
    Read(#[from] ExchangeError),
    /// What it says does not go together with the lab.
    #[error("line {line}: {message}")]
    Refused {
        /// From 1.
        line: usize,
        /// Why not.
        message: String,
    },
    /// It does not go together in itself.
    #[error(transparent)]
    Bring(BringError),
    /// The file could not be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// Nothing says what the file is.
    #[error("nothing says what {} is", .0.display())]
    NoForm(PathBuf),
    /// It was a rehearsal.
    #[error("nothing was written")]
    Rehearsed(Box<TakenReport>),
}

impl Failure for TakeError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Lab(error) => error.class(),
            Self::Read(_) | Self::Refused { .. } | Self::Bring(BringError::Refused { .. }) => {
                ErrorClass::InvalidInput
            }
            Self::Bring(BringError::Store(error)) => error.class(),
            Self::File(_) => ErrorClass::Environment,
            Self::NoForm(_) => ErrorClass::Usage,
            Self::Rehearsed(_) => ErrorClass::Internal,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Lab(error) => error.hint(),
            Self::Bring(BringError::Store(error)) => error.hint(),
            Self::Read(_) | Self::Refused { .. } | Self::Bring(BringError::Refused { .. }) => {
                Some("mend that line, then import again; nothing was taken".to_owned())
            }
            Self::NoForm(_) => Some("`--form markdown|csv|jsonl` says it".to_owned()),
            Self::File(_) | Self::Rehearsed(_) => None,
        }
    }
}

/// Takes what a file says; its name says what it is, unless the form is given.
pub fn take_file(
    lab: &Lab,
    by: &By,
    form: Option<Form>,
    file: &Path,
    plan: bool,
) -> Result<TakenReport, TakeError> {
    let ending = file.extension().and_then(|it| it.to_str()).unwrap_or("");
    let named = match ending {
        "md" | "markdown" => Some(Form::Markdown),
        "csv" => Some(Form::Csv),
        "jsonl" | "ndjson" => Some(Form::JsonLines),
        _ => None,
    };
    let form = form.or(named);
    let form = form.ok_or_else(|| TakeError::NoForm(file.to_owned()))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let text = FileDesk::for_few(folder).read_up_to(&name, TEXT_BYTES)?;
    take_text(lab, by, form, &text, plan)
}

/// Takes what a text says in one write; a second time changes nothing. Entries go by uid, then by label or alias; any
/// other is new.
pub fn take_text(
    lab: &Lab,
    by: &By,
    form: Form,
    text: &str,
    plan: bool,
) -> Result<TakenReport, TakeError> {
    let rows = read(form, text)?;
    let importer = By {
        actor: Actor {
            kind: ActorKind::Import,
            name: by.actor.name.clone(),
        },
        ..by.clone()
    };
    let taken = lab.write(&importer, "import.text", None, |tx| {
        let report = take_rows(tx, &rows, plan)?;
        if plan || report.did.is_empty() {
            return Err(Inner::Own(TakeError::Rehearsed(Box::new(report))));
        }
        Ok(report)
    });
    match taken {
        Err(TakeError::Rehearsed(report)) => Ok(*report),
        other => other,
    }
}

fn take_rows(
    tx: &mut dyn Writer,
    rows: &[Row],
    plan: bool,
) -> Result<TakenReport, Inner<TakeError>> {
    let uids = identities(tx, rows)?;
    let mut notes = Vec::new();
    let mut brought = Vec::new();
    for (row, uid) in rows.iter().zip(&uids) {
        let document = said(tx, row, uid, &uids, &mut notes)?;
        brought.push(Brought {
            place: format!("line {}", row.line),
            document,
        });
    }
    let did = bring(tx, brought).map_err(|error| match error {
        BringError::Store(error) => Inner::Store(error),
        error @ BringError::Refused { .. } => Inner::Own(TakeError::Bring(error)),
    })?;
    let changed: BTreeSet<&str> = did.iter().map(|it| it.path.as_str()).collect();
    Ok(TakenReport {
        dry_run: plan,
        rows: rows.len(),
        unchanged: rows.len().saturating_sub(changed.len()),
        did,
        notes,
    })
}

/// Whose each row is: what the lab knows by uid or name, else somebody new.
fn identities(tx: &mut dyn Writer, rows: &[Row]) -> Result<Vec<Uid>, Inner<TakeError>> {
    let mut uids: Vec<Uid> = Vec::new();
    let mut seen: BTreeSet<Uid> = BTreeSet::new();
    for row in rows {
        let by_label = match (&row.uid, &row.label) {
            (None, Some(label)) => tx.uid_of(row.kind, label)?,
            _ => None,
        };
        let uid = match row.uid.clone().or(by_label) {
            Some(uid) => uid,
            None => tx.new_uid(),
        };
        if !seen.insert(uid.clone()) {
            let message = "an earlier line is about the same".to_owned();
            return Err(refused(row, message));
        }
        uids.push(uid);
    }
    Ok(uids)
}

fn refused(row: &Row, message: String) -> Inner<TakeError> {
    Inner::Own(TakeError::Refused {
        line: row.line,
        message,
    })
}

/// What the lab is to hold of one row.
fn said(
    tx: &mut dyn Writer,
    row: &Row,
    uid: &Uid,
    uids: &[Uid],
    notes: &mut Vec<String>,
) -> Result<Document, Inner<TakeError>> {
    let (known, at) = (document_of(tx, row.kind, uid)?, tx.at());
    if let Some(whole) = &row.whole {
        let mut whole = (**whole).clone();
        if known.is_none() && whole.uid.is_none() {
            born(&mut whole, at);
        }
        whole.uid = Some(uid.clone());
        return Ok(whole);
    }
    let is_new = known.is_none();
    let mut document = known.unwrap_or_else(|| fresh(row, uid, at));
    if let Some(label) = &row.label {
        // An alias names it as well as its label does.
        let is_alias = document.aliases.contains(label);
        document.label = Some(label.clone()).filter(|_| !is_alias).or(document.label);
    }
    let row = with_known_project(tx, row, notes)?;
    let mut minted: Vec<Uid> = Vec::new();
    let wanted = row.edits.iter().map(|edit| match edit {
        Edit::Criteria(criteria) => criteria.len(),
        Edit::Field(..)
        | Edit::Tags(..)
        | Edit::Dependencies(_)
        | Edit::Ticked(_)
        | Edit::Extra(..) => 0,
    });
    minted.extend((0..wanted.sum::<usize>()).map(|_| tx.new_uid()));
    let mut minted = minted.into_iter();
    row.apply(&mut document, at, || {
        minted.next().expect("as many as there are criteria")
    });
    match row.parent {
        Some(Parent::Row(place)) => {
            let parent = uids[place].to_string();
            document.record.put("parent", "", Some(parent));
        }
        None => {}
    }
    if is_new && document.record.get("title", "").is_none() {
        return Err(refused(&row, "it is new and has no title".to_owned()));
    }
    Ok(document)
}

fn fresh(row: &Row, uid: &Uid, at: Moment) -> Document {
    let mut document = Document::empty(row.kind);
    document.uid = Some(uid.clone());
    for (field, word) in [
        ("status", "todo"),
        ("priority", "medium"),
        ("item_type", "task"),
    ] {
        document.record.put(field, "", Some(word.to_owned()));
    }
    born(&mut document, at);
    document
}

fn born(document: &mut Document, at: Moment) {
    if document.record.get("created_at", "").is_none() {
        let at = at.to_string();
        document.record.put("created_at", "", Some(at));
    }
    document.updated_at = document.updated_at.or(Some(at));
}

/// A heading or cell may name a project by its label, prefix or name; one that names none is passed over and told.
fn with_known_project(
    tx: &dyn Reader,
    row: &Row,
    notes: &mut Vec<String>,
) -> Result<Row, StoreError> {
    let mut row = row.clone();
    let mut edits = Vec::new();
    for edit in row.edits {
        match edit {
            Edit::Field(field, Some(name)) if field == "project" => {
                if let Some(uid) = project(tx, &name)? {
                    edits.push(Edit::Field(field, Some(uid.to_string())));
                } else {
                    let note = format!("no project is called `{}`", name.escape_debug());
                    if !notes.contains(&note) {
                        notes.push(note);
                    }
                }
            }
            other @ (Edit::Field(..)
            | Edit::Tags(..)
            | Edit::Dependencies(_)
            | Edit::Criteria(_)
            | Edit::Ticked(_)
            | Edit::Extra(..)) => edits.push(other),
        }
    }
    row.edits = edits;
    Ok(row)
}

fn project(tx: &dyn Reader, name: &str) -> Result<Option<Uid>, StoreError> {
    let uid: Option<Uid> = name.parse().ok();
    if uid.is_some() {
        return Ok(uid);
    }
    if let Ok(label) = name.parse::<Label>()
        && let Some(uid) = tx.uid_of(EntityKind::Project, &label)?
    {
        return Ok(Some(uid));
    }
    let is_it = |project: &Project| {
        let prefix = project.prefix.as_ref().map(lab_model::Prefix::as_str);
        project.name.eq_ignore_ascii_case(name)
            || prefix.is_some_and(|it| it.eq_ignore_ascii_case(name))
    };
    let found = tx.projects()?.into_iter().find(is_it);
    Ok(found.map(|project| project.head.uid))
}

/// What was given. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GivenReport {
    /// Where to.
    pub file: PathBuf,
    /// How many entities.
    pub entities: usize,
    /// Whether the form keeps every field of every kind.
    pub is_lossless: bool,
}

/// Why nothing was given.
#[derive(Debug, thiserror::Error)]
pub enum GiveError {
    /// The lab.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// The file could not be written.
    #[error(transparent)]
    Write(#[from] FileError),
    /// Something is there.
    #[error("{} is there already", .0.display())]
    Occupied(PathBuf),
}

impl Failure for GiveError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Lab(error) => error.class(),
            Self::Write(_) => ErrorClass::Environment,
            Self::Occupied(_) => ErrorClass::Refused,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Lab(error) => error.hint(),
            Self::Write(_) => None,
            Self::Occupied(_) => Some("name a file that is not there yet".to_owned()),
        }
    }
}

/// The whole lab in a form, as a text.
pub fn give_text(lab: &Lab, at: Moment, form: Form) -> Result<(String, usize), LabError> {
    lab.read(at, |tx| {
        let (documents, names) = everything(tx, form)?;
        Ok::<_, Inner<LabError>>((write(form, &documents, &names), documents.len()))
    })
}

/// Writes the whole lab in a form into a file that is not there yet.
pub fn give_file(lab: &Lab, at: Moment, form: Form, file: &Path) -> Result<GivenReport, GiveError> {
    let (text, entities) = give_text(lab, at, form)?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    match FileDesk::for_few(folder).replace(&name, &text, None)? {
        Replaced::Written(_) => Ok(GivenReport {
            file: file.to_owned(),
            entities,
            is_lossless: form.is_lossless(),
        }),
        Replaced::Changed => Err(GiveError::Occupied(file.to_owned())),
    }
}

fn everything(tx: &dyn Reader, form: Form) -> Result<(Vec<Document>, Names), StoreError> {
    let mut standings = tx.standings()?;
    standings.retain(|it| form.is_lossless() || it.kind == EntityKind::Item);
    standings.sort_by(|a, b| {
        (a.kind)
            .cmp(&b.kind)
            .then(Label::counting_order(&a.label, &b.label))
    });
    let mut documents = Vec::new();
    for standing in standings {
        documents.extend(document_of(tx, standing.kind, &standing.uid)?);
    }
    let names = names_in(tx, &documents)?;
    Ok((documents, names))
}
