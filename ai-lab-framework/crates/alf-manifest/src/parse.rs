//! From text to a manifest, or to everything that is wrong with it.

use std::path::Path;

use ai_lab_contract::Manifest;
use serde::Deserialize as _;
use toml::de::DeTable;

use crate::place::Spans;
use crate::{
    Finding, FindingCode, ManifestFindings, Severity, duplicates, rules, schema_pass, tree,
};

/// How many bytes a manifest may have. Stops files that are no manifests from being read whole.
pub const MANIFEST_BYTES: usize = 262_144;

/// How many findings are told at once. Stops a broken file from filling the screen.
pub(crate) const MOST_FINDINGS: usize = 64;

/// Reads a manifest.
///
/// `file` is only named in the findings. Warnings are not among them: those are for [`check_manifest`].
pub fn parse_manifest(text: &str, file: &Path) -> Result<Manifest, ManifestFindings> {
    let findings = match quick(text) {
        Ok(manifest) => return Ok(manifest),
        Err(findings) => findings,
    };
    Err(ManifestFindings {
        file: file.to_owned(),
        findings,
        source: text.to_owned(),
    })
}

/// Finds everything that is wrong with a manifest's text; nothing for one that [`parse_manifest`] takes.
pub fn check_manifest(text: &str) -> Vec<Finding> {
    quick(text).err().unwrap_or_default()
}

/// Parses once, applies the rules and the types; only what fails is looked at closely.
fn quick(text: &str) -> Result<Manifest, Vec<Finding>> {
    if text.len() > MANIFEST_BYTES {
        let message = format!("the manifest is longer than {MANIFEST_BYTES} bytes");
        return Err(vec![Finding::error(
            FindingCode::TooLong,
            message,
            text,
            0..0,
        )]);
    }
    if text.starts_with('\u{FEFF}') {
        let message = "the manifest begins with a byte order mark";
        let finding = Finding::error(FindingCode::Syntax, message, text, 0..3);
        return Err(vec![finding.with_help("Save it as UTF-8 without one.")]);
    }
    let Ok(table) = DeTable::parse(text) else {
        return Err(broken_toml(text));
    };
    let findings = rules::check(text, table.get_ref());
    // Takes the table apart: what fails is parsed again, what is right is not copied.
    let typed = Manifest::deserialize(toml::Deserializer::from(table));
    match typed {
        Ok(manifest) if findings.is_empty() => Ok(manifest),
        Ok(_) => Err(sorted(findings)),
        Err(error) => Err(closely(text, findings, &error)),
    }
}

/// Every finding of a manifest whose TOML is right and whose values are not.
fn closely(text: &str, mut findings: Vec<Finding>, error: &toml::de::Error) -> Vec<Finding> {
    let (table, _) = DeTable::parse_recoverable(text);
    let spans = Spans::of(table.get_ref());
    let value = serde_json::Value::Object(tree::json_of_table(table.get_ref()));
    for finding in schema_pass::check(text, &value, &spans) {
        // The rule's own words are better than the schema's.
        if !findings
            .iter()
            .any(|told| told.span == finding.span && !told.span.is_empty())
        {
            findings.push(finding);
        }
    }
    if findings.is_empty() {
        let span = error.span().unwrap_or(0..0);
        findings.push(Finding::error(
            FindingCode::BadValue,
            error.message(),
            text,
            span,
        ));
    }
    sorted(findings)
}

/// What is wrong with the TOML itself, and where only single keys are doubled, what else is wrong.
fn broken_toml(text: &str) -> Vec<Finding> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut mistakes = duplicates::explain_all(text, &errors);
    if mistakes.rest_stands {
        mistakes
            .findings
            .extend(rules::check(text, table.get_ref()));
        let spans = Spans::of(table.get_ref());
        let value = serde_json::Value::Object(tree::json_of_table(table.get_ref()));
        mistakes
            .findings
            .extend(schema_pass::check(text, &value, &spans));
    }
    sorted(mistakes.findings)
}

fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| {
        (a.span.start, a.code, &a.message).cmp(&(b.span.start, b.code, &b.message))
    });
    findings
        .dedup_by(|a, b| (a.code, a.span.start, &a.message) == (b.code, b.span.start, &b.message));
    findings.truncate(MOST_FINDINGS);
    debug_assert!(
        findings
            .iter()
            .all(|finding| finding.severity == Severity::Error)
    );
    findings
}

#[cfg(test)]
mod tests;
