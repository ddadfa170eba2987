//! `session show`.

use alf_ops::{Framework, SessionDetail, show_session};
use alf_store::Execution;
use clap::Args;
use serde_json::Value;

use crate::output::{Ended, Output};
use crate::render::amount::{ago, counted, instant};
use crate::render::style::{FAINT, HEAD, harmless, of_session, of_status, styled};
use crate::render::value;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The session's id, or its beginning
    id: String,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let detail = show_session(framework, &self.id)?;
        show(&detail, framework, output)
    }
}

/// Shows a session as a person picks it up: what it is about, the note, the context, what was done last.
pub(super) fn show(detail: &SessionDetail, framework: &Framework, output: &mut Output) -> Ended {
    if output.is_json() {
        output.say_json(detail)?;
        return Ok(0);
    }
    let head = &detail.session;
    let now = framework.surroundings().clock.now_ms();
    let status = styled(of_session(head.status), head.status.as_str());
    let title = styled(HEAD, &head.id);
    output.say(
        format_args!("{title} {status} {}", harmless(&head.title))
            .to_string()
            .trim_end(),
    )?;
    let calls = usize::try_from(detail.executions).unwrap_or(usize::MAX);
    let facts = format!(
        "created {} UTC, changed {}, revision {}, {}",
        instant(head.created_at_ms),
        ago(head.updated_at_ms, now),
        head.revision,
        counted(calls, "call")
    );
    output.say(styled(FAINT, facts))?;
    if !head.note.is_empty() {
        let lines: Vec<String> = head.note.lines().map(harmless).collect();
        output.say(format_args!(
            "{}\n  {}",
            styled(HEAD, "note"),
            lines.join("\n  ")
        ))?;
    }
    if !detail.data.is_empty() {
        let context = value::lines(&Value::Object(detail.data.clone()));
        let context: Vec<String> = context.lines().map(|line| format!("  {line}")).collect();
        output.say(format_args!(
            "{}\n{}",
            styled(HEAD, "context"),
            context.join("\n")
        ))?;
    }
    if !detail.last.is_empty() {
        output.say(styled(HEAD, "last calls"))?;
        for execution in &detail.last {
            output.say(format_args!("  {}", line(execution, now)))?;
        }
    }
    Ok(0)
}

fn line(execution: &Execution, now: i64) -> String {
    let start = &execution.start;
    let error = execution.ended.as_ref().and_then(|end| end.error.as_ref());
    let why = error.map_or(String::new(), |error| {
        format!(": {}", harmless(&error.message))
    });
    format!(
        "{} {} {}{why}  {}",
        ago(start.started_at_ms, now),
        styled(of_status(execution.status), execution.status.as_str()),
        format_args!("{}.{}", start.tool, start.action),
        styled(FAINT, &start.execution_id)
    )
}
