//! An exported session as a page for people.

use std::fmt::Write as _;

use super::export::{ExportedExecution, SessionExport};
use super::summary::SessionFacts;

/// How much of one input or output a page shows, in bytes; the JSON form has all of it.
const SHOWN_BYTES: usize = 4_096;

/// The session as Markdown. What tools and people wrote stands in blocks of code or is escaped: it makes no headings,
/// links or images of its own.
pub fn session_markdown(export: &SessionExport) -> String {
    let mut page = String::new();
    let written = write_all(&mut page, export);
    debug_assert!(written.is_ok(), "a String takes everything");
    page
}

fn write_all(page: &mut String, export: &SessionExport) -> std::fmt::Result {
    let session = &export.session;
    let title = if session.title.is_empty() {
        session.id.as_str()
    } else {
        &session.title
    };
    writeln!(page, "# {}\n", escaped(title))?;
    writeln!(page, "| | |\n|---|---|")?;
    writeln!(page, "| session | `{}` |", session.id)?;
    writeln!(page, "| status | {} |", session.status)?;
    writeln!(page, "| created | {} |", instant(session.created_at_ms))?;
    writeln!(
        page,
        "| last changed | {} |",
        instant(session.updated_at_ms)
    )?;
    writeln!(page, "| revision | {} |", session.revision)?;
    writeln!(
        page,
        "| exported | {}, framework {} |",
        instant(export.exported_at_ms),
        export.framework_version
    )?;
    if !session.note.is_empty() {
        writeln!(page, "\n## Note\n\n{}", fenced("text", &session.note))?;
    }
    write_facts(page, &export.summary)?;
    if !session.data.is_empty() {
        let data = serde_json::to_string_pretty(&session.data).map_err(|_| std::fmt::Error)?;
        writeln!(page, "\n## Context\n\n{}", fenced("json", &data))?;
    }
    writeln!(page, "\n## Executions")?;
    if export.executions.is_empty() {
        writeln!(page, "\nNone.")?;
    }
    for (index, execution) in export.executions.iter().enumerate() {
        write_execution(page, index + 1, execution)?;
    }
    Ok(())
}

fn write_facts(page: &mut String, facts: &SessionFacts) -> std::fmt::Result {
    writeln!(page, "\n## Summary\n")?;
    if facts.counted < facts.executions {
        writeln!(
            page,
            "Of {} executions, the newest {} are counted.\n",
            facts.executions, facts.counted
        )?;
    }
    if !facts.actions.is_empty() {
        writeln!(
            page,
            "| action | succeeded | failed | unfinished | ran |\n|---|---:|---:|---:|---:|"
        )?;
        for row in &facts.actions {
            writeln!(
                page,
                "| `{}` | {} | {} | {} | {} |",
                row.action,
                row.succeeded,
                row.failed,
                row.unfinished,
                millis(row.run_us)
            )?;
        }
    }
    for error in &facts.errors {
        writeln!(
            page,
            "\n- {} × {}: {}",
            error.count,
            escaped(&error.kind),
            escaped(&error.last_message)
        )?;
    }
    for caused in &facts.caused {
        writeln!(
            page,
            "\n- `{}` brought about `{}`, {} ×",
            caused.from, caused.to, caused.count
        )?;
    }
    for open in &facts.open {
        writeln!(
            page,
            "\n- open: `{}` ({}), `{}`",
            open.action, open.why, open.execution
        )?;
    }
    Ok(())
}

fn write_execution(
    page: &mut String,
    number: usize,
    execution: &ExportedExecution,
) -> std::fmt::Result {
    writeln!(
        page,
        "\n### {number}. `{}.{}` {}\n",
        execution.tool, execution.action, execution.status
    )?;
    let ran = execution.run_us.map_or("no end".to_owned(), millis);
    let attempt = match execution.attempt {
        1 => String::new(),
        attempt => format!(", attempt {attempt}"),
    };
    writeln!(
        page,
        "{}, {ran}{attempt}, {} {}, `{}`",
        instant(execution.started_at_ms),
        execution.tool,
        escaped(&execution.tool_version),
        execution.execution_id
    )?;
    if let Some(error) = &execution.error {
        let class = error.class.as_str();
        let kind = match error.kind.as_str() {
            kind if kind == class => String::new(),
            kind => format!("{}: ", escaped(kind)),
        };
        let message = escaped(&error.message);
        writeln!(page, "\nFailed ({class}): {kind}{message}")?;
    }
    writeln!(page, "\nInput:\n\n{}", block(&execution.input)?)?;
    match &execution.output {
        Some(output) => writeln!(page, "\nOutput:\n\n{}", block(output)?),
        None => Ok(()),
    }
}

fn block(value: &serde_json::Value) -> Result<String, std::fmt::Error> {
    let text = serde_json::to_string_pretty(value).map_err(|_| std::fmt::Error)?;
    if text.len() > SHOWN_BYTES {
        return Ok(format!("({} bytes; the JSON form has them)", text.len()));
    }
    Ok(fenced("json", &text))
}

/// A block of code with a fence longer than any in the text.
fn fenced(language: &str, text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{text}\n{fence}")
}

/// A line of text that stays a text in Markdown.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => safe.push(' '),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '(' | ')' | '#' | '!'
            | '|' | '~' | '&' => {
                safe.push('\\');
                safe.push(c);
            }
            c if c.is_control() => safe.extend(c.escape_unicode()),
            c => safe.push(c),
        }
    }
    safe
}

pub(super) fn instant(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms).map_or_else(
        |_| at_ms.to_string(),
        |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
    )
}

fn millis(us: u64) -> String {
    format!("{}.{} ms", us / 1_000, us % 1_000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_a_text() {
        assert_eq!(
            escaped("# a [b](c) <img>\n`x`\u{1b}"),
            r"\# a \[b\]\(c\) \<img\> \`x\`\u{1b}"
        );
        assert_eq!(fenced("text", "a ``` b"), "````text\na ``` b\n````");
        assert_eq!(fenced("text", "a"), "```text\na\n```");
    }
}
