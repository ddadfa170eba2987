//! The manifest that a new lab is given, made of the types: `AI_LAB_BLESS=1` writes it anew.

use std::fmt::Write as _;
use std::path::Path;

use ai_lab_tool::AiTool as _;
use ai_lab_tool::contract::SchemaSource;
use serde_json::{Map, Value, json};

use crate::Tracker;
use crate::budget::ANSWER_BYTES;
use crate::door::Door;

/// Where `ai-lab init` has it from.
const TEMPLATE: &str = "../lab-scaffold/templates/tracker.toml";

/// What the tools of this one server may take of an agent's memory, in bytes, names and descriptions included.
const OFFERED_BYTES: usize = 9_500;

/// Everything before the actions.
fn head() -> String {
    format!(
        "contract = 1\n\
         name = \"tracker\"\n\
         version = \"{}\"\n\
         description = {}\n\
         profile = \"standard\"\n\
         tags = [\"tracker\"]\n\n\
         [run]\n\
         kind = \"exec\"\n\
         # It comes with `ai-lab` and lies beside it on the PATH.\n\
         command = [\"ai-lab-tracker\"]\n\n\
         [limits]\n\
         run_ms = 20000\n\
         output_bytes = {}\n\
         processes = 16\n\n\
         # The lab's database, what SQLite keeps beside it, and the items' files; no port and no secret. Grants are absolute\n\
         # paths: in a copy of the lab, `ai-lab init .` writes its own.\n\
         [grants]\n\
         read = [\"{{lab}}/ai-lab.toml\"]\n\
         write = [\"{{lab}}/data\", \"{{lab}}/projects\"]\n\n\
         [retry]\n\
         attempts = 2\n\
         backoff_ms = 100\n\
         max_backoff_ms = 500\n\n\
         [health]\n\
         action = \"prime\"\n\n\
         {}",
        env!("CARGO_PKG_VERSION"),
        toml(&json!(Tracker::DESCRIPTION)),
        // As one line, and with room for what JSON writes around it.
        ANSWER_BYTES * 2,
        EXEMPT.map(exempt).concat(),
    )
}

/// Rules of the profile that the manifest does without, and why.
const EXEMPT: [(&str, &str); 4] = [
    (
        "P204",
        "the program's tests are ai-lab's own and run before it is released",
    ),
    ("P205", "as above; a lab holds no source of it"),
    (
        "P206",
        "it logs only what went otherwise than expected; the tracker's log has every change",
    ),
    (
        "P208",
        "its answers are read as text; schemas of them would take an agent more than they tell",
    ),
];

fn exempt((rule, reason): (&str, &str)) -> String {
    format!("[[exempt]]\nrule = \"{rule}\"\nreason = \"{reason}\"\n\n")
}

/// The whole manifest.
fn manifest() -> String {
    let mut text = head();
    let door = Door::fixed(std::path::PathBuf::new(), 0);
    let actions = Tracker { door }.actions().describe::<Tracker>().actions;
    for (name, action) in actions {
        let mut entry = |key: &str, value: String| {
            writeln!(text, "{key} = {value}").expect("a string takes it");
        };
        entry(
            &format!("[actions.{name}]\ndescription"),
            toml(&json!(action.description)),
        );
        entry("input", toml(&input(action.input)));
        entry("output", toml(&output(action.output)));
        for (key, is_so) in [
            ("read_only", action.read_only),
            ("idempotent", action.idempotent),
        ] {
            if is_so {
                entry(key, is_so.to_string());
            }
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len() + 1);
    text
}

/// The schema of an input without what no agent needs: what may be left out need not be null too.
fn input(source: SchemaSource) -> Value {
    let mut schema = inline(source);
    let definitions = schema["$defs"].take();
    refer(&mut schema, &definitions);
    strip(&mut schema);
    if let Some(root) = schema.as_object_mut() {
        root.remove("$defs");
        root.remove("description");
    }
    schema
}

/// Puts definitions where they are referred to; the description of the place beats theirs.
fn refer(schema: &mut Value, definitions: &Value) {
    if let Some(map) = schema.as_object_mut() {
        let either = map.get("anyOf").and_then(|any| any.get(0)).cloned();
        let target = either.as_ref().unwrap_or(&Value::Null)["$ref"].as_str();
        let target = target.or_else(|| map.get("$ref").and_then(Value::as_str));
        let name = target
            .and_then(|target| target.strip_prefix("#/$defs/"))
            .map(str::to_owned);
        if let Some(name) = name {
            map.remove("anyOf");
            map.remove("$ref");
            for (key, value) in definitions[&name].as_object().expect("it is defined") {
                map.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
    }
    match schema {
        Value::Object(map) => map.values_mut().for_each(|it| refer(it, definitions)),
        Value::Array(all) => all.iter_mut().for_each(|it| refer(it, definitions)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Of an output only what it is: agents read the answer itself.
fn output(source: SchemaSource) -> Value {
    let schema = inline(source);
    json!({ "type": "object", "description": schema["description"] })
}

fn inline(source: SchemaSource) -> Value {
    match source {
        SchemaSource::Inline(schema) => Value::Object(schema),
        SchemaSource::File(file) => panic!("{file}: a description has its schemas inline"),
    }
}

fn strip(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            for key in ["$schema", "title", "format", "default"] {
                // A property may be called so; only words of the schema language are taken out.
                if map.get(key).is_some_and(|it| !it.is_object()) {
                    map.remove(key);
                }
            }
            if map.get("minimum") == Some(&json!(0)) {
                map.remove("minimum");
            }
            if let Some(only) = map.get("type").and_then(|types| types.get(0)).cloned() {
                map.insert("type".to_owned(), only);
            }
            map.values_mut().for_each(strip);
        }
        Value::Array(all) => all.iter_mut().for_each(strip),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A JSON value as an inline value of TOML.
fn toml(value: &Value) -> String {
    match value {
        Value::Null => panic!("TOML has no null"),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(all) => {
            let all: Vec<String> = all.iter().map(toml).collect();
            format!("[{}]", all.join(", "))
        }
        Value::Object(map) => table(map),
    }
}

fn table(map: &Map<String, Value>) -> String {
    let is_bare = |key: &str| key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let pairs: Vec<String> = map
        .iter()
        .map(|(key, value)| {
            let key = if is_bare(key) {
                key.clone()
            } else {
                quoted(key)
            };
            format!("{key} = {}", toml(value))
        })
        .collect();
    format!("{{ {} }}", pairs.join(", "))
}

/// JSON's escapes are TOML's too.
fn quoted(text: &str) -> String {
    json!(text).to_string()
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "blessing the manifest is this test's own door"
)]
fn the_manifest_of_a_new_lab_is_that_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(TEMPLATE);
    let generated = manifest();
    if std::env::var_os("AI_LAB_BLESS").is_some() {
        std::fs::write(&path, &generated).expect("the folder is writable");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == generated,
        "{TEMPLATE} differs: run with AI_LAB_BLESS=1"
    );
}

#[test]
fn what_agents_are_offered_is_small() {
    let door = Door::fixed(std::path::PathBuf::new(), 0);
    let actions = Tracker { door }.actions().describe::<Tracker>().actions;
    assert_eq!(actions.len(), 11);
    let offered = actions.into_iter().map(|(name, action)| {
        let offer = json!({
            "name": format!("tracker_{name}"),
            "description": action.description,
            "inputSchema": input(action.input),
        });
        offer.to_string().len()
    });
    let bytes: usize = offered.sum();
    assert!(bytes <= OFFERED_BYTES, "{bytes} bytes");
}
