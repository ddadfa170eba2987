//! A report as SARIF 2.1.0, for editors and code review.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::{RULES, Report};

/// The report as one SARIF log. `manifest` is the place that all findings are about: a path relative to the lab.
pub fn sarif(report: &Report, manifest: &str, framework: &str) -> Value {
    let rules: Vec<Value> = RULES
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id,
                "shortDescription": { "text": rule.title },
                "fullDescription": { "text": rule.why },
                "help": { "text": format!("Checked: {}. Mended: {}.", rule.how_checked, rule.how_mended) },
                "properties": { "from": rule.from },
            })
        })
        .collect();
    let place = |rule: &str, message: &str| {
        let mut result = json!({
            "ruleId": rule,
            "message": { "text": message },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": uri(manifest), "uriBaseId": "%SRCROOT%" },
                "region": { "startLine": 1 },
            } }],
        });
        if let Some(index) = RULES.iter().position(|known| known.id == rule) {
            result["ruleIndex"] = json!(index);
        }
        result
    };
    let mut results: Vec<Value> = Vec::new();
    for finding in &report.findings {
        let text = format!("{}: {}. {}", finding.title, finding.message, finding.fix);
        let mut result = place(&finding.rule, &text);
        result["level"] = json!("error");
        results.push(result);
    }
    for exempted in &report.exempted {
        let mut result = place(
            &exempted.rule,
            &format!("{}: {}", exempted.title, exempted.message),
        );
        result["level"] = json!("note");
        result["suppressions"] = json!([{ "kind": "inSource", "justification": exempted.reason }]);
        results.push(result);
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "ai-lab-framework",
                "semanticVersion": framework,
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
            "properties": { "tool": report.tool, "profile": report.profile },
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
