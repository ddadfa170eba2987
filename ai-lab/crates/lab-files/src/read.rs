//! From a file's text to a document, or to the line and column of what is wrong.

use std::collections::BTreeMap;

use lab_model::{EntityKind, Label, Moment, Record, Uid};
use serde_json::{Map, Value};

use crate::document::{Dispute, Document, FORMAT};
use crate::fields::{Entries, Field, Part, Scalar, Shape, fact_name, fields, needed};
use crate::locate::{Step, locate};
use crate::parts::read_reference;
use crate::strict::Strict;

/// Why a file says nothing. Nothing is taken from such a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct ReadError {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A merge stopped in it.
    #[error("a merge left its conflict markers here")]
    ConflictMarkers,
    /// It is no JSON.
    #[error("no JSON: {0}")]
    Syntax(String),
    /// It is JSON but no document of ours.
    #[error("no tracker file: `format` is missing")]
    NoFormat,
    /// A later version wrote it.
    #[error("format {0} is of a later version, this one reads {FORMAT}")]
    Newer(u64),
    /// A value is not what it should be.
    #[error("`{field}` is not {wanted}")]
    Wrong {
        /// Which field.
        field: String,
        /// What it should be.
        wanted: String,
    },
    /// A value that must be there is not.
    #[error("`{0}` is missing")]
    Missing(String),
    /// It lies among files of another kind.
    #[error("its kind is {found}, and all here are of kind {wanted}")]
    WrongKind {
        /// What it says to be.
        found: EntityKind,
        /// What its place is for.
        wanted: EntityKind,
    },
}

/// A problem and where it is.
type Found = (Vec<Step>, Problem);

/// Reads what a file of a kind says.
pub fn read_document(kind: EntityKind, text: &str) -> Result<Document, ReadError> {
    if let Some(line) = marker_line(text) {
        return Err(ReadError {
            line,
            column: 1,
            problem: Problem::ConflictMarkers,
        });
    }
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Strict(value) = serde_json::from_str(bare).map_err(|error| syntax(bare, &error))?;
    read_value(kind, value).map_err(|(path, problem)| {
        let (line, column) = locate(text, &path);
        ReadError {
            line,
            column,
            problem,
        }
    })
}

/// Reads a document that says its kind itself.
pub fn read_line(text: &str) -> Result<Document, ReadError> {
    let Strict(value) = serde_json::from_str(text).map_err(|error| syntax(text, &error))?;
    let said = value.get("kind").and_then(Value::as_str);
    let kind = said.and_then(|text| text.parse().ok());
    let wanted = Scalar::Word(EntityKind::WORDS);
    let read = kind.ok_or_else(|| wrong("kind", &wanted.wanted()));
    read.and_then(|kind| read_value(kind, value))
        .map_err(|(path, problem)| {
            let (line, column) = locate(text, &path);
            ReadError {
                line,
                column,
                problem,
            }
        })
}

/// What a person's text for a single field is as a fact; else what the field wants.
pub fn fact_text(kind: EntityKind, field: &str, text: &str) -> Result<Option<String>, String> {
    let known = fields(kind).iter().find(|known| known.name == field);
    let Some(Field {
        shape: Shape::One(scalar),
        ..
    }) = known
    else {
        return Err(format!("`{field}` is no single field of each {kind}"));
    };
    // Numbers and flags are no texts in JSON.
    let value = match scalar {
        Scalar::Hours | Scalar::Count | Scalar::Flag => {
            serde_json::from_str(text).unwrap_or_else(|_| text.into())
        }
        Scalar::Text
        | Scalar::MaybeText
        | Scalar::Word(_)
        | Scalar::Day
        | Scalar::Moment
        | Scalar::Reference(_)
        | Scalar::Actor
        | Scalar::Prefix
        | Scalar::RepoName => Value::String(text.to_owned()),
    };
    scalar
        .read(&value)
        .map_err(|wanted| format!("`{field}` is not {wanted}"))
}

