//! Between records and what the lab keeps of them: one value a field, exact enough to write the source again.
//!
//! A record that changed at its source is kept again as a whole, under its name with `@2`, `@3` …: what an
//! import once saw never goes away, and the highest number is what the source said last.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use lab_model::RawKind;

use crate::node::{Node, unescape};
use crate::read::{archived_by_path, kind_of_path, parse_text};
use crate::record::{KeptFile, Record, RecordKind, Sources};

/// One kept value, without what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptValue {
    /// The file.
    pub source: String,
    /// The record, with its version.
    pub record: String,
    /// The JSON pointer.
    pub pointer: String,
    /// What kind of value it was.
    pub kind: RawKind,
    /// The value as text.
    pub raw: String,
}

/// Levels that a kept JSON value may nest; reading bounded it before.
const KEPT_DEPTH: usize = 128;

/// A JSON text as kind and text: a string without its quotes, everything else as it is.
pub fn to_raw(json: &str) -> (RawKind, String) {
    match json.as_bytes().first() {
        Some(b'n') => (RawKind::Null, String::new()),
        Some(b'"') => match serde_json::from_str(json) {
            Ok(text) => (RawKind::Text, text),
            Err(_) => (RawKind::Json, json.to_owned()),
        },
        Some(b't' | b'f') => (RawKind::Boolean, json.to_owned()),
        Some(b'{' | b'[') | None => (RawKind::Json, json.to_owned()),
        Some(_) => (RawKind::Number, json.to_owned()),
    }
}

