//! What clients may call: `clients.toml` in the framework's home, `config/clients.toml` in a lab.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use alf_schema::CompiledSchema;
use serde_json::{Map, Value, json};

use crate::framework_file::{FrameworkFileError, in_one_file};
use crate::lab_file::parse_lab_file;
use crate::layer::{Layer, Origin, layer};

/// How many clients one file names. Stops a file from costing every call time.
const MOST_CLIENTS: usize = 256;

/// How many patterns one list has, for the same reason.
const MOST_PATTERNS: usize = 512;

/// The lists of a file, as texts that keep the form of a pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientsFile {
    /// `[default]`: for clients that are not named.
    pub default: Option<ClientEntry>,
    /// `[clients.NAME]`.
    pub clients: BTreeMap<String, ClientEntry>,
}

/// The lists of one client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientEntry {
    /// `allow`: nothing but this; `None` where there is no list.
    pub allow: Option<Vec<String>>,
    /// `deny`: nothing of this.
    pub deny: Vec<String>,
}

static SCHEMA: LazyLock<CompiledSchema> = LazyLock::new(|| {
    CompiledSchema::compile(&clients_file_schema()).expect("because this schema is right")
});

/// The keys of the file, with what each may be, as a JSON Schema.
pub fn clients_file_schema() -> Value {
    let list = json!({
        "type": "array",
        "maxItems": MOST_PATTERNS,
        "items": { "type": "string", "pattern": "^[a-z0-9_*-]+([.][a-z0-9_*-]+)?$", "maxLength": 256 },
    });
    let entry = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": { "allow": list, "deny": list },
    });
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "default": entry,
            "clients": {
                "type": "object",
                "maxProperties": MOST_CLIENTS,
                "additionalProperties": entry,
            },
        },
    })
}

/// Reads the text of the file.
pub fn parse_clients_file(text: &str) -> Result<ClientsFile, FrameworkFileError> {
    let layers = [Layer {
        origin: Origin::User,
        values: parse_lab_file(text)?,
    }];
    let checked = layer(&layers, Some(&SCHEMA)).map_err(in_one_file)?;
    Ok(read(&checked.values))
}

fn read(values: &Map<String, Value>) -> ClientsFile {
    let clients = values.get("clients").and_then(Value::as_object);
    let named = clients.into_iter().flatten();
    ClientsFile {
        default: values.get("default").map(entry),
        clients: named
            .map(|(name, lists)| (name.clone(), entry(lists)))
            .collect(),
    }
}

fn entry(lists: &Value) -> ClientEntry {
    let list = |key: &str| {
        let texts = lists.get(key)?.as_array()?.iter();
        Some(texts.filter_map(Value::as_str).map(str::to_owned).collect())
    };
    ClientEntry {
        allow: list("allow"),
        deny: list("deny").unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_and_their_absence_is_no_empty_list() {
        let text = "[default]\nallow = []\n\n[clients.opencode] # the agent\nallow = [\"probe\", \"*.look\"]\n\n\
                    [clients.gemini-cli]\ndeny = [\"probe.forget\"]\n";
        let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let file = parse_clients_file(text).expect("a right file");
        let entry = |allow: Option<&[&str]>, deny: &[&str]| ClientEntry {
            allow: allow.map(list),
            deny: list(deny),
        };
        assert_eq!(
            file,
            ClientsFile {
                default: Some(entry(Some(&[]), &[])),
                clients: BTreeMap::from([
                    ("gemini-cli".to_owned(), entry(None, &["probe.forget"])),
                    (
                        "opencode".to_owned(),
                        entry(Some(&["probe", "*.look"]), &[])
                    ),
                ]),
            }
        );
        assert_eq!(
            parse_clients_file("").expect("a right file"),
            ClientsFile::default()
        );
    }

    #[test]
    fn what_there_is_not_and_what_cannot_be_is_named() {
        let told = |text: &str| parse_clients_file(text).map_err(|error| error.to_string());
        for (text, wrong) in [
            (
                "[client.opencode]\nallow = []",
                "`client`: unknown key `client`; did you mean `clients`",
            ),
            (
                "[clients.opencode]\nalow = []",
                "`clients.opencode.alow`: unknown key `alow`; did you mean `allow`",
            ),
            (
                "[clients.opencode]\nallow = \"probe\"",
                "`clients.opencode.allow`: expected a list, found the text `probe`",
            ),
        ] {
            assert_eq!(told(text), Err(wrong.to_owned()), "{text}");
        }
        let wrong = told("[default]\nallow = [\"Probe Look\"]").expect_err("because of the blank");
        assert!(wrong.starts_with("`default.allow.0`"), "{wrong}");
    }
}
