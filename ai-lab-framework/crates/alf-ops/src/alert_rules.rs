//! Alerting rules for Prometheus: how fast an objective's error budget burns.

use std::fmt::Write as _;

use crate::objective::Objective;

/// A window pair: the long one notices, the short one lets go soon after it is over.
struct Burn {
    severity: &'static str,
    long: &'static str,
    short: &'static str,
    /// How many times faster than the budget allows.
    factor: f64,
}

/// The pairs that Google's SRE workbook recommends (chapter 5, multiwindow multi-burn-rate alerts) for a budget of 30
/// days: 2 % of it gone in an hour, 5 % in six, 10 % in three days.
const BURNS: [Burn; 3] = [
    Burn {
        severity: "page",
        long: "1h",
        short: "5m",
        factor: 14.4,
    },
    Burn {
        severity: "page",
        long: "6h",
        short: "30m",
        factor: 6.0,
    },
    Burn {
        severity: "ticket",
        long: "3d",
        short: "6h",
        factor: 1.0,
    },
];

/// A rules file for a Prometheus server that reads [`exposition`](crate::exposition()): one alert an action that fails
/// faster than the objective has room for.
pub fn alert_rules(objective: Objective) -> String {
    let mut page = String::from("groups:\n  - name: ai-lab-framework\n    rules:\n");
    for Burn {
        severity,
        long,
        short,
        factor,
    } in BURNS
    {
        let bound = format!("{factor} * {:.6}", objective.budget());
        let written = write!(
            page,
            "      - alert: AiLabToolErrorBudgetBurn\n\
             \x20       expr: {} > {bound} and {} > {bound}\n\
             \x20       labels:\n\
             \x20         severity: {severity}\n\
             \x20       annotations:\n\
             \x20         summary: \"{{{{ $labels.tool }}}}.{{{{ $labels.action }}}} fails {factor} times faster than an objective of {objective} allows, over {long}\"\n",
            failing(long),
            failing(short),
        );
        debug_assert!(written.is_ok(), "a String takes everything");
    }
    page
}

/// The share of executions that did not succeed, by tool and action.
fn failing(window: &str) -> String {
    let rate = |matching: &str| {
        format!("sum by (tool, action) (rate(ai_lab_tool_executions_total{matching}[{window}]))")
    };
    format!("({} / {})", rate("{status!=\"succeeded\"}"), rate(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pair_of_windows_is_one_alert() {
        let page = alert_rules("99.5".parse().expect("an objective"));
        let first = page.lines().take(9).collect::<Vec<_>>().join("\n");
        assert_eq!(
            first,
            "groups:
  - name: ai-lab-framework
    rules:
      - alert: AiLabToolErrorBudgetBurn
        expr: (sum by (tool, action) (rate(ai_lab_tool_executions_total{status!=\"succeeded\"}[1h])) / sum by (tool, action) (rate(ai_lab_tool_executions_total[1h]))) > 14.4 * 0.005000 and (sum by (tool, action) (rate(ai_lab_tool_executions_total{status!=\"succeeded\"}[5m])) / sum by (tool, action) (rate(ai_lab_tool_executions_total[5m]))) > 14.4 * 0.005000
        labels:
          severity: page
        annotations:
          summary: \"{{ $labels.tool }}.{{ $labels.action }} fails 14.4 times faster than an objective of 99.5 % allows, over 1h\""
        );
        assert_eq!(page.matches("- alert:").count(), BURNS.len());
    }
}
