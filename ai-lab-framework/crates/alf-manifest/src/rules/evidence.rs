//! The exemptions and the places of reports.

use std::path::{Component, Path};

use toml::de::{DeTable, DeValue};

use super::{Rules, shown};
use crate::FindingCode;
use crate::tree::at;

/// The least and the most characters of a reason, as the contract has it.
const REASON: std::ops::RangeInclusive<usize> = 10..=1_000;

impl Rules<'_> {
    pub(super) fn check_evidence(&mut self) {
        if let Some((file, span)) = self.text_at(&["evidence", "coverage"]) {
            let stays =
                |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
            if file.is_empty() || !Path::new(file).components().all(stays) {
                let message = format!(
                    "the report `{}` lies outside the tool's folder",
                    shown(file)
                );
                self.report(FindingCode::OutsideFolder, span, message);
            }
        }
        let Some(list) = at(self.table, &["exempt"]).and_then(|value| value.get_ref().as_array())
        else {
            return;
        };
        let mut seen: Vec<&str> = Vec::new();
        for exemption in list.iter().filter_map(|item| item.get_ref().as_table()) {
            if let Some((rule, span)) = text(exemption, "rule") {
                if !is_rule(rule) {
                    let message = format!("`{}` is no rule: `P` and three digits", shown(rule));
                    let help = "`ai-lab-framework profile rules` names them.";
                    self.report_with_help(FindingCode::BadValue, span, message, help);
                } else if seen.contains(&rule) {
                    let message = format!("the rule `{rule}` is exempted twice");
                    self.report(FindingCode::BadValue, span, message);
                } else {
                    seen.push(rule);
                }
            }
            if let Some((reason, span)) = text(exemption, "reason")
                && !REASON.contains(&reason.trim().chars().count())
            {
                let (least, most) = (REASON.start(), REASON.end());
                let message = format!("a reason has {least} to {most} characters");
                self.report(FindingCode::OutOfRange, span, message);
            }
        }
    }
}

fn text<'a>(table: &'a DeTable<'_>, key: &str) -> Option<(&'a str, std::ops::Range<usize>)> {
    let (_, value) = table.iter().find(|(name, _)| name.get_ref() == key)?;
    match value.get_ref() {
        DeValue::String(text) => Some((text.as_ref(), value.span())),
        DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => None,
    }
}

fn is_rule(rule: &str) -> bool {
    let digits = rule.strip_prefix('P').unwrap_or_default();
    digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use crate::check_manifest;

    /// What is wrong with a manifest that ends so.
    fn told(more: &str) -> Vec<String> {
        let manifest = format!(
            "contract = 1\nname = \"a\"\nversion = \"0.1.0\"\ndescription = \"d\"\n{more}\n[run]\ncommand = [\"sh\"]\n\
             [actions.go]\ndescription = \"Goes.\"\ninput = {{}}\noutput = {{}}\n"
        );
        let findings = check_manifest(&manifest);
        findings
            .into_iter()
            .map(|finding| finding.message)
            .collect()
    }

    #[test]
    fn an_exemption_names_a_rule_and_a_reason() {
        let one =
            |rule: &str, reason: &str| format!("{{ rule = \"{rule}\", reason = \"{reason}\" }}");
        let good = one("P205", "measured elsewhere");
        assert_eq!(told(&format!("exempt = [{good}]")), Vec::<String>::new());
        assert_eq!(
            told(&format!(
                "exempt = [{good}, {good}, {}]",
                one("Q2", "no    ")
            )),
            [
                "the rule `P205` is exempted twice",
                "`Q2` is no rule: `P` and three digits",
                "a reason has 10 to 1000 characters",
            ]
        );
    }

    #[test]
    fn a_report_lies_in_the_tools_folder() {
        let coverage = |file: &str| told(&format!("evidence = {{ coverage = \"{file}\" }}"));
        assert_eq!(coverage(".evidence/c.lcov"), Vec::<String>::new());
        assert_eq!(
            coverage("../c"),
            ["the report `../c` lies outside the tool's folder"]
        );
        assert_eq!(
            coverage("/c"),
            ["the report `/c` lies outside the tool's folder"]
        );
    }
}
