//! What belongs to long-lived processes, and to them alone.

use super::{Placed, Rules, shown};
use crate::FindingCode;
use crate::tree::at;

impl Rules<'_> {
    pub(super) fn check_worker(&mut self) {
        let kind = self
            .text_at(&["run", "kind"])
            .map_or("exec", |(kind, _)| kind);
        if !matches!(kind, "worker" | "mcp")
            && let Some(worker) = at(self.table, &["worker"])
        {
            let message = format!(
                "`worker` is for long-lived processes, and this tool is of kind `{}`",
                shown(kind)
            );
            let help = "Set `kind = \"worker\"`, or take the table out.";
            self.report_with_help(FindingCode::Contradiction, worker.span(), message, help);
        }
        let mut taken: Vec<Placed<'_>> = Vec::new();
        for action in self.action_names() {
            let path = ["actions", action, "mcp_tool"];
            match (self.text_at(&path), kind) {
                (Some(named), "mcp") => {
                    if let Some((name, _)) = taken.iter().find(|(name, _)| *name == named.0) {
                        let message =
                            format!("two actions call the server's tool `{}`", shown(name));
                        self.report(FindingCode::Contradiction, named.1.clone(), message);
                    }
                    taken.push(named);
                }
                (Some((_, span)), _) => {
                    let message = "`mcp_tool` is for tools of kind `mcp`".to_owned();
                    self.report(FindingCode::Contradiction, span, message);
                }
                (None, "mcp") => self.report_without_tool(action),
                (None, _) => {}
            }
        }
    }

    fn report_without_tool(&mut self, action: &str) {
        let Some(value) = at(self.table, &["actions", action]) else {
            return;
        };
        let message = format!(
            "the action `{}` does not say which tool of the server it calls",
            shown(action)
        );
        let help = "Name it: `mcp_tool = \"…\"`.";
        self.report_with_help(FindingCode::MissingKey, value.span(), message, help);
    }
}
