//! `execution list`.

use ai_lab_contract::{ActionName, ErrorClass, ToolName};
use alf_ops::{Failure, Framework, list_executions};
use alf_store::{Execution, ExecutionFilter, Status};
use clap::Args;
use serde_json::json;

use crate::output::{Ended, Output};
use crate::render::amount::{ago, micros};
use crate::render::style::{FAINT, harmless, of_status, styled};
use crate::render::table::{right, table, text};

/// How much of an id a table shows: the time of birth and enough of the rest to tell two of one millisecond apart.
pub(crate) const ID_SHOWN: usize = 18;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    chosen: Chosen,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: u32,
    /// Go on where a page ended
    #[arg(long, value_name = "CURSOR")]
    before: Option<u64>,
}

/// Which executions are meant.
#[derive(Debug, Args)]
pub(crate) struct Chosen {
    /// Only this tool's, or this action's: TOOL or TOOL.ACTION
    #[arg(value_name = "TOOL[.ACTION]")]
    of: Option<String>,
    /// Only these: started, succeeded, failed or interrupted
    #[arg(long, value_name = "STATUS", value_parser = status)]
    status: Option<Status>,
    /// Only this session's
    #[arg(long, value_name = "ID")]
    session: Option<ai_lab_contract::SessionId>,
    /// Only this piece of work's
    #[arg(long, value_name = "ID")]
    correlation: Option<ai_lab_contract::CorrelationId>,
    /// Only from this time on: an instant, or how long ago (30s, 10m, 2h, 7d)
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
}

impl Chosen {
    /// The filter of these, without a page.
    pub(super) fn filter(self, framework: &Framework) -> Result<ExecutionFilter, Failure> {
        let (tool, action) = address(self.of.as_deref())?;
        Ok(ExecutionFilter {
            tool,
            action,
            status: self.status,
            session: self.session,
            correlation: self.correlation,
            since_ms: since(self.since.as_deref(), framework)?,
            ..ExecutionFilter::default()
        })
    }
}

fn status(word: &str) -> Result<Status, String> {
    Status::from_name(word).ok_or_else(|| "started, succeeded, failed or interrupted".to_owned())
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let filter = ExecutionFilter {
            before: self.before,
            limit: self.limit,
            ..self.chosen.filter(framework)?
        };
        let page = list_executions(framework, &filter)?;
        if output.is_json() {
            output.say_json(&json!({
                "format": 1, "executions": page.executions, "total": page.total,
                "total_is_more": page.total_is_more, "next": page.next,
            }))?;
            return Ok(0);
        }
        let now = framework.surroundings().clock.now_ms();
        let mut drawn = table(&["execution", "action", "status", "took", "when", "what"]);
        for execution in &page.executions {
            drawn.add_row(row(execution, now));
        }
        right(&mut drawn, &[3]);
        output.say(text(&drawn))?;
        let shown = page.executions.len();
        let more = if page.total_is_more { "+" } else { "" };
        match page.next {
            Some(next) => output.note(styled(
                FAINT,
                format_args!(
                    "{shown} of {}{more}; go on with --before {next}",
                    page.total
                ),
            ))?,
            None => output.note(styled(
                FAINT,
                format_args!("{shown} of {}{more}", page.total),
            ))?,
        }
        Ok(0)
    }
}

fn row(execution: &Execution, now: i64) -> [String; 6] {
    let start = &execution.start;
    let (took, what) = match &execution.ended {
        Some(ended) => (
            micros(ended.run_us),
            ended.error.as_ref().map_or(String::new(), |error| {
                harmless(&format!("{}: {}", error.kind, error.message))
            }),
        ),
        None => (String::new(), String::new()),
    };
    [
        start.execution_id.as_str().chars().take(ID_SHOWN).collect(),
        format!("{}.{}", start.tool, start.action),
        styled(of_status(execution.status), execution.status.as_str()),
        took,
        ago(start.started_at_ms, now),
        what,
    ]
}

fn address(of: Option<&str>) -> Result<(Option<ToolName>, Option<ActionName>), Failure> {
    let usage =
        |error| Failure::caused(ErrorClass::Usage, "cannot tell which tool is meant", error);
    let Some(of) = of else {
        return Ok((None, None));
    };
    match of.split_once('.') {
        Some((tool, action)) => Ok((
            Some(tool.parse().map_err(usage)?),
            Some(action.parse().map_err(usage)?),
        )),
        None => Ok((Some(of.parse().map_err(usage)?), None)),
    }
}

/// Reads `2026-11-23T00:00:00Z`, or how long ago: `30s`, `10m`, `2h`, `7d`.
pub(crate) fn since(text: Option<&str>, framework: &Framework) -> Result<Option<i64>, Failure> {
    let Some(text) = text else { return Ok(None) };
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Ok(Some(instant.as_millisecond()));
    }
    let wrong = || {
        Failure::new(
            ErrorClass::Usage,
            format!("`{}` is no time", harmless(text)),
        )
        .with_hint("Give an instant (2026-11-23T00:00:00Z) or how long ago (30s, 10m, 2h, 7d).")
    };
    let back = milliseconds(text).ok_or_else(wrong)?;
    Ok(Some(
        framework.surroundings().clock.now_ms().saturating_sub(back),
    ))
}

/// Reads `30s`, `10m`, `2h`, `7d`; `None` for anything else.
pub(crate) fn milliseconds(text: &str) -> Option<i64> {
    let unit = text.chars().last()?;
    let seconds: i64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let count: i64 = text[..text.len() - unit.len_utf8()].parse().ok()?;
    count.checked_mul(seconds * 1_000).filter(|ms| *ms >= 0)
}
