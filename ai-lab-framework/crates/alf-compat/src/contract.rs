//! The contract of one release: everything that others may lean on, item by item.

use std::collections::BTreeMap;

use ai_lab_contract::MajorMinor;
use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

/// The form that this version writes and reads.
const FORMAT: u32 = 1;

/// The longest `contract.json`, in bytes. Stops a file that nobody here wrote from being read whole.
pub const CONTRACT_BYTES: usize = 8 * 1024 * 1024;

/// `contract.json`: what one version promises.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Contract {
    /// The form of this document: 1. Keys that a reader does not know it passes over.
    pub format: u32,
    /// What is promised by whom, such as `ai-lab-framework`.
    pub name: String,
    /// The version that promises it.
    #[schemars(with = "String")]
    pub version: Version,
    /// The contract between tools and the framework.
    pub contract: MajorMinor,
    /// The schema of each database, by the database's name.
    pub schemas: BTreeMap<String, MajorMinor>,
    /// Every item, by area and name.
    pub items: BTreeMap<Area, BTreeMap<String, Item>>,
    /// The JSON Schemas of the contract, whole, by the name of their file.
    #[serde(default)]
    pub documents: BTreeMap<String, Value>,
}

/// One thing that others may lean on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// The version that had it first.
    pub since: String,
    /// What it may be, each a word or a signature; several are alternatives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// The only values that it may have; empty where any of its type is one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// The least number, length or count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<Number>,
    /// The greatest number, length or count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<Number>,
    /// The regular expression that its text keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Whether it has to be there, or always is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// That it will go, and what to use instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<Deprecation>,
}

impl Item {
    /// An item of one type.
    pub fn of(what: impl Into<String>) -> Self {
        Self {
            types: vec![what.into()],
            ..Self::default()
        }
    }

    /// The same item, one that has to be there or not.
    #[must_use]
    pub fn required(self, required: bool) -> Self {
        Self { required, ..self }
    }
}

/// That something will go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Deprecation {
    /// The version that said so first.
    pub since: String,
    /// The version that will not have it any more.
    pub remove_in: String,
    /// What to do instead, as a sentence.
    pub instead: String,
    /// The word that takes the place of its own, where that is all there is to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_to: Option<String>,
}

macro_rules! areas {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $what:literal, $from:ident;)*) => {
        /// What an item is part of. The words stand in reports: rows are only added.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Area {
            $($(#[$doc])* $variant,)*
        }

        impl Area {
            /// Every area, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word in `contract.json` and in reports.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What one item of it is called in a sentence.
            pub const fn noun(self) -> &'static str {
                match self { $(Self::$variant => $what,)* }
            }

            /// Who says it to whom, which decides what breaks.
            pub const fn side(self) -> Side {
                match self { $(Self::$variant => Side::$from,)* }
            }
        }
    };
}

areas! {
    /// A command of the command line.
    Command = "command", "command", Asked;
    /// A flag or a position of a command.
    Argument = "argument", "argument", Asked;
    /// A number that a command ends with.
    ExitCode = "exit_code", "exit code", Told;
    /// The word for a kind of failure.
    ErrorKind = "error_kind", "error kind", Told;
    /// A key of a tool's manifest.
    Manifest = "manifest", "manifest key", Asked;
    /// A key of the line that a tool reads.
    Request = "request", "request key", Told;
    /// A key of the line that a tool writes.
    Answer = "answer", "result key", Asked;
    /// Something else that a tool and the framework say to each other.
    Protocol = "protocol", "part of the protocol", Asked;
    /// A key of `tools.lock`.
    ToolsLock = "tools_lock", "key of `tools.lock`", Asked;
    /// A key of the lab's `ai-lab.toml`.
    LabFile = "lab_file", "key of `ai-lab.toml`", Asked;
    /// A key of the lab's `ai-lab.lock`.
    LabLock = "lab_lock", "key of `ai-lab.lock`", Asked;
    /// A key of an update's journal.
    UpdateJournal = "update_journal", "key of the update's journal", Asked;
    /// A key of `clients.toml`.
    ClientsFile = "clients_file", "key of `clients.toml`", Asked;
    /// A key of the framework's own `config.toml`.
    FrameworkFile = "framework_file", "key of `config.toml`", Asked;
    /// A variable of the environment that the framework reads.
    Environment = "environment", "variable", Asked;
    /// A variable of the environment that a tool is given.
    ToolEnvironment = "tool_environment", "variable of tools", Told;
    /// A key of a document that a command prints.
    Output = "output", "key of an output", Told;
    /// What a Rust program can name in the published crates.
    Rust = "rust", "Rust symbol", Asked;
    /// What a Python program can name in the package.
    Python = "python", "Python symbol", Asked;
    /// A table, column or index of the framework's database.
    Database = "database", "part of the database", Told;
}

/// Who says a thing to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Others say it to the framework: it must go on understanding what it understood.
    Asked,
    /// The framework says it to others: it must go on saying what it said.
    Told,
}

/// Why a text is no contract.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// It is longer than any.
    #[error("longer than {CONTRACT_BYTES} bytes")]
    TooLong,
    /// It is no such document.
    #[error("no contract")]
    Unreadable(#[from] serde_json::Error),
    /// A later form.
    #[error("it has the form {0}, and this version reads {FORMAT}")]
    Form(u32),
}

