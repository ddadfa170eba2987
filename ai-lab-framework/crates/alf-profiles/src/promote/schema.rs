//! Closes schemas that can be closed without a guess.

use std::collections::{BTreeMap, BTreeSet};

use ai_lab_contract::{RunKind, SchemaSource};
use serde_json::{Map, Value};

use super::{FileEdit, PromotionFacts, Steps};

/// Words of a schema besides `properties` by which it may take keys: with one of them, closing it could refuse what
/// it means to take.
const OTHER_WAYS: [&str; 12] = [
    "$dynamicRef",
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "dependentSchemas",
    "if",
    "not",
    "oneOf",
    "patternProperties",
    "propertyNames",
    "unevaluatedProperties",
];

/// Whether a schema names every key that it means to take, and does not say that it takes others.
pub(super) fn may_be_closed(schema: &Map<String, Value>) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("object")
        && schema.get("properties").is_some_and(Value::is_object)
        && !OTHER_WAYS.iter().any(|word| schema.contains_key(*word))
}

/// The schema files of inputs that are closed. One that describes an output as well is left alone, and so are those
/// of a server, which are the server's.
pub(super) fn close_files(facts: &PromotionFacts<'_>, steps: &mut Steps) -> Vec<FileEdit> {
    let manifest = facts.manifest;
    if manifest.run.kind == RunKind::Mcp {
        return Vec::new();
    }
    let file = |source| match source {
        SchemaSource::File(path) => Some(path),
        SchemaSource::Inline(_) => None,
    };
    let outputs: BTreeSet<String> = manifest
        .actions
        .values()
        .filter_map(|action| file(action.output.clone()))
        .collect();
    let inputs = manifest.actions.values().map(|action| action.input.clone());
    let inputs: BTreeSet<String> = inputs
        .chain(manifest.config.clone())
        .filter_map(file)
        .collect();
    let mut edits = BTreeMap::new();
    for path in inputs.difference(&outputs) {
        let Some((text, closed)) = facts
            .schema_files
            .get(path)
            .and_then(|text| Some((text, closed(text)?)))
        else {
            continue;
        };
        steps.add("P208", format!("`{path}` refuses unknown keys"));
        let path = path.trim_start_matches("./").to_owned();
        let edit = FileEdit {
            path: path.clone(),
            before: Some(text.clone()),
            after: closed,
        };
        edits.insert(path, edit);
    }
    edits.into_values().collect()
}

/// The text with one line more; `None` where it should or can not be closed.
fn closed(text: &str) -> Option<String> {
    let Ok(Value::Object(mut schema)) = serde_json::from_str::<Value>(text) else {
        return None;
    };
    if !may_be_closed(&schema) {
        return None;
    }
    let (head, rest) = text.split_once('{')?;
    let space: String = rest.chars().take_while(|c| c.is_whitespace()).collect();
    let closed = format!("{head}{{{space}\"additionalProperties\": false,{rest}");
    schema.insert("additionalProperties".to_owned(), false.into());
    // Whatever the text looked like: it says what was meant, or it stays.
    (serde_json::from_str::<Value>(&closed).ok()? == Value::Object(schema)).then_some(closed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_gains_one_line_and_keeps_its_form() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(closed(text).as_deref(), expected, "{text}");
        };
        check(
            "{\n  \"type\": \"object\",\n  \"properties\": {}\n}\n",
            Some(
                "{\n  \"additionalProperties\": false,\n  \"type\": \"object\",\n  \"properties\": {}\n}\n",
            ),
        );
        check(
            r#"{"type":"object","properties":{}}"#,
            Some(r#"{"additionalProperties": false,"type":"object","properties":{}}"#),
        );
        for other in [
            "",
            "true",
            r#"{"type":"object"}"#,
            r#"{"type":"string","properties":{}}"#,
            r#"{"type":"object","properties":{},"additionalProperties":true}"#,
            r##"{"type":"object","properties":{},"allOf":[{"$ref":"#/$defs/a"}]}"##,
        ] {
            check(other, None);
        }
    }
}
