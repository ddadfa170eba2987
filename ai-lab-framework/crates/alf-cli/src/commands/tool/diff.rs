//! `tool diff`.

use std::io;

use ai_lab_contract::{ErrorClass, ToolName};
use alf_lock::{FileChange, PinnedFile};
use alf_ops::{Framework, LockDiff, diff_tool};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::style::{BAD, FAINT, GOOD, HEAD, HINT, WARN, harmless, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The tool's name
    name: ToolName,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let diff = diff_tool(framework, &self.name)?;
        if output.is_json() {
            output.say_json(&diff)?;
        } else {
            show(&diff, output)?;
        }
        Ok(if diff.is_same() {
            0
        } else {
            ErrorClass::Conflict.exit_code()
        })
    }
}

/// Shows everything that changed of a tool since it was pinned.
pub(super) fn show(diff: &LockDiff, output: &mut Output) -> io::Result<()> {
    let tool = &diff.tool;
    let Some(pinned) = &diff.pinned else {
        output.say(format_args!(
            "{} {tool} is in no tool lock",
            styled(WARN, "!")
        ))?;
        let next = format!("`ai-lab-framework tool lock {tool}` pins it as it is.");
        return output.note(styled(HINT, next));
    };
    if diff.is_same() {
        return output.say(format_args!(
            "{} {tool} is what was pinned",
            styled(GOOD, "✓")
        ));
    }
    let title = styled(HEAD, format_args!("{tool} has changed since it was pinned"));
    let at = diff.pinned_at.as_deref().unwrap_or_default();
    output.say(format_args!("{title}  {}", styled(FAINT, harmless(at))))?;
    output.say(format_args!(
        "  pinned  {}\n  now     {}",
        harmless(pinned),
        diff.digest
    ))?;
    for change in &diff.diff.facts {
        let what = harmless(&change.what);
        let (before, after) = (change.before.to_string(), change.after.to_string());
        output.say(format_args!(
            "  {what}: {} → {}",
            styled(BAD, harmless(&before)),
            styled(GOOD, harmless(&after))
        ))?;
    }
    for file in &diff.diff.files {
        show_file(file, output)?;
    }
    if diff.diff.files.iter().any(|file| file.text.is_empty()) {
        let next = "Where the lab is in git, `git diff` in the tool's folder shows the lines of the others.";
        output.note(styled(HINT, next))?;
    }
    Ok(())
}

fn show_file(file: &FileChange, output: &mut Output) -> io::Result<()> {
    let of = |file: &PinnedFile| format!("{}, {} bytes", file.kind.as_str(), file.bytes);
    let (mark, said) = match (&file.before, &file.after) {
        (None, Some(after)) => (styled(GOOD, "+"), of(after)),
        (Some(before), None) => (styled(BAD, "-"), of(before)),
        (Some(before), Some(after)) => {
            (styled(WARN, "~"), format!("{} → {}", of(before), of(after)))
        }
        (None, None) => (String::new(), String::new()),
    };
    let path = harmless(&file.path);
    output.say(format_args!("{mark} {path}  {}", styled(FAINT, said)))?;
    for line in &file.text {
        let shown = harmless(line);
        let shown = match line.as_bytes().first() {
            Some(b'+') => styled(GOOD, shown),
            Some(b'-') => styled(BAD, shown),
            Some(_) | None => shown,
        };
        output.say(format_args!("    {shown}"))?;
    }
    if file.text_cut > 0 {
        output.say(styled(
            FAINT,
            format_args!("    … {} more lines", file.text_cut),
        ))?;
    }
    Ok(())
}