impl Contract {
    /// Reads a document. Areas that this version does not know are passed over.
    pub fn read(text: &[u8]) -> Result<Self, ContractError> {
        if text.len() > CONTRACT_BYTES {
            return Err(ContractError::TooLong);
        }
        let mut document: Value = serde_json::from_slice(text)?;
        if let Some(form) = document.get("format").and_then(Value::as_u64)
            && form != u64::from(FORMAT)
        {
            return Err(ContractError::Form(u32::try_from(form).unwrap_or(u32::MAX)));
        }
        if let Some(areas) = document.get_mut("items").and_then(Value::as_object_mut) {
            areas.retain(|word, _| Area::ALL.iter().any(|area| area.as_str() == word));
        }
        Ok(serde_json::from_value(document)?)
    }

    /// The document as it is written: an item a line, so that a change shows as one.
    pub fn text(&self) -> String {
        let areas = self.items.iter().map(|(area, items)| {
            let rows = items.iter().map(|(name, item)| (name.as_str(), item));
            format!("    \"{}\": {}", area.as_str(), lines(rows, "    "))
        });
        let areas: Vec<String> = areas.collect();
        let documents = self.documents.iter();
        let documents = documents.map(|(name, schema)| (name.as_str(), schema));
        format!(
            "{{\n  \"format\": {},\n  \"name\": {},\n  \"version\": {},\n  \"contract\": {},\n  \"schemas\": {},\n  \
             \"items\": {{\n{}\n  }},\n  \"documents\": {}\n}}\n",
            self.format,
            written(&self.name),
            written(&self.version),
            written(&self.contract),
            written(&self.schemas),
            areas.join(",\n"),
            lines(documents, "  "),
        )
    }

    /// The item of that name.
    pub fn item(&self, area: Area, name: &str) -> Option<&Item> {
        self.items.get(&area)?.get(name)
    }

    /// Every item of an area, by name; none of an area that the contract does not have.
    pub fn area(&self, area: Area) -> impl Iterator<Item = (&String, &Item)> {
        self.items.get(&area).into_iter().flatten()
    }

    /// Whether it says anything about that area. One that does not cannot say that something is missing.
    pub fn has(&self, area: Area) -> bool {
        self.items.get(&area).is_some_and(|items| !items.is_empty())
    }
}

/// An object with a member a line.
fn lines<'a, T: Serialize + 'a>(
    rows: impl Iterator<Item = (&'a str, &'a T)>,
    indent: &str,
) -> String {
    let rows: Vec<String> = rows
        .map(|(name, value)| format!("{indent}  {}: {}", written(&name), written(value)))
        .collect();
    if rows.is_empty() {
        return "{}".to_owned();
    }
    format!("{{\n{}\n{indent}}}", rows.join(",\n"))
}

/// A value in one line. Everything here has texts for keys and plain values, which always have a form.
fn written(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn contract() -> Contract {
        let item = Item {
            since: "0.1.0".to_owned(),
            types: vec!["integer".to_owned()],
            values: vec!["1".to_owned()],
            least: Some(1.into()),
            most: Some(2.into()),
            pattern: Some("^1$".to_owned()),
            required: true,
            deprecated: Some(Deprecation {
                since: "1.1.0".to_owned(),
                remove_in: "2.0.0".to_owned(),
                instead: "Use `b`.".to_owned(),
                renamed_to: Some("b".to_owned()),
            }),
        };
        let items = BTreeMap::from([("a".to_owned(), item), ("b".to_owned(), Item::of("text"))]);
        Contract {
            format: 1,
            name: "ai-lab-framework".to_owned(),
            version: Version::new(1, 1, 0),
            contract: MajorMinor { major: 1, minor: 0 },
            schemas: BTreeMap::from([("framework".to_owned(), MajorMinor { major: 1, minor: 5 })]),
            items: BTreeMap::from([(Area::Manifest, items), (Area::Output, BTreeMap::new())]),
            documents: BTreeMap::from([("x.json".to_owned(), json!({ "type": "object" }))]),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let text = contract().text();
        assert_eq!(
            Contract::read(text.as_bytes()).expect("a contract"),
            contract()
        );
        let rows = text.lines().filter(|line| line.contains("since")).count();
        assert_eq!(rows, 2, "an item a line:\n{text}");
    }

    #[test]
    fn a_later_release_may_have_areas_and_keys_that_are_not_known_here() {
        let mut later: Value = serde_json::from_str(&contract().text()).expect("JSON");
        later["items"]["telepathy"] = json!({ "a": { "since": 7 } });
        later["signed_by"] = json!("somebody");
        let read = Contract::read(later.to_string().as_bytes()).expect("a contract");
        assert_eq!(read, contract());
        assert!(read.has(Area::Manifest) && !read.has(Area::Output) && !read.has(Area::Rust));
        assert_eq!(read.area(Area::Manifest).count(), 2);
        assert_eq!(read.item(Area::Manifest, "b"), Some(&Item::of("text")));
    }

    #[test]
    fn what_is_no_contract_is_refused_by_name() {
        let told = |text: &[u8]| Contract::read(text).expect_err("none").to_string();
        assert_eq!(told(b"<html>"), "no contract");
        assert_eq!(told(b"{}"), "no contract");
        assert_eq!(
            told(b"{\"format\":2}"),
            "it has the form 2, and this version reads 1"
        );
        assert_eq!(
            told(&vec![b' '; CONTRACT_BYTES + 1]),
            "longer than 8388608 bytes"
        );
    }

    #[test]
    fn every_area_is_written_as_its_word() {
        for area in Area::ALL {
            assert_eq!(json!(area), json!(area.as_str()));
            assert!(!area.noun().is_empty());
        }
    }
}
