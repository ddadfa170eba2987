//! `logs`.

use std::os::fd::AsFd as _;

use alf_ops::{Framework, follow_logs, list_logs};
use alf_store::{LogEntry, LogFilter, LogLevel};
use clap::Args;
use serde_json::json;

use crate::commands::CommandError;
use crate::commands::execution::list::since;
use crate::commands::tool::run::ctrl_c;
use crate::output::{Ended, Output};
use crate::render::amount::instant;
use crate::render::style::{BAD, FAINT, WARN, harmless, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only this tool's
    #[arg(long, value_name = "TOOL")]
    tool: Option<ai_lab_contract::ToolName>,
    /// Only this execution's (the beginning of its id is enough)
    #[arg(long, value_name = "ID")]
    execution: Option<String>,
    /// Only this level and worse: debug, info, warn or error
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    level: Option<LogLevel>,
    /// Only from this time on: an instant, or how long ago (30s, 10m, 2h, 7d)
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// At most so many lines, the newest
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
    /// Go on with new lines as they come, from any process, until Ctrl-C; --json gives a line each
    #[arg(long, short)]
    follow: bool,
}

fn level(word: &str) -> Result<LogLevel, String> {
    LogLevel::from_name(word).ok_or_else(|| "debug, info, warn or error".to_owned())
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let execution = match &self.execution {
            Some(prefix) => Some(
                alf_ops::show_execution(framework, prefix)?
                    .execution
                    .start
                    .execution_id,
            ),
            None => None,
        };
        let filter = LogFilter {
            execution,
            tool: self.tool,
            at_least: self.level,
            since_ms: since(self.since.as_deref(), framework)?,
            limit: self.limit,
            ..LogFilter::default()
        };
        if self.follow {
            return follow(framework, &filter, output);
        }
        let entries = list_logs(framework, &filter)?;
        if output.is_json() {
            output.say_json(&json!({ "format": 1, "logs": entries }))?;
            return Ok(0);
        }
        for entry in &entries {
            output.say(line(entry))?;
        }
        Ok(0)
    }
}

fn follow(framework: &Framework, filter: &LogFilter, output: &mut Output) -> Ended {
    let stop = ctrl_c()?;
    let stdout = std::io::stdout();
    let mut show = |entries: &[LogEntry]| -> Result<(), CommandError> {
        for entry in entries {
            if output.is_json() {
                let text = serde_json::to_string(entry).map_err(std::io::Error::from)?;
                output.say_line(&text)?;
            } else {
                output.say(line(entry))?;
            }
        }
        Ok(())
    };
    follow_logs(framework, filter, stop.as_fd(), stdout.as_fd(), &mut show)?;
    Ok(0)
}

fn line(entry: &LogEntry) -> String {
    let level = match entry.line.level {
        LogLevel::Debug => styled(FAINT, "debug"),
        LogLevel::Info => "info ".to_owned(),
        LogLevel::Warn => styled(WARN, "warn "),
        LogLevel::Error => styled(BAD, "error"),
    };
    let tool = entry.tool.as_ref();
    let tool = tool.map_or("framework", |tool| tool.as_str());
    let at = styled(FAINT, instant(entry.line.at_ms));
    format!("{at} {level} {tool}: {}", harmless(&entry.line.text))
}