/// The node of a kept value; `None` for what is absent or no JSON.
pub fn from_raw(kind: RawKind, raw: &str) -> Option<Node> {
    match kind {
        RawKind::Absent => None,
        RawKind::Null => Some(Node::Leaf("null".to_owned())),
        RawKind::Text => Some(Node::Leaf(serde_json::Value::from(raw).to_string())),
        RawKind::Number | RawKind::Boolean => Some(Node::Leaf(raw.to_owned())),
        // A column's bytes are one leaf, whatever its text looks like.
        RawKind::Json if raw.starts_with(r#"{"$"#) => Some(Node::Leaf(raw.to_owned())),
        RawKind::Json => parse_text(raw, KEPT_DEPTH).ok(),
        RawKind::Bytes => Some(Node::Leaf(format!(r#"{{"$blob":"{raw}"}}"#))),
    }
}

/// A name and the version behind its last `@`; 1 where there is none.
pub fn split_version(name: &str) -> (&str, u32) {
    match name
        .rsplit_once('@')
        .map(|(bare, digits)| (bare, digits.parse()))
    {
        Some((bare, Ok(version))) if version > 0 => (bare, version),
        Some(_) | None => (name, 1),
    }
}

/// The name with its version; the first goes unnamed unless the name itself looks like a version.
pub fn with_version(name: &str, version: u32) -> String {
    if version == 1 && split_version(name) == (name, 1) {
        name.to_owned()
    } else {
        format!("{name}@{version}")
    }
}

/// What the lab keeps of its sources, as it was last seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Records and whole files, sorted.
    pub sources: Sources,
    /// The last version of each record, by file and record; gone ones included.
    pub versions: BTreeMap<(String, String), u32>,
    /// The last version of each whole file.
    pub file_versions: BTreeMap<String, u32>,
}

impl Kept {
    /// Puts records together again from kept values and whole files, whose names may carry versions.
    pub fn of(values: impl IntoIterator<Item = KeptValue>, files: Vec<(String, Vec<u8>)>) -> Self {
        let mut kept = Self::default();
        let mut builders: BTreeMap<(String, String), (u32, Build)> = BTreeMap::new();
        for value in values {
            let (record, version) = split_version(&value.record);
            let key = (value.source.clone(), record.to_owned());
            let builder = builders
                .entry(key)
                .or_insert_with(|| (version, Build::default()));
            if version > builder.0 {
                *builder = (version, Build::default());
            }
            if version == builder.0 {
                builder
                    .1
                    .set(&value.pointer, from_raw(value.kind, &value.raw));
            }
        }
        for ((source, record), (version, build)) in builders {
            kept.versions
                .insert((source.clone(), record.clone()), version);
            if let Some(root) = build.into_node() {
                let kind = kind_of(&source, &record);
                let archived = archived_by_path(&source);
                kept.sources.records.push(Record {
                    source,
                    record,
                    kind,
                    archived,
                    root,
                });
            }
        }
        let mut latest: BTreeMap<String, (u32, Vec<u8>)> = BTreeMap::new();
        for (name, bytes) in files {
            let (bare, version) = split_version(&name);
            let known = latest
                .entry(bare.to_owned())
                .or_insert_with(|| (0, Vec::new()));
            if version > known.0 {
                *known = (version, bytes);
            }
        }
        for (source, (version, bytes)) in latest {
            kept.file_versions.insert(source.clone(), version);
            kept.sources.kept.push(KeptFile {
                source,
                reason: String::new(),
                bytes,
            });
        }
        sort(&mut kept.sources);
        kept
    }

    /// What is known after reading: the sources as read, and what they did not speak about as it was kept.
    pub fn overlaid_by(&self, read: Sources) -> Sources {
        let records: BTreeSet<&str> = read.records.iter().map(|r| r.source.as_str()).collect();
        let files: BTreeSet<&str> = read.kept.iter().map(|f| f.source.as_str()).collect();
        let older: Vec<Record> = self
            .sources
            .records
            .iter()
            .filter(|record| !records.contains(record.source.as_str()))
            .cloned()
            .collect();
        let older_files: Vec<KeptFile> = self
            .sources
            .kept
            .iter()
            .filter(|file| !files.contains(file.source.as_str()))
            .cloned()
            .collect();
        let mut all = read;
        all.records.extend(older);
        all.kept.extend(older_files);
        sort(&mut all);
        all
    }
}

/// Brings records and files into the one order that makes a plan the same each time.
pub fn sort(sources: &mut Sources) {
    sources.records.sort_by(compare);
    sources.kept.sort_by(|a, b| a.source.cmp(&b.source));
}

fn compare(a: &Record, b: &Record) -> Ordering {
    (&a.source, record_key(&a.record)).cmp(&(&b.source, record_key(&b.record)))
}

/// Table, row and column of a record's name, so that row 10 comes after row 9.
fn record_key(record: &str) -> (&str, i64, &str) {
    let Some((table, rest)) = record.rsplit_once('#') else {
        return (record, 0, "");
    };
    let (row, column) = rest.split_once('/').unwrap_or((rest, ""));
    (table, row.parse().unwrap_or(i64::MAX), column)
}

fn kind_of(source: &str, record: &str) -> RecordKind {
    if record.is_empty() {
        return kind_of_path(source).unwrap_or(RecordKind::ItemFile);
    }
    let (table, _, column) = record_key(record);
    if column.is_empty() {
        RecordKind::Row {
            table: table.to_owned(),
        }
    } else {
        RecordKind::Embedded {
            table: table.to_owned(),
            column: column.to_owned(),
        }
    }
}

/// A record being put together; nothing yet for one that is gone.
#[derive(Default)]
struct Build {
    root: Option<Part>,
}

/// A value being put together: a whole one, or a container with its parts.
#[derive(Default)]
struct Part {
    whole: Option<Node>,
    is_array: bool,
    elements: BTreeMap<usize, Part>,
    members: Vec<(String, Part)>,
    /// Where each member stands: a record may have very many.
    places: HashMap<String, usize>,
}

impl Build {
    fn set(&mut self, pointer: &str, node: Option<Node>) {
        let Some(node) = node else {
            return;
        };
        let mut at = self.root.get_or_insert_default();
        for segment in pointer.split('/').skip(1) {
            at = at.child(segment);
        }
        match node {
            Node::Array(elements) if elements.is_empty() => at.is_array = true,
            Node::Object(members) if members.is_empty() => at.is_array = false,
            node => at.whole = Some(node),
        }
    }

    fn into_node(self) -> Option<Node> {
        self.root.map(Part::into_node)
    }
}

impl Part {
    /// The part under that segment, which comes to be where it is not there yet.
    fn child(&mut self, segment: &str) -> &mut Self {
        match segment.parse() {
            Ok(index) if self.is_array => self.elements.entry(index).or_default(),
            Ok(_) | Err(_) => {
                let at = *self.places.entry(segment.to_owned()).or_insert_with(|| {
                    self.members.push((segment.to_owned(), Self::default()));
                    self.members.len() - 1
                });
                &mut self.members[at].1
            }
        }
    }

    fn into_node(self) -> Node {
        let Self {
            whole,
            is_array,
            elements,
            members,
            ..
        } = self;
        whole.unwrap_or_else(|| {
            if is_array {
                return Node::Array(elements.into_values().map(Self::into_node).collect());
            }
            let members = members.into_iter();
            Node::Object(
                members
                    .map(|(name, part)| (unescape(&name), part.into_node()))
                    .collect(),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Through kept values and back.
    fn again(text: &str) -> String {
        let root = parse_text(text, 32).expect("well-formed JSON");
        let values = root.fields().into_iter().map(|field| {
            let (kind, raw) = to_raw(&field.shown.to_text());
            KeptValue {
                source: "ideas/A.json".into(),
                record: String::new(),
                pointer: field.pointer,
                kind,
                raw,
            }
        });
        let kept = Kept::of(values.collect::<Vec<_>>(), vec![]);
        kept.sources.records[0].root.to_text()
    }

    #[test]
    fn a_record_comes_back_from_its_values() {
        for text in [
            "{}",
            r#"{"a":{},"b":[],"c":null,"d":"","e":0,"f":0.0,"g":"null","h":"[]"}"#,
            r#"{"list":[{"id":"x","deep":[[1,2],{}]},"plain",[]],"after":[1,"ä🎉"]}"#,
            r#"{"a":1,"a":2,"a#2":3,"x/y":4,"~0":5,"":6,"0":{"1":7}}"#,
            r#"{"ten":[{"n":0},{"n":1},{"n":2},{"n":3},{"n":4},{"n":5},{"n":6},{"n":7},{"n":8},{"n":9},{"n":10}]}"#,
            r#"{"exact":[4.0,1e400,123456789012345678901234567890,true]}"#,
        ] {
            assert_eq!(again(text), text);
        }
    }

    #[test]
    fn a_name_with_its_version_is_never_mistaken_for_another() {
        for name in [
            "README", "README@2", "README@1", "a@b", "@", "x@0", "t#1", "",
        ] {
            for version in [1, 2, 17] {
                let whole = with_version(name, version);
                assert_eq!(split_version(&whole), (name, version), "{whole}");
            }
        }
    }

    /// JSON objects with names that look like pointers, versions and marks.
    fn any_object() -> impl Strategy<Value = serde_json::Value> {
        let name = "[a~/#@0-2]{0,3}";
        let text = "[ä🎉\"\\\\\u{0}@#/${}]{0,4}";
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(serde_json::Value::from),
            any::<i64>().prop_map(serde_json::Value::from),
            any::<f64>().prop_map(serde_json::Value::from),
            text.prop_map(serde_json::Value::from),
        ];
        let value = leaf.prop_recursive(4, 32, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
                prop::collection::btree_map(name, inner, 0..4)
                    .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
            ]
        });
        prop::collection::btree_map(name, value, 0..4)
            .prop_map(|members| serde_json::Value::Object(members.into_iter().collect()))
    }

    proptest! {
        #[test]
        fn any_record_comes_back_from_its_values(object in any_object()) {
            let text = object.to_string();
            prop_assert_eq!(again(&text), text);
        }
    }

    #[test]
    fn the_last_version_counts_and_a_record_can_be_gone() {
        let value = |record: &str, kind, raw: &str| KeptValue {
            source: "lab.db".into(),
            record: record.into(),
            pointer: if kind == RawKind::Absent {
                String::new()
            } else {
                "/id".into()
            },
            kind,
            raw: raw.into(),
        };
        let kept = Kept::of(
            [
                value("t#10@3", RawKind::Text, "C"),
                value("t#10", RawKind::Text, "A"),
                value("t#10@2", RawKind::Text, "B"),
                value("t#9", RawKind::Text, "N"),
                value("t#11", RawKind::Text, "G"),
                value("t#11@2", RawKind::Absent, ""),
            ],
            vec![("x".into(), vec![1]), ("x@2".into(), vec![2])],
        );
        let records: Vec<(String, String)> = kept
            .sources
            .records
            .iter()
            .map(|r| (r.record.clone(), r.root.to_text()))
            .collect();
        assert_eq!(
            records,
            [
                ("t#9".to_owned(), r#"{"id":"N"}"#.to_owned()),
                ("t#10".to_owned(), r#"{"id":"C"}"#.to_owned())
            ]
        );
        assert_eq!(kept.versions[&("lab.db".into(), "t#11".into())], 2);
        assert_eq!(kept.sources.kept[0].bytes, [2]);
    }
}
