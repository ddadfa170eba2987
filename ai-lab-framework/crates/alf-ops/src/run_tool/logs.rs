//! A tool's standard error as log lines.

use ai_lab_contract::{SecretName, ToolName};
use alf_runtime::RunReport;
use alf_secrets::HandOverPlan;
use alf_store::{LogLevel, LogLine};
use serde::Deserialize;

/// The longest text of one line kept, in bytes; the rest is cut. Stops one line from filling a page, and a tool's
/// own words for its failure from filling the record.
const LINE_BYTES: usize = 8_192;
/// How many lines of one execution are kept. Stops a flood of short lines.
const LINES: usize = 2_000;

/// What a tool that knows the contract writes as a line of log.
#[derive(Deserialize)]
struct StructuredLine {
    level: LogLevel,
    message: String,
}

/// The lines a tool wrote, and what the framework has to say of the run.
pub(crate) fn log_lines(report: &RunReport, warnings: &[String], at_ms: i64) -> Vec<LogLine> {
    let text = String::from_utf8_lossy(&report.log);
    let mut lines: Vec<LogLine> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(LINES)
        .map(|line| read_line(line, at_ms))
        .collect();
    let kept = report.log.len() as u64;
    if report.log_bytes > kept {
        lines.push(LogLine {
            at_ms,
            level: LogLevel::Warn,
            text: format!(
                "the tool wrote {} bytes of log, {kept} are kept",
                report.log_bytes
            ),
        });
    }
    lines.extend(warnings.iter().map(|warning| LogLine {
        at_ms,
        level: LogLevel::Warn,
        text: format!("sandbox: {warning}"),
    }));
    lines.extend(report.left_behind.iter().map(|process| LogLine {
        at_ms,
        level: LogLevel::Warn,
        text: format!(
            "ended a process the tool left behind: {} ({})",
            process.name, process.pid
        ),
    }));
    lines
}

/// Tells that a tool is handed secrets although it has changed since they were granted to it.
pub(super) fn of_changed_grants(secrets: &HandOverPlan, tool: &ToolName) -> Vec<String> {
    let warning = |secret: &SecretName| {
        format!(
            "`{tool}` has changed since it was granted the secret `{secret}`; \
             `ai-lab-framework secret grant {secret} {tool}` renews the grant"
        )
    };
    secrets.changed_since.iter().map(warning).collect()
}

fn read_line(line: &str, at_ms: i64) -> LogLine {
    let (level, text) = match serde_json::from_str::<StructuredLine>(line) {
        Ok(structured) => (structured.level, structured.message),
        Err(_) => (LogLevel::Info, line.to_owned()),
    };
    LogLine {
        at_ms,
        level,
        text: cut(text),
    }
}

/// The text without what is too long for a line, cut at a character.
pub(super) fn cut(mut text: String) -> String {
    let mut end = text.len().min(LINE_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use alf_runtime::{EndedProcess, Exit};

    #[test]
    fn structured_and_plain_lines_are_kept_and_the_framework_adds_its_own() {
        let report = RunReport {
            exit: Exit::Code(0),
            stop: None,
            output: Vec::new(),
            log: b"{\"level\":\"warn\",\"message\":\"slow\"}\n\nplain\n".to_vec(),
            log_bytes: 1_000,
            left_behind: vec![EndedProcess {
                pid: 7,
                name: "sleep".into(),
            }],
            artifacts: alf_sandbox::TakenArtifacts::default(),
            start_us: 0,
            run_us: 0,
        };
        let lines: Vec<(LogLevel, String)> =
            log_lines(&report, &["a grant is not there".to_owned()], 5)
                .into_iter()
                .map(|line| (line.level, line.text))
                .collect();
        assert_eq!(
            lines,
            [
                (LogLevel::Warn, "slow".to_owned()),
                (LogLevel::Info, "plain".to_owned()),
                (
                    LogLevel::Warn,
                    "the tool wrote 1000 bytes of log, 41 are kept".to_owned()
                ),
                (LogLevel::Warn, "sandbox: a grant is not there".to_owned()),
                (
                    LogLevel::Warn,
                    "ended a process the tool left behind: sleep (7)".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn a_long_line_is_cut_at_a_character() {
        let cut = cut("ä".repeat(LINE_BYTES));
        assert_eq!(cut.len(), LINE_BYTES);
        let odd = super::cut(format!("x{}", "ä".repeat(LINE_BYTES)));
        assert_eq!(odd.len(), LINE_BYTES - 1);
    }
}