/// The line of a marker that a merge left, from 1. No line of JSON begins like that.
fn marker_line(text: &str) -> Option<usize> {
    let is_marker = |line: &str| {
        ["<<<<<<< ", ">>>>>>> ", "||||||| "]
            .iter()
            .any(|mark| line.starts_with(mark))
    };
    text.lines().position(is_marker).map(|index| index + 1)
}

fn syntax(text: &str, error: &serde_json::Error) -> ReadError {
    let told = error.to_string();
    let message = told
        .rsplit_once(" at line ")
        .map_or(told.as_str(), |(message, _)| message);
    // Columns of the parser count bytes.
    let line = text
        .lines()
        .nth(error.line().saturating_sub(1))
        .unwrap_or("");
    let before = line
        .as_bytes()
        .get(..error.column())
        .unwrap_or(line.as_bytes());
    ReadError {
        line: error.line().max(1),
        column: String::from_utf8_lossy(before).chars().count().max(1),
        problem: Problem::Syntax(message.to_owned()),
    }
}

fn read_value(kind: EntityKind, value: Value) -> Result<Document, Found> {
    let Value::Object(mut object) = value else {
        return Err((Vec::new(), Problem::NoFormat));
    };
    check_format(kind, &mut object)?;
    let mut document = Document::empty(kind);
    document.uid = parsed(&mut object, "uid", "a uid")?;
    document.label = parsed::<Label>(&mut object, "label", "a label")?;
    document.updated_at = parsed::<Moment>(&mut object, "updated_at", &Scalar::Moment.wanted())?;
    for (index, alias) in array(&mut object, "aliases")?.iter().enumerate() {
        let label = alias.as_str().and_then(|text| text.parse().ok());
        let label = label.ok_or_else(|| wrong_entry("aliases", index, "a label"))?;
        document.aliases.insert(label);
    }
    for (index, dispute) in array(&mut object, "conflicts")?.into_iter().enumerate() {
        let dispute: Dispute = serde_json::from_value(dispute)
            .map_err(|_| wrong_entry("conflicts", index, "a conflict"))?;
        document.disputes.push(dispute);
    }
    let born = object.get("created_at").and_then(Value::as_str);
    let born = born.and_then(|text| text.parse::<Moment>().ok());
    let mut reading = Reading {
        seed: Seed {
            uid: document.uid.clone(),
            ms: born.map_or(0, |at| u64::try_from(at.ms()).unwrap_or(0)),
        },
        record: Record::default(),
        hints: BTreeMap::new(),
    };
    for field in fields(kind) {
        reading.field(field, object.remove(field.name))?;
    }
    let first = needed(kind);
    if reading.record.get(first, "").is_none() {
        return Err((Vec::new(), Problem::Missing(first.to_owned())));
    }
    (document.record, document.hints) = (reading.record, reading.hints);
    document.extras = object;
    Ok(document)
}

fn check_format(kind: EntityKind, object: &mut Map<String, Value>) -> Result<(), Found> {
    let at = |key: &str| vec![Step::Key(key.to_owned())];
    match object.remove("format") {
        None => return Err((Vec::new(), Problem::NoFormat)),
        Some(value) => match value.as_u64() {
            Some(FORMAT) => {}
            Some(newer) if newer > FORMAT => return Err((at("format"), Problem::Newer(newer))),
            _ => return Err(wrong("format", &FORMAT.to_string())),
        },
    }
    match object.remove("kind") {
        None => Ok(()),
        Some(value) => match value.as_str().and_then(|text| text.parse().ok()) {
            Some(found) if found == kind => Ok(()),
            Some(wanted) => Err((
                at("kind"),
                Problem::WrongKind {
                    found: wanted,
                    wanted: kind,
                },
            )),
            None => Err(wrong("kind", &Scalar::Word(EntityKind::WORDS).wanted())),
        },
    }
}

fn wrong(field: &str, wanted: &str) -> Found {
    let problem = Problem::Wrong {
        field: field.to_owned(),
        wanted: wanted.to_owned(),
    };
    (vec![Step::Key(field.to_owned())], problem)
}

fn wrong_entry(field: &str, index: usize, wanted: &str) -> Found {
    let (mut path, problem) = wrong(field, wanted);
    path.push(Step::Entry(index));
    (path, problem)
}

