//! A later version's contract: this one's, with things taken away, renamed and narrowed.

use serde_json::{Value, json};

/// The items that are gone, by area.
const GONE: &[(&str, &[&str])] = &[
    ("command", &["execution verify"]),
    (
        "argument",
        &[
            "execution list --limit",
            "mcp serve --client",
            "tool run --background",
        ],
    ),
    ("clients_file", &["default.deny"]),
    ("environment", &["AI_LAB_HOME"]),
    ("manifest", &["limits.log_bytes"]),
    (
        "rust",
        &["ai_lab_tool::REQUEST_BYTES", "ai_lab_tool::Level::Debug"],
    ),
    (
        "python",
        &[
            "ai_lab_framework.SchemaError",
            "ai_lab_framework.ToolContext.secret",
            "ai_lab_framework.action(open_world)",
            "ai_lab_framework.measure",
        ],
    ),
];

/// Items that go, and the word that takes their place.
const GOING: &[(&str, &str, &str, &str)] = &[
    (
        "python",
        "ai_lab_framework.Length",
        "ai_lab_framework.Size",
        "Size",
    ),
    ("manifest", "tags", "labels", "labels"),
];

/// The contract of version 2.0.0, made of this version's.
pub(super) fn later(own: &str) -> String {
    let mut contract: Value = serde_json::from_str(own).expect("JSON");
    contract["version"] = json!("2.0.0");
    contract["schemas"]["framework"]["major"] = json!(2);
    for (area, names) in GONE {
        let items = contract["items"][area].as_object_mut().expect("an area");
        for name in *names {
            assert!(items.remove(*name).is_some(), "{area} {name}");
        }
    }
    for (area, old, new, word) in GOING {
        let items = contract["items"][area].as_object_mut().expect("an area");
        let same = items[*old].clone();
        items.insert((*new).to_owned(), same);
        items[*old]["deprecated"] = json!({
            "since": "1.1.0", "remove_in": "3.0.0", "instead": format!("Use `{word}`."), "renamed_to": word,
        });
    }
    let values = |contract: &mut Value, area: &str, item: &str, value: &str| {
        let values = contract["items"][area][item]["values"]
            .as_array_mut()
            .expect("values");
        values.retain(|known| known != value);
    };
    values(&mut contract, "manifest", "run.kind", "worker");
    values(&mut contract, "argument", "completions <1>", "elvish");
    values(
        &mut contract,
        "argument",
        "profile validate --format",
        "sarif",
    );
    contract["items"]["argument"]["tool new --language"]["required"] = json!(true);
    manifest(&mut contract["documents"]["manifest.schema.json"]);
    contract.to_string()
}

/// The schema of manifests, narrowed.
fn manifest(schema: &mut Value) {
    let same = schema["properties"]["tags"].clone();
    schema["properties"]["labels"] = same;
    schema["$defs"]["Limits"]["properties"]["run_ms"] =
        json!({ "type": "integer", "minimum": 1, "maximum": 60_000 });
    let owed = schema["$defs"]["Breaker"]["required"]
        .as_array_mut()
        .expect("names");
    owed.push(json!("probes"));
}
