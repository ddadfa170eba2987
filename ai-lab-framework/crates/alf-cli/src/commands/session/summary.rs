//! `session summary`.

use alf_ops::{Framework, SessionFacts, SessionSummary, summarise_session};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::amount::{bytes, counted, instant, micros};
use crate::render::style::{BAD, FAINT, HEAD, WARN, harmless, of_session, styled};
use crate::render::table::{right, table, text};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The session's id, or its beginning
    id: String,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let summary = summarise_session(framework, &self.id)?;
        if output.is_json() {
            output.say_json(&summary)?;
            return Ok(0);
        }
        for section in sections(&summary) {
            output.say(section)?;
        }
        Ok(0)
    }
}

fn sections(summary: &SessionSummary) -> Vec<String> {
    let (head, facts) = (&summary.session, &summary.facts);
    let status = styled(of_session(head.status), head.status.as_str());
    let title = format!(
        "{} {status} {}",
        styled(HEAD, &head.id),
        harmless(&head.title)
    );
    let mut sections = vec![title.trim_end().to_owned(), styled(FAINT, figures(facts))];
    if !facts.actions.is_empty() {
        sections.push(actions(facts));
    }
    let lists = [
        ("errors", errors(facts)),
        ("brought about", caused(facts)),
        ("context", context(facts)),
        ("open", open(facts)),
    ];
    for (name, lines) in lists {
        if !lines.is_empty() {
            sections.push(format!("{}\n  {}", styled(HEAD, name), lines.join("\n  ")));
        }
    }
    sections
}

fn figures(facts: &SessionFacts) -> String {
    let calls = usize::try_from(facts.executions).unwrap_or(usize::MAX);
    let mut told = vec![counted(calls, "call")];
    if let (Some(first), Some(last)) = (facts.first_at_ms, facts.last_at_ms) {
        let (first, last) = (instant(first), instant(last));
        told.push(format!(" from {first} to {last} UTC"));
        told.push(format!(", {} of running", micros(facts.run_us)));
    }
    if facts.retries > 0 {
        told.push(format!(", {} of them further tries", facts.retries));
    }
    if facts.counted < facts.executions {
        told.push(format!("; the newest {} are counted", facts.counted));
    }
    told.concat()
}

fn actions(facts: &SessionFacts) -> String {
    let mut drawn = table(&["action", "took", "succeeded", "failed", "unfinished"]);
    for row in &facts.actions {
        drawn.add_row([
            row.action.clone(),
            micros(row.run_us),
            row.succeeded.to_string(),
            row.failed.to_string(),
            row.unfinished.to_string(),
        ]);
    }
    right(&mut drawn, &[1, 2, 3, 4]);
    text(&drawn)
}

fn errors(facts: &SessionFacts) -> Vec<String> {
    let line = |error: &alf_ops::ErrorCount| {
        let kind = styled(BAD, harmless(&error.kind));
        let last = styled(FAINT, &error.last);
        format!(
            "{} × {kind}: {}  {last}",
            error.count,
            harmless(&error.last_message)
        )
    };
    facts.errors.iter().map(line).collect()
}

fn caused(facts: &SessionFacts) -> Vec<String> {
    let line = |caused: &alf_ops::CausedCount| {
        format!("{} × {} → {}", caused.count, caused.from, caused.to)
    };
    facts.caused.iter().map(line).collect()
}

fn context(facts: &SessionFacts) -> Vec<String> {
    #[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
    let line = |key: &alf_ops::ContextKey| {
        format!(
            "{}: {}, {}",
            harmless(&key.key),
            key.holds,
            bytes(key.bytes as f64)
        )
    };
    facts.context.iter().map(line).collect()
}

fn open(facts: &SessionFacts) -> Vec<String> {
    let line = |open: &alf_ops::OpenEnd| {
        let why = styled(WARN, &open.why);
        format!("{} {why}  {}", open.action, styled(FAINT, &open.execution))
    };
    facts.open.iter().map(line).collect()
}
