//! From a document to a file's text: the same keys in the same order, one value a line.

use std::collections::BTreeMap;

use lab_model::Record;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use crate::document::{Document, FORMAT};
use crate::fields::{Entries, Part, Shape, fact_name, fields, needed};
use crate::parts::shown_reference;

/// What people call the entities that a document refers to.
#[derive(Clone, Debug, Default)]
pub struct Names(pub BTreeMap<String, String>);

impl Names {
    fn of(&self, uid: &str) -> Option<&str> {
        self.0.get(uid).map(String::as_str)
    }
}

/// The text of a file that says this; ends its last line.
#[expect(
    clippy::missing_panics_doc,
    reason = "texts are keys and values are JSON"
)]
pub fn write_document(document: &Document, names: &Names) -> String {
    let told = Lines(lines(document, names));
    let mut text = serde_json::to_string_pretty(&told).expect("texts are keys, values are JSON");
    text.push('\n');
    text
}

/// The same in one line, without its end.
#[expect(
    clippy::missing_panics_doc,
    reason = "texts are keys and values are JSON"
)]
pub fn write_line(document: &Document, names: &Names) -> String {
    let told = Lines(lines(document, names));
    serde_json::to_string(&told).expect("texts are keys, values are JSON")
}

/// Keys and values in their order.
struct Lines(Vec<(String, Value)>);

impl Serialize for Lines {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            if let Value::Array(entries) = value {
                let ordered: Vec<Entry<'_>> = entries.iter().map(Entry).collect();
                map.serialize_entry(key, &ordered)?;
            } else {
                map.serialize_entry(key, &Entry(value))?;
            }
        }
        map.end()
    }
}

/// An object of ours keeps its keys in the order of its parts, whatever the map's own order is.
struct Entry<'a>(&'a Value);

/// The order of the keys of entries and objects.
const ORDER: [&str; 19] = [
    "uid",
    "text",
    "hours",
    "done",
    "open",
    "severity",
    "at",
    "who",
    "note",
    "evidence",
    "opened_at",
    "closed_at",
    "resolution",
    "repo",
    "number",
    "synced_at",
    "by",
    "until",
    "field",
];

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Value::Object(object) = self.0 else {
            return self.0.serialize(serializer);
        };
        let mut pairs: Vec<(&String, &Value)> = object.iter().collect();
        let place = |key: &str| {
            let own = ORDER.iter().position(|known| *known == key);
            own.unwrap_or(ORDER.len())
        };
        pairs.sort_by(|a, b| (place(a.0), a.0).cmp(&(place(b.0), b.0)));
        let mut map = serializer.serialize_map(Some(pairs.len()))?;
        for (key, value) in pairs {
            map.serialize_entry(key, &Entry(value))?;
        }
        map.end()
    }
}

fn lines(document: &Document, names: &Names) -> Vec<(String, Value)> {
    let mut lines: Vec<(String, Value)> = Vec::new();
    let mut put = |key: &str, value: Value| lines.push((key.to_owned(), value));
    let text = |text: &dyn std::fmt::Display| Value::String(text.to_string());
    put("format", FORMAT.into());
    put("kind", text(&document.kind));
    if let Some(uid) = &document.uid {
        put("uid", text(uid));
    }
    if let Some(label) = &document.label {
        put("label", text(label));
    }
    if !document.aliases.is_empty() {
        put(
            "aliases",
            document.aliases.iter().map(|it| text(it)).collect(),
        );
    }
    for field in fields(document.kind) {
        let told = Telling {
            record: &document.record,
            names,
        };
        if let Some(value) = told.field(field.name, field.shape) {
            put(field.name, value);
        } else if field.name == needed(document.kind) {
            put(field.name, text(&""));
        }
    }
    let mut extras: Vec<(&String, &Value)> = document.extras.iter().collect();
    extras.sort_by_key(|(key, _)| key.as_str());
    for (key, value) in extras {
        put(key, value.clone());
    }
    if !document.disputes.is_empty() {
        let mut disputes = document.disputes.clone();
        disputes.sort();
        let disputes = serde_json::to_value(disputes).expect("texts are JSON");
        put("conflicts", disputes);
    }
    if let Some(at) = document.updated_at {
        put("updated_at", text(&at));
    }
    lines
}

/// A record as JSON.
struct Telling<'a> {
    record: &'a Record,
    names: &'a Names,
}

impl Telling<'_> {
    fn field(&self, name: &str, shape: Shape) -> Option<Value> {
        match shape {
            Shape::One(scalar) => {
                let text = self.record.get(name, "")?;
                Some(scalar.to_json(text, self.names.of(text)))
            }
            Shape::Tags => listed(self.members(name).map(|tag| tag.to_owned().into())),
            Shape::Dependencies(_) => {
                let on = self.members(name).map(|uid| {
                    let shown = shown_reference(uid, self.names.of(uid));
                    Value::String(shown)
                });
                let unresolved = fact_name(name, "unresolved");
                let labels: Vec<Value> = self
                    .members(&unresolved)
                    .map(|label| label.to_owned().into())
                    .collect();
                listed(on.chain(labels))
            }
            Shape::List(entries) => self.list(name, entries),
            Shape::Object(parts) => {
                let object = self.parts(name, "", parts);
                (!object.is_empty()).then_some(Value::Object(object))
            }
        }
    }

    /// The members of a field, in their order.
    fn members<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.record
            .iter()
            .filter(move |(field, _, _)| *field == name)
            .map(|(_, member, _)| member)
    }

    fn list(&self, name: &str, entries: &Entries) -> Option<Value> {
        let position = fact_name(name, "position");
        let place = |uid: &str| {
            let text = self.record.get(&position, uid);
            text.and_then(|text| text.parse::<usize>().ok())
        };
        let mut uids: Vec<&str> = self.members(name).collect();
        uids.sort_by_key(|uid| (place(uid).is_none(), place(uid), *uid));
        listed(uids.into_iter().map(|uid| {
            let mut object = self.parts(name, uid, entries.parts);
            object.insert("uid".to_owned(), uid.to_owned().into());
            Value::Object(object)
        }))
    }

    fn parts(&self, name: &str, member: &str, parts: &[Part]) -> Map<String, Value> {
        let told = parts.iter().filter_map(|part| {
            let text = self.record.get(&fact_name(name, part.fact), member)?;
            let value = part.scalar.to_json(text, self.names.of(text));
            Some((part.key.to_owned(), value))
        });
        told.collect()
    }
}

/// A list; `None` where it is empty.
fn listed(values: impl Iterator<Item = Value>) -> Option<Value> {
    let values: Vec<Value> = values.collect();
    (!values.is_empty()).then_some(Value::Array(values))
}
