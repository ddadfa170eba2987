//! Findings as SARIF 2.1.0, for editors and code review.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::finding::{Finding, Rule, Severity};

/// The findings as one SARIF log.
pub fn sarif(findings: &[Finding], framework: &str) -> Value {
    let rules = Rule::ALL
        .iter()
        .map(|rule| json!({ "id": rule.as_str(), "shortDescription": { "text": rule.title() } }));
    let results = findings.iter().map(|finding| {
        let level = match finding.severity {
            Severity::Warning => "warning",
            Severity::CannotTell => "note",
            Severity::Incompatible => "error",
        };
        json!({
            "ruleId": finding.rule.as_str(),
            "level": level,
            "message": { "text": format!("{}: {}. {}", finding.what, finding.why, finding.fix) },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": uri(&finding.file), "uriBaseId": "%SRCROOT%" },
                "region": { "startLine": finding.line, "startColumn": finding.column },
            } }],
        })
    });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "ai-lab-framework",
                "semanticVersion": framework,
                "rules": rules.collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<_>>(),
        }],
    })
}

/// A path as a relative reference: what is not plain in it is percent-encoded.
fn uri(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02X}").expect("because a String takes it");
        }
    }
    text
}
