//! `check-compatibility`.

use std::io;

use alf_compat::{Finding, Severity, Usage, Verdict, sarif};
use alf_ops::{
    CheckedLab, FRAMEWORK_VERSION, Framework, Mended, MendedFile, against, check_compatibility,
    mend_lab,
};
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::output::{Ended, Output};
use crate::render::amount::counted;
use crate::render::style::{BAD, FAINT, GOOD, HINT, WARN, harmless, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Against this version of the store, or this file of a contract; this framework's own unless said
    #[arg(long, value_name = "VERSION|FILE")]
    against: Option<String>,
    /// Put in renamed keys, flags and symbols, and show what was changed
    #[arg(long)]
    fix: bool,
    /// In which form the findings are told
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Text,
    Json,
    Sarif,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let check = || {
            let wanted = self
                .against
                .as_deref()
                .map(|wanted| against(framework, wanted));
            check_compatibility(framework, wanted.transpose()?)
        };
        let mut checked = check()?;
        let mut mended = None;
        if self.fix {
            mended = Some(mend_lab(&checked)?);
            // What is left is told, not what was.
            checked = check()?;
        }
        let form = if output.is_json() && self.format == Form::Text {
            Form::Json
        } else {
            self.format
        };
        match form {
            Form::Text => {
                if let Some(mended) = &mended {
                    show_mended(mended, output)?;
                }
                show(&checked, output)?;
            }
            Form::Json => {
                let mended = mended.map_or_else(Vec::new, |mended| mended.files);
                output.say_json(&Document {
                    checked: &checked,
                    mended: &mended,
                })?;
            }
            Form::Sarif => output.say_json(&sarif(&checked.findings, FRAMEWORK_VERSION))?,
        }
        Ok(checked.verdict.exit_code())
    }
}

/// What a program is told.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    checked: &'a CheckedLab,
    mended: &'a [MendedFile],
}

fn show_mended(mended: &Mended, output: &mut Output) -> io::Result<()> {
    for file in &mended.files {
        let head = format!("{}: {} changed", file.file, counted(file.places, "place"));
        output.say(styled(GOOD, harmless(&head)))?;
        for line in &file.difference {
            output.say(harmless(line))?;
        }
    }
    Ok(())
}

fn show(checked: &CheckedLab, output: &mut Output) -> io::Result<()> {
    for finding in &checked.findings {
        show_finding(finding, output)?;
    }
    let found = counted(checked.findings.len(), "finding");
    let files = counted(checked.files, "file");
    let against = &checked.against;
    let told = match checked.verdict {
        Verdict::Fits => format!("{} the lab fits {against}: {files} read", styled(GOOD, "✓")),
        Verdict::Warnings => format!(
            "{} the lab fits {against}, with {found} in {files}",
            styled(WARN, "!")
        ),
        Verdict::Incompatible => format!(
            "{} the lab does not fit {against}: {found} in {files}",
            styled(BAD, "✗")
        ),
        Verdict::CannotTell => format!(
            "{} whether the lab fits {against} cannot be told: {found} in {files}",
            styled(WARN, "?")
        ),
    };
    output.note(told)
}

fn show_finding(finding: &Finding, output: &mut Output) -> io::Result<()> {
    let mark = match finding.severity {
        Severity::Warning => styled(WARN, "!"),
        Severity::CannotTell => styled(WARN, "?"),
        Severity::Incompatible => styled(BAD, "✗"),
    };
    let place = format!("{}:{}:{}", finding.file, finding.line, finding.column);
    output.say(format_args!(
        "{mark} {}  {}",
        harmless(&place),
        harmless(&finding.what)
    ))?;
    if !finding.why.is_empty() {
        output.say(format_args!(
            "    {}",
            styled(FAINT, harmless(&finding.why))
        ))?;
    }
    let by_itself = if finding.replacement.is_some() {
        " `--fix` does it."
    } else {
        ""
    };
    let fix = format!("{}{by_itself}", finding.fix);
    output.say(format_args!("    {}", styled(HINT, harmless(&fix))))?;
    match &finding.usage {
        Some(usage) => output.say(format_args!(
            "    {}",
            styled(FAINT, harmless(&used(usage)))
        )),
        None => Ok(()),
    }
}

/// How much a tool was used, in words.
fn used(usage: &Usage) -> String {
    let tool = &usage.tool;
    let moment = usage
        .last_at_ms
        .and_then(|last| jiff::Timestamp::from_millisecond(last).ok());
    match moment {
        Some(last) => {
            let day = last.strftime("%Y-%m-%d");
            let times = counted(usize::try_from(usage.count).unwrap_or(usize::MAX), "time");
            format!("`{tool}` was used last on {day}, {times} in 90 days")
        }
        None => format!("`{tool}` was never used"),
    }
}
