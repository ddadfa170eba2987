//! From evidence to a verdict.

use ai_lab_contract::{Exemption, Profile, ToolName};
use serde::Serialize;

use crate::rules::Verdict;
use crate::{Evidence, RULES, rule};

/// What came of holding a tool against a profile's rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The form of this answer: 1.
    pub format: u32,
    /// The tool.
    pub tool: ToolName,
    /// The profile whose rules were asked.
    pub profile: Profile,
    /// The rules that are not kept, by number.
    pub findings: Vec<Finding>,
    /// The rules that are kept, by number.
    pub passed: Vec<Passed>,
    /// The rules that are not kept and need not be, by number.
    pub exempted: Vec<Exempted>,
}

/// A rule that is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its number.
    pub rule: String,
    /// What it asks for.
    pub title: String,
    /// What was seen instead.
    pub message: String,
    /// What to do.
    pub fix: String,
}

/// A rule that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Passed {
    /// Its number.
    pub rule: String,
    /// What it asks for.
    pub title: String,
    /// What was seen.
    pub seen: String,
}

/// A rule that is not kept, with the reason why that is right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exempted {
    /// Its number.
    pub rule: String,
    /// What it asks for.
    pub title: String,
    /// What was seen instead.
    pub message: String,
    /// The manifest's reason.
    pub reason: String,
}

impl Report {
    /// Whether the tool keeps the profile's rules.
    pub fn fits(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Holds evidence against the rules that bind at `profile`.
///
/// An exemption from a rule that there is not, or that has none, is a finding of its own.
pub fn evaluate(profile: Profile, evidence: &Evidence, exemptions: &[Exemption]) -> Report {
    let mut report = Report {
        format: 1,
        tool: evidence.manifest.name.clone(),
        profile,
        findings: Vec::new(),
        passed: Vec::new(),
        exempted: Vec::new(),
    };
    report
        .findings
        .extend(exemptions.iter().filter_map(misplaced));
    for rule in RULES.iter().filter(|rule| rule.from <= profile) {
        let (id, title) = (rule.id.to_owned(), rule.title.to_owned());
        let exemption = exemptions
            .iter()
            .find(|exemption| exemption.rule == rule.id && rule.no_exemption.is_none());
        match ((rule.check)(evidence), exemption) {
            (Verdict::Kept(seen), _) => report.passed.push(Passed {
                rule: id,
                title,
                seen,
            }),
            (Verdict::Broken(message), Some(exemption)) => report.exempted.push(Exempted {
                rule: id,
                title,
                message,
                reason: exemption.reason.clone(),
            }),
            (Verdict::Broken(message), None) => report.findings.push(Finding {
                rule: id,
                title,
                message,
                fix: rule
                    .how_mended
                    .replace("TOOL", evidence.manifest.name.as_str()),
            }),
        }
    }
    report.findings.sort_by(|a, b| a.rule.cmp(&b.rule));
    report
}

/// An exemption that cannot be.
fn misplaced(exemption: &Exemption) -> Option<Finding> {
    let message = match rule(&exemption.rule) {
        None => "there is no such rule".to_owned(),
        Some(rule) => format!("nothing is exempt from it: {}", rule.no_exemption?),
    };
    Some(Finding {
        rule: exemption.rule.clone(),
        title: "an exemption names a rule that may be exempted".to_owned(),
        message,
        fix: "take it out of `exempt`".to_owned(),
    })
}

#[cfg(test)]
mod tests;
