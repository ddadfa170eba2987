//! What one entry of a foreign text says of an entity.

use lab_files::{Document, fact_text};
use lab_model::{EntityKind, Label, Moment, Tag, Uid};

/// One entry of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The line that it begins in, from 1.
    pub line: usize,
    /// What it is.
    pub kind: EntityKind,
    /// Its identity, where it says one.
    pub uid: Option<Uid>,
    /// What people call it, where it says so.
    pub label: Option<Label>,
    /// The whole of it, where it is a document; then there are no edits.
    pub whole: Option<Box<Document>>,
    /// What it is part of.
    pub parent: Option<Parent>,
    /// What it says, in its order.
    pub edits: Vec<Edit>,
}

/// What an entry is part of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parent {
    /// An earlier entry of the same text, by its place.
    Row(usize),
}

/// One thing that an entry says. What it does not say stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// A single field, as its fact tells it; `None` clears it.
    Field(String, Option<String>),
    /// All tags of a field.
    Tags(String, Vec<String>),
    /// Everything that comes first, by label or uid.
    Dependencies(Vec<String>),
    /// All acceptance criteria, in order: text, and whether it holds.
    Criteria(Vec<(String, bool)>),
    /// A box that is ticked or not: of a finer status it says no more.
    Ticked(bool),
    /// A field that no version knows, as a text.
    Extra(String, String),
}

impl Edit {
    /// A single field from a person's text; an empty one clears it.
    pub(crate) fn field(kind: EntityKind, name: &str, text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::Field(name.to_owned(), None));
        }
        let told = fact_text(kind, name, text)?;
        Ok(Self::Field(name.to_owned(), told))
    }

    /// All tags of a field, each checked.
    pub(crate) fn tags(name: &str, tags: Vec<String>) -> Result<Self, String> {
        match tags.iter().find(|tag| tag.parse::<Tag>().is_err()) {
            Some(tag) => Err(format!("`{}` is no tag", tag.escape_debug())),
            None => Ok(Self::Tags(name.to_owned(), tags)),
        }
    }
}

impl Row {
    /// A row that says nothing yet.
    pub(crate) fn new(line: usize, kind: EntityKind) -> Self {
        Self {
            line,
            kind,
            uid: None,
            label: None,
            whole: None,
            parent: None,
            edits: Vec::new(),
        }
    }

    /// Has a document say what the entry does. `new_uid` is for criteria that are new.
    pub fn apply(&self, document: &mut Document, at: Moment, mut new_uid: impl FnMut() -> Uid) {
        for edit in &self.edits {
            match edit {
                Edit::Field(name, text) => {
                    document.record.put(name, "", text.clone());
                    if name == "status" {
                        follow(document, at);
                    }
                }
                Edit::Tags(name, tags) => set(document, name, tags),
                Edit::Dependencies(names) => depend(document, names),
                Edit::Criteria(criteria) => meet(document, criteria, &mut new_uid),
                Edit::Ticked(done) => tick(document, *done, at),
                Edit::Extra(name, text) => {
                    document.extras.insert(name.clone(), text.as_str().into());
                }
            }
        }
    }
}

/// The members of a field.
fn members(document: &Document, field: &str) -> Vec<String> {
    let facts = document.record.iter();
    facts
        .filter(|(name, _, _)| *name == field)
        .map(|(_, member, _)| member.to_owned())
        .collect()
}

fn set(document: &mut Document, field: &str, wanted: &[String]) {
    for gone in members(document, field) {
        document.record.put(field, &gone, None);
    }
    for member in wanted {
        document.record.put(field, member, Some(member.clone()));
    }
}

fn depend(document: &mut Document, names: &[String]) {
    for field in ["dependencies", "dependencies.unresolved"] {
        set(document, field, &[]);
    }
    for name in names {
        let is_uid = name.parse::<Uid>().is_ok();
        let field = if is_uid {
            "dependencies"
        } else {
            "dependencies.unresolved"
        };
        document.record.put(field, name, Some(name.clone()));
    }
}

/// Criteria keep their identities, and with them their evidence, as long as their texts stay.
fn meet(document: &mut Document, wanted: &[(String, bool)], new_uid: &mut impl FnMut() -> Uid) {
    let place = |document: &Document, uid: &str| -> usize {
        let text = document.record.get("criteria.position", uid);
        text.and_then(|text| text.parse().ok())
            .unwrap_or(usize::MAX)
    };
    let mut known: Vec<(String, String)> = members(document, "criteria")
        .into_iter()
        .map(|uid| {
            let text = document.record.get("criteria", &uid);
            (text.unwrap_or_default().to_owned(), uid)
        })
        .collect();
    known.sort_by_key(|(_, uid)| place(document, uid));
    let mut stays: Vec<(String, String, bool)> = Vec::new();
    for (text, done) in wanted {
        let same = known.iter().position(|(there, _)| there == text);
        let uid = match same {
            Some(index) => known.remove(index).1,
            None => new_uid().to_string(),
        };
        stays.push((uid, text.clone(), *done));
    }
    for (_, gone) in known {
        for part in ["", ".position", ".done", ".evidence"] {
            document.record.put(&format!("criteria{part}"), &gone, None);
        }
    }
    for (index, (uid, text, done)) in stays.into_iter().enumerate() {
        let record = &mut document.record;
        record.put("criteria", &uid, Some(text));
        record.put("criteria.position", &uid, Some(index.to_string()));
        record.put("criteria.done", &uid, done.then(|| "true".to_owned()));
    }
}

fn tick(document: &mut Document, done: bool, at: Moment) {
    let status = document.record.get("status", "").unwrap_or("todo");
    let is_settled = matches!(status, "done" | "cancelled");
    if done != is_settled {
        let status = if done { "done" } else { "todo" };
        document.record.put("status", "", Some(status.to_owned()));
        follow(document, at);
    }
}

/// What belongs to a status goes with it.
fn follow(document: &mut Document, at: Moment) {
    let record = &mut document.record;
    if record.get("status", "").is_none() {
        record.put("status", "", Some("todo".to_owned()));
    }
    let status = record.get("status", "").unwrap_or_default().to_owned();
    let is_settled = matches!(status.as_str(), "done" | "cancelled");
    let known = record.get("settled_at", "").map(str::to_owned);
    let settled = is_settled.then(|| known.unwrap_or_else(|| at.to_string()));
    record.put("settled_at", "", settled);
    let from = record.get("blocked_from", "").unwrap_or("todo").to_owned();
    record.put("blocked_from", "", (status == "blocked").then_some(from));
}