/// A value of the document's head; `None` where it is absent or null.
fn parsed<T: std::str::FromStr>(
    object: &mut Map<String, Value>,
    key: &str,
    wanted: &str,
) -> Result<Option<T>, Found> {
    match object.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_str()
            .and_then(|text| text.parse().ok())
            .map(Some)
            .ok_or_else(|| wrong(key, wanted)),
    }
}

fn array(object: &mut Map<String, Value>, key: &str) -> Result<Vec<Value>, Found> {
    match object.remove(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(values)) => Ok(values),
        Some(_) => Err(wrong(key, "a list")),
    }
}

/// What the identities of entries without one are made of, so that everybody who reads them makes the same.
#[derive(Debug)]
struct Seed {
    uid: Option<Uid>,
    ms: u64,
}

impl Seed {
    fn entry(&self, field: &str, text: &str, occurrence: usize) -> Uid {
        let own = self.uid.as_ref().map_or("", Uid::as_str);
        let told = format!("{own}\u{0}{field}\u{0}{text}\u{0}{occurrence}");
        let (high, low) = (fnv(0, told.as_bytes()), fnv(1, told.as_bytes()));
        let mut random = [0; 10];
        random[..8].copy_from_slice(&high.to_be_bytes());
        random[8..].copy_from_slice(&low.to_be_bytes()[..2]);
        Uid::from_parts(self.ms, random)
    }
}

/// FNV-1a, 64 bits: identities of a few entries of one document, no secrets.
fn fnv(start: u64, bytes: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325 ^ start, step)
}

/// A document's facts as far as they are read.
#[derive(Debug)]
struct Reading {
    seed: Seed,
    record: Record,
    hints: BTreeMap<String, String>,
}

impl Reading {
    fn field(&mut self, field: &Field, value: Option<Value>) -> Result<(), Found> {
        let name = field.name;
        let Some(value) = value.filter(|value| !value.is_null()) else {
            let default = field.default.map(str::to_owned);
            self.record.put(name, "", default);
            return Ok(());
        };
        match field.shape {
            Shape::One(scalar) => self.scalar(name, "", scalar, &value, &[]),
            Shape::Object(parts) => self.object(name, parts, &value),
            Shape::Tags => self.each(name, value, |own, text| {
                if text.parse::<lab_model::Tag>().is_err() {
                    return Err("a tag".to_owned());
                }
                own.record.put(name, text, Some(text.to_owned()));
                Ok(())
            }),
            Shape::Dependencies(_) => self.each(name, value, |own, text| {
                own.dependency(name, text);
                Ok(())
            }),
            Shape::List(entries) => self.list(name, entries, value),
        }
    }

    fn scalar(
        &mut self,
        field: &str,
        member: &str,
        scalar: Scalar,
        value: &Value,
        inside: &[Step],
    ) -> Result<(), Found> {
        let text = scalar.read(value).map_err(|wanted| {
            let (mut path, _) = wrong(field.split('.').next().unwrap_or(field), &wanted);
            path.extend(inside.iter().cloned());
            let problem = Problem::Wrong {
                field: field.to_owned(),
                wanted,
            };
            (path, problem)
        })?;
        if let (Scalar::Reference(_), Some(shown)) = (scalar, value.as_str()) {
            self.hint(shown);
        }
        self.record.put(field, member, text);
        Ok(())
    }

    fn hint(&mut self, shown: &str) {
        if let (uid, Some(label)) = read_reference(shown) {
            self.hints.insert(uid, label);
        }
    }

    fn dependency(&mut self, name: &str, shown: &str) {
        self.hint(shown);
        let (on, _) = read_reference(shown);
        let field = if on.parse::<Uid>().is_ok() {
            name.to_owned()
        } else {
            fact_name(name, "unresolved")
        };
        self.record.put(&field, &on, Some(on.clone()));
    }

    /// Reads a list of texts.
    fn each(
        &mut self,
        name: &str,
        value: Value,
        read: impl Fn(&mut Self, &str) -> Result<(), String>,
    ) -> Result<(), Found> {
        let Value::Array(values) = value else {
            return Err(wrong(name, "a list of texts"));
        };
        for (index, value) in values.iter().enumerate() {
            let text = value.as_str().filter(|text| !text.trim().is_empty());
            let text = text.ok_or_else(|| wrong_entry(name, index, "a text"))?;
            read(self, text).map_err(|wanted| wrong_entry(name, index, &wanted))?;
        }
        Ok(())
    }

