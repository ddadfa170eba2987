//! A `tool.toml` that somebody else wrote.

use std::path::Path;

use ai_lab_contract::{Manifest, SchemaSource};
use alf_manifest::{Finding, check_manifest, parse_manifest};
use alf_schema::CompiledSchema;
use serde_json::Value;

use crate::places::{assert_lies_in, assert_plain, bytes_into_line, line_of};

/// The most findings that are told at once.
const MOST_FINDINGS: usize = 64;

/// Findings lie in the text and are told plainly; what is right says the same when written out and read again.
pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match parse_manifest(text, Path::new("tool.toml")) {
        Err(wrong) => {
            assert_eq!(wrong.findings, check_manifest(text));
            assert!((1..=MOST_FINDINGS).contains(&wrong.findings.len()));
            for finding in &wrong.findings {
                check_finding(text, finding);
            }
        }
        Ok(manifest) => {
            assert_eq!(check_manifest(text), []);
            let written = written(&manifest);
            let again = parse_manifest(&written, Path::new("tool.toml"));
            assert_eq!(again.as_ref(), Ok(&manifest), "{written}");
            compile_schemas(&manifest);
        }
    }
}

fn check_finding(text: &str, finding: &Finding) {
    assert_lies_in(text, &finding.span);
    let into_line = bytes_into_line(text.as_bytes(), finding.span.start);
    assert_eq!(finding.line, line_of(text.as_bytes(), finding.span.start));
    assert!((1..=into_line + 1).contains(&finding.column), "{finding:?}");
    assert_plain(&finding.message);
    if let Some(help) = &finding.help {
        assert_plain(help);
    }
    if let Some(also) = &finding.also {
        assert_lies_in(text, &also.span);
        assert_eq!(also.line, line_of(text.as_bytes(), also.span.start));
        assert_plain(&also.text);
    }
}

/// What the catalogue does next with a manifest that is right.
fn compile_schemas(manifest: &Manifest) {
    let actions = manifest.actions.values();
    let sources = actions.flat_map(|action| [&action.input, &action.output]);
    for source in sources.chain(&manifest.config) {
        if let SchemaSource::Inline(schema) = source
            && let Err(error) = CompiledSchema::compile(&Value::Object(schema.clone()))
        {
            assert_plain(&error.to_string());
        }
    }
}

/// The manifest as TOML, one key of the top level a line.
fn written(manifest: &Manifest) -> String {
    let value = serde_json::to_value(manifest).expect("because a manifest has text keys only");
    let Value::Object(keys) = value else {
        unreachable!("a manifest is an object");
    };
    let lines: Vec<String> = keys
        .iter()
        .map(|(key, value)| format!("{} = {}\n", quoted(key), inline(value)))
        .collect();
    lines.concat()
}

/// A value on one line of TOML.
fn inline(value: &Value) -> String {
    match value {
        Value::Null => unreachable!("TOML has no null, and what is absent is not written"),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(keys) => {
            let pairs: Vec<String> = keys
                .iter()
                .map(|(key, value)| format!("{} = {}", quoted(key), inline(value)))
                .collect();
            format!("{{ {} }}", pairs.join(", "))
        }
    }
}

/// JSON's way to quote is TOML's too, but for DEL.
fn quoted(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}
