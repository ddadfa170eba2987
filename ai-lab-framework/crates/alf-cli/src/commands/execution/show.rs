//! `execution show`.

use alf_ops::{ExecutionDetail, Framework, show_execution};
use alf_store::{Ended as EndedRow, LogEntry};
use clap::Args;
use serde_json::Value;

use crate::output::{Ended, Output};
use crate::render::amount::{instant, micros};
use crate::render::style::{BAD, FAINT, HEAD, harmless, of_status, styled};
use crate::render::value;

/// How much of a recorded input or output is laid out, in bytes; `--json` gives all.
const SHOWN_BYTES: usize = 16_384;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The execution's id, or its beginning
    id: String,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let detail = show_execution(framework, &self.id)?;
        if output.is_json() {
            output.say_json(&detail)?;
            return Ok(0);
        }
        for section in sections(&detail) {
            output.say(section)?;
        }
        Ok(0)
    }
}

fn sections(detail: &ExecutionDetail) -> Vec<String> {
    let execution = &detail.execution;
    let start = &execution.start;
    let status = styled(of_status(execution.status), execution.status.as_str());
    let mut sections = vec![
        format!(
            "{} {status} {}",
            styled(HEAD, format_args!("{}.{}", start.tool, start.action)),
            styled(FAINT, format_args!("{} UTC", instant(start.started_at_ms)))
        ),
        fields(&[
            ("execution", start.execution_id.to_string()),
            ("correlation", start.correlation_id.to_string()),
            (
                "session",
                start
                    .session_id
                    .as_ref()
                    .map_or("–".into(), ToString::to_string),
            ),
            (
                "tool",
                format!(
                    "{} {} ({})",
                    start.tool, start.tool_version, start.tool_digest
                ),
            ),
            (
                "profile",
                format!("{}, sandbox {}", start.profile, start.sandbox),
            ),
            (
                "framework",
                format!("{} ({})", start.framework_version, start.framework_digest),
            ),
            ("policy", start.policy_digest.clone()),
            ("configuration", start.configuration_digest.clone()),
            (
                "called by",
                format!(
                    "{} {} ({})",
                    start.client_name, start.client_version, start.protocol_version
                ),
            ),
            ("on", format!("{}, attempt {}", start.host, start.attempt)),
        ]),
        section("input", &laid_out(&start.input)),
    ];
    if let Some(ended) = &execution.ended {
        sections.push(end_of(ended, start.queue_us));
        if let Some(output) = &ended.output {
            sections.push(section("output", &laid_out(output)));
        }
    }
    if !detail.logs.is_empty() {
        let lines: Vec<String> = detail.logs.iter().map(log_line).collect();
        sections.push(section("log", &lines.join("\n")));
    }
    sections
}

fn end_of(ended: &EndedRow, queue_us: u64) -> String {
    let mut rows = vec![
        (
            "time",
            format!(
                "{} run, {} start, {} queue, {} record",
                micros(ended.run_us),
                micros(ended.start_us),
                micros(queue_us),
                micros(ended.record_us)
            ),
        ),
        (
            "exit",
            if ended.exit.is_empty() {
                "–".to_owned()
            } else {
                ended.exit.clone()
            },
        ),
        (
            "chain",
            format!(
                "link {} ({}…)",
                ended.link.position,
                &ended.link.hash[..ended.link.hash.len().min(16)]
            ),
        ),
    ];
    if let Some(error) = &ended.error {
        let class = error.class.as_str();
        let text = if error.kind == class {
            format!("{class}: {}", error.message)
        } else {
            format!("{}: {} ({class})", error.kind, error.message)
        };
        rows.push(("error", styled(BAD, harmless(&text))));
    }
    fields(&rows)
}

fn fields(rows: &[(&str, String)]) -> String {
    let lines: Vec<String> = rows
        .iter()
        .map(|(name, value)| format!("{}  {value}", styled(FAINT, format_args!("{name:<13}"))))
        .collect();
    lines.join("\n")
}

fn section(name: &str, text: &str) -> String {
    let indented: Vec<String> = text.lines().map(|line| format!("  {line}")).collect();
    format!("{}\n{}", styled(HEAD, name), indented.join("\n"))
}

fn laid_out(json: &str) -> String {
    if json.len() > SHOWN_BYTES {
        return format!("{} bytes; `--json` shows them", json.len());
    }
    serde_json::from_str::<Value>(json)
        .map_or_else(|_| harmless(json), |parsed| value::lines(&parsed))
}

fn log_line(entry: &LogEntry) -> String {
    format!(
        "{}  {}",
        entry.line.level.as_str(),
        harmless(&entry.line.text)
    )
}
