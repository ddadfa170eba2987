//! `metrics`.

use alf_ops::{BucketList, Framework, Objective, alert_rules, bucket_figures, exposition, figures};
use alf_store::{FiguresFilter, MetricFigures, TimeBucket};
use clap::{Args, ValueEnum};

use crate::commands::execution::list::since;
use crate::output::{Ended, Output};
use crate::render::amount::{ago, instant, micros};
use crate::render::style::harmless;
use crate::render::table::{right, table, text};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only this tool's
    #[arg(long, value_name = "TOOL")]
    tool: Option<ai_lab_contract::ToolName>,
    /// Only from this time on: an instant, or how long ago (30s, 10m, 2h, 7d)
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// A row for each hour or day (UTC) and action
    #[arg(long, value_enum, value_name = "PART")]
    by: Option<Part>,
    /// The page that a Prometheus server reads; counts everything since the record began
    #[arg(long, conflicts_with_all = ["since", "by"])]
    prometheus: bool,
    /// How many of 100 executions are to succeed, such as 99.5; shows how many times faster than that allows each
    /// action fails
    #[arg(long, value_name = "PERCENT", conflicts_with = "by")]
    objective: Option<Objective>,
    /// Alerting rules for a Prometheus server, for that objective
    #[arg(long, requires = "objective", conflicts_with_all = ["since", "by", "prometheus", "tool"])]
    alert_rules: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Part {
    Hour,
    Day,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        if let Some(objective) = self.objective
            && self.alert_rules
        {
            output.say(alert_rules(objective).trim_end())?;
            return Ok(0);
        }
        let since_ms = since(self.since.as_deref(), framework)?;
        let filter = FiguresFilter {
            tool: self.tool,
            since_ms,
            ..FiguresFilter::default()
        };
        if let Some(part) = self.by {
            let by = match part {
                Part::Hour => TimeBucket::Hour,
                Part::Day => TimeBucket::Day,
            };
            return show_buckets(&bucket_figures(framework, &filter, by)?, output);
        }
        let figures = figures(framework, &filter)?;
        if self.prometheus {
            output.say(exposition(&figures).trim_end())?;
            return Ok(0);
        }
        if output.is_json() {
            output.say_json(&figures)?;
            return Ok(0);
        }
        if figures.actions.is_empty() {
            output.note("nothing has run yet")?;
            return Ok(0);
        }
        let now = framework.surroundings().clock.now_ms();
        let mut heads = vec![
            "action", "runs", "failed", "p50", "p95", "p99", "max", "last",
        ];
        heads.extend(self.objective.map(|_| "burn"));
        let mut drawn = table(&heads);
        for row in &figures.actions {
            let burn =
                |objective: Objective| format!("{:.1}×", row.error_rate / objective.budget());
            let mut cells = vec![
                format!("{}.{}", row.tool, row.action),
                row.count.to_string(),
                format!("{:.1} %", row.error_rate * 100.0),
                micros(row.p50_us),
                micros(row.p95_us),
                micros(row.p99_us),
                micros(row.max_us),
                ago(row.last_at_ms, now),
            ];
            cells.extend(self.objective.map(burn));
            drawn.add_row(cells);
        }
        right(&mut drawn, &[1, 2, 3, 4, 5, 6, 8]);
        output.say(text(&drawn))?;
        if !figures.metrics.is_empty() {
            output.say(format_args!("\n{}", measured(&figures.metrics)))?;
        }
        Ok(0)
    }
}

/// What tools measured themselves, as a table.
fn measured(metrics: &[MetricFigures]) -> String {
    let mut drawn = table(&[
        "metric", "of", "values", "least", "mean", "most", "last", "unit",
    ]);
    for row in metrics {
        #[expect(clippy::cast_precision_loss, reason = "shown with two digits")]
        let mean = row.sum / row.count as f64;
        let number = |value: f64| format!("{value:.2}");
        drawn.add_row([
            harmless(&row.name),
            format!("{}.{}", row.tool, row.action),
            row.count.to_string(),
            number(row.min),
            number(mean),
            number(row.max),
            number(row.last),
            harmless(&row.unit),
        ]);
    }
    right(&mut drawn, &[2, 3, 4, 5, 6]);
    text(&drawn)
}

fn show_buckets(list: &BucketList, output: &mut Output) -> Ended {
    if output.is_json() {
        output.say_json(list)?;
        return Ok(0);
    }
    if list.buckets.is_empty() {
        output.note("nothing has run in that time")?;
        return Ok(0);
    }
    let mut drawn = table(&[
        "from", "action", "runs", "failed", "p50", "p95", "p99", "max",
    ]);
    for bucket in &list.buckets {
        let row = &bucket.figures;
        drawn.add_row([
            instant(bucket.starts_at_ms),
            format!("{}.{}", row.tool, row.action),
            row.count.to_string(),
            format!("{:.1} %", row.error_rate * 100.0),
            micros(row.p50_us),
            micros(row.p95_us),
            micros(row.p99_us),
            micros(row.max_us),
        ]);
    }
    right(&mut drawn, &[2, 3, 4, 5, 6, 7]);
    output.say(text(&drawn))?;
    Ok(0)
}