    fn object(&mut self, name: &str, parts: &[Part], value: &Value) -> Result<(), Found> {
        let Value::Object(object) = value else {
            return Err(wrong(name, "an object"));
        };
        self.parts(name, "", parts, object, &[])
    }

    fn parts(
        &mut self,
        name: &str,
        member: &str,
        parts: &[Part],
        object: &Map<String, Value>,
        inside: &[Step],
    ) -> Result<(), Found> {
        let known = |key: &&String| *key != "uid" && !parts.iter().any(|part| part.key == **key);
        let path = |key: &str| {
            let key = Step::Key(key.to_owned());
            inside.iter().cloned().chain([key]).collect::<Vec<_>>()
        };
        // What would be lost without a word: a part has no place for more.
        if let Some(key) = object.keys().find(known) {
            let whole = Step::Key(name.to_owned());
            let wanted = format!("a part of it; there are {}", keys(parts));
            let field = format!("{name}.{key}");
            let steps = std::iter::once(whole).chain(path(key)).collect();
            return Err((steps, Problem::Wrong { field, wanted }));
        }
        for part in parts {
            let value = object.get(part.key).filter(|value| !value.is_null());
            match value {
                Some(value) => {
                    let field = fact_name(name, part.fact);
                    self.scalar(&field, member, part.scalar, value, &path(part.key))?;
                }
                None if part.needed => {
                    let whole = Step::Key(name.to_owned());
                    let steps = std::iter::once(whole).chain(inside.iter().cloned());
                    let missing = Problem::Missing(format!("{name}.{}", part.key));
                    return Err((steps.collect(), missing));
                }
                None => {}
            }
        }
        Ok(())
    }

    fn list(&mut self, name: &str, entries: &Entries, value: Value) -> Result<(), Found> {
        let Value::Array(values) = value else {
            return Err(wrong(name, "a list"));
        };
        for (index, value) in values.into_iter().enumerate() {
            let object = match value {
                Value::Object(object) => object,
                // What a person writes by hand: the text alone.
                Value::String(text) => Map::from_iter([("text".to_owned(), Value::String(text))]),
                _ => return Err(wrong_entry(name, index, "an entry with a text")),
            };
            let uid = match object.get("uid").filter(|uid| !uid.is_null()) {
                Some(uid) => uid
                    .as_str()
                    .and_then(|text| text.parse::<Uid>().ok())
                    .ok_or_else(|| {
                        let (mut path, problem) = wrong_entry(name, index, "an entry with a uid");
                        path.push(Step::Key("uid".to_owned()));
                        (path, problem)
                    })?,
                None => self.own_uid(name, entries, &object),
            };
            if self.record.get(name, uid.as_str()).is_some() {
                return Err(wrong_entry(
                    name,
                    index,
                    "an entry of its own: its uid is there twice",
                ));
            }
            self.parts(
                name,
                uid.as_str(),
                entries.parts,
                &object,
                &[Step::Entry(index)],
            )?;
            let position = fact_name(name, "position");
            self.record
                .put(&position, uid.as_str(), Some(index.to_string()));
        }
        Ok(())
    }

    /// The identity of an entry that a person wrote without one.
    fn own_uid(&self, name: &str, entries: &Entries, object: &Map<String, Value>) -> Uid {
        let key = entries.parts[0].key;
        let text = object.get(key).map(Value::to_string).unwrap_or_default();
        let taken = |uid: &Uid| self.record.get(name, uid.as_str()).is_some();
        (0..=usize::MAX)
            .map(|occurrence| self.seed.entry(name, &text, occurrence))
            .find(|uid| !taken(uid))
            .expect("a document has finitely many entries")
    }
}

fn keys(parts: &[Part]) -> String {
    let keys: Vec<&str> = parts.iter().map(|part| part.key).collect();
    keys.join(", ")
}
