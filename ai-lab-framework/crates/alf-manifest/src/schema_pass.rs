//! Holds a manifest against the contract's JSON Schema.

use std::sync::OnceLock;

use ai_lab_contract::schema_documents;
use alf_schema::{CompiledSchema, Violation};
use serde_json::Value;
use toml::de::DeTable;

use crate::place::Spans;
use crate::tree::json_of_table;
use crate::{Finding, FindingCode};

/// Holds a manifest's text against another version's schema of manifests: everything that it refuses.
///
/// `None` for a schema that does not compile. A text that is no TOML is read as far as it can be.
pub fn check_against(text: &str, schema: &Value) -> Option<Vec<Finding>> {
    let mut schema = schema.clone();
    without_null(&mut schema);
    let schema = CompiledSchema::compile(&schema).ok()?;
    let (table, _) = DeTable::parse_recoverable(text);
    let value = Value::Object(json_of_table(table.get_ref()));
    Some(refused(&schema, text, &value, &Spans::of(table.get_ref())))
}

/// Everything about the values that the schema refuses.
pub(crate) fn check(text: &str, manifest: &Value, spans: &Spans) -> Vec<Finding> {
    refused(schema(), text, manifest, spans)
}

fn refused(schema: &CompiledSchema, text: &str, manifest: &Value, spans: &Spans) -> Vec<Finding> {
    schema
        .check(manifest)
        .into_iter()
        .map(|violation| finding(text, &violation, spans))
        .collect()
}

/// The contract's schema of a manifest, compiled once a process.
fn schema() -> &'static CompiledSchema {
    static SCHEMA: OnceLock<CompiledSchema> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let document = schema_documents()
            .into_iter()
            .find(|document| document.file == "manifest.schema.json")
            .expect("because the contract has a schema of the manifest");
        let mut schema = document.schema.to_value();
        without_null(&mut schema);
        CompiledSchema::compile(&schema).expect("because the contract's own schema compiles")
    })
}

/// Takes `null` out: TOML has none, so no message may offer it.
fn without_null(schema: &mut Value) {
    let null =
        |value: &Value| value == "null" || value.get("type").is_some_and(|kind| kind == "null");
    match schema {
        Value::Object(members) => {
            for (key, value) in members {
                if let ("type" | "anyOf", Value::Array(options)) = (key.as_str(), &mut *value) {
                    options.retain(|option| !null(option));
                }
                without_null(value);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn finding(text: &str, violation: &Violation, spans: &Spans) -> Finding {
    let (code, span) = match &*violation.keyword {
        "additionalProperties" => (FindingCode::UnknownKey, spans.key(&violation.pointer)),
        "required" => (FindingCode::MissingKey, spans.key(&violation.pointer)),
        "type" => (FindingCode::WrongType, spans.value(&violation.pointer)),
        "minimum" | "maximum" | "minLength" | "maxLength" | "minItems" | "maxItems" => {
            (FindingCode::OutOfRange, spans.value(&violation.pointer))
        }
        _ => (FindingCode::BadValue, spans.value(&violation.pointer)),
    };
    let finding = Finding::error(code, &*violation.message, text, span);
    match &violation.nearest {
        Some(word) => finding.with_help(format!("Did you mean `{word}`?")),
        None => finding,
    }
}
