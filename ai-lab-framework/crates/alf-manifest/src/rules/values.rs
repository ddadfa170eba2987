//! Versions, and settings that must fit one another.

use semver::{Version, VersionReq};
use toml::de::DeValue;

use super::{Rules, shown};
use crate::FindingCode;
use crate::tree::at;

impl Rules<'_> {
    pub(super) fn check_values(&mut self) {
        self.check_versions();
        self.check_named_actions();
        self.check_retry();
        for name in self.action_names() {
            self.check_annotations(name);
        }
    }

    fn check_versions(&mut self) {
        let ours = u64::from(ai_lab_contract::CONTRACT);
        if let Some((contract, span)) = self.number_at(&["contract"])
            && contract > ours
        {
            let message =
                format!("the manifest follows contract {contract}, this framework speaks {ours}");
            let help = "Update the framework, or take the tool's version for this contract.";
            self.report_with_help(FindingCode::Contract, span, message, help);
        }
        if let Some((version, span)) = self.text_at(&["version"])
            && let Err(error) = Version::parse(version)
        {
            let message = format!("`{}` is no version: {error}", shown(version));
            let help = "Write three numbers, such as `1.2.0` or `1.2.0-rc.1`.";
            self.report_with_help(FindingCode::BadVersion, span, message, help);
        }
        if let Some((range, span)) = self.text_at(&["framework"])
            && let Err(error) = VersionReq::parse(range)
        {
            let message = format!("`{}` is no range of versions: {error}", shown(range));
            let help = "Write it as `>=0.1, <1`.";
            self.report_with_help(FindingCode::BadVersion, span, message, help);
        }
    }

    fn check_named_actions(&mut self) {
        let actions = self.action_names();
        for path in [["fallback", "action"], ["health", "action"]] {
            let Some((name, span)) = self.text_at(&path) else {
                continue;
            };
            if actions.contains(&name) {
                continue;
            }
            let message = format!("`{}` is no action of this tool", shown(name));
            let help = match alf_schema::nearest(name, actions.iter().copied()) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("It has: {}.", shown(&actions.join(", "))),
            };
            self.report_with_help(FindingCode::UnknownAction, span, message, &help);
        }
    }

    fn check_retry(&mut self) {
        let first = self.number_at(&["retry", "backoff_ms"]);
        let longest = self.number_at(&["retry", "max_backoff_ms"]);
        if let (Some((first, _)), Some((longest, span))) = (first, longest)
            && longest < first
        {
            let message = format!(
                "`max_backoff_ms` ({longest}) is less than `backoff_ms` ({first}), the first pause"
            );
            self.report(FindingCode::Contradiction, span, message);
        }
    }

    fn check_annotations(&mut self, action: &str) {
        let holds = |key| {
            at(self.table, &["actions", action, key])
                .filter(|value| matches!(value.get_ref(), DeValue::Boolean(true)))
        };
        if let (Some(_), Some(destructive)) = (holds("read_only"), holds("destructive")) {
            let message = format!(
                "the action `{}` is both read-only and destructive",
                shown(action)
            );
            self.report(FindingCode::Contradiction, destructive.span(), message);
        }
    }
}
