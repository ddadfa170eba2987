//! `ai-lab import`

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use ai_lab_contract::ErrorClass;
use lab_ops::Failure;
use lab_ops::import::{
    DEFAULT_ZONE, FieldLine, Finding, ImportReport, ImportRequest, Severity, VerifyReport, import,
    plan_import, verify_import,
};

use crate::context::Context;
use crate::failure::CommandError;
use crate::output::one_line;

/// Take a predecessor's lab over without losing a field, or work items that other programs wrote
///
/// A folder is a predecessor's lab, with its JSON files and its database. A file is a Markdown list of tasks
/// (`.md`), a sheet (`.csv`) or JSON lines (`.jsonl`), as `ai-lab export` writes them: its entries go by uid, then by label.
///
/// What is imported is only read. Everything is written at once or not at all, and a second import
/// changes nothing. What cannot be read is named, and the rest is taken.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The predecessor's lab or its data folder, or a file.
    #[arg(value_name = "FROM")]
    from: PathBuf,

    /// What the file is, where its name does not say so.
    #[arg(long, value_enum)]
    form: Option<TextForm>,

    /// Show every decision, and write nothing.
    #[arg(long, visible_alias = "dry-run", conflicts_with = "verify")]
    plan: bool,

    /// Read the sources again and compare every value with what the lab keeps.
    #[arg(long)]
    verify: bool,

    /// Where the predecessor's machine stood: its local times are read in this zone.
    #[arg(long, value_name = "ZONE", default_value = DEFAULT_ZONE)]
    zone: String,

    /// Keep this predecessor's sources apart from another's that this lab took over.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// What a file is.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum TextForm {
    /// A list of tasks in GitHub-flavoured Markdown.
    Markdown,
    /// Comma-separated values.
    Csv,
    /// One JSON document a line.
    Jsonl,
}

/// What is missing after all.
#[derive(Debug)]
enum Incomplete {
    /// So many parts of the input stayed outside.
    LeftOut(usize),
    /// So many values of the sources are not in the lab.
    Missing(usize),
    /// So many sources could not be read again.
    Unread(usize),
}

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LeftOut(parts) => write!(
                f,
                "{} of the input could not be taken",
                amount(*parts, "part")
            ),
            Self::Missing(values) => write!(
                f,
                "the lab lacks {} of its sources",
                amount(*values, "value")
            ),
            Self::Unread(sources) => write!(f, "{} could not be read", amount(*sources, "source")),
        }
    }
}

impl std::error::Error for Incomplete {}

impl Failure for Incomplete {
    fn class(&self) -> ErrorClass {
        match self {
            Self::LeftOut(_) => ErrorClass::InvalidInput,
            Self::Missing(_) => ErrorClass::Conflict,
            Self::Unread(_) => ErrorClass::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::LeftOut(_) => "mend what is named above, then import again".to_owned(),
            Self::Missing(_) => "`ai-lab import DIR` takes what is missing".to_owned(),
            Self::Unread(_) => "mend what is named above, then verify again".to_owned(),
        })
    }
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let from = context.environment.working_folder()?.join(&args.from);
    if args.form.is_some() || from.is_file() {
        return taken::run(&from, args, context);
    }
    let request = ImportRequest {
        from: &from,
        zone: &args.zone,
        name: args.name.as_deref(),
    };
    let lab = context.lab()?;
    let by = context.by()?;
    if args.verify {
        let report = verify_import(&lab, by.at, request)?;
        show_verification(&report, args.json, context)?;
        return match (report.missing.len(), report.unread()) {
            (0, 0) => Ok(()),
            (0, unread) => Err(Incomplete::Unread(unread).into()),
            (lacking, _) => Err(Incomplete::Missing(lacking).into()),
        };
    }
    let report = if args.plan {
        plan_import(&lab, by.at, request)?
    } else {
        import(&lab, &by, request)?
    };
    show(&report, args.json, context)?;
    match report.problems() {
        0 => Ok(()),
        left_out => Err(Incomplete::LeftOut(left_out).into()),
    }
}

/// A file of another program.
mod taken {
    use std::path::Path;

    use lab_ops::interchange::{Form, TakenReport, take_file};

    use super::{Args, TextForm, amount};
    use crate::context::Context;
    use crate::failure::CommandError;
    use crate::output::one_line;

    pub(super) fn run(
        from: &Path,
        args: &Args,
        context: &mut Context<'_>,
    ) -> Result<(), CommandError> {
        if args.verify {
            let told = "a file has nothing to verify: import it again, and nothing changes";
            return Err(CommandError::argument("--verify", &told));
        }
        let form = args.form.map(|form| match form {
            TextForm::Markdown => Form::Markdown,
            TextForm::Csv => Form::Csv,
            TextForm::Jsonl => Form::JsonLines,
        });
        let (lab, by) = (context.lab()?, context.by()?);
        let report = take_file(&lab, &by, form, from, args.plan)?;
        if args.json {
            return context.output.json(&report);
        }
        show(&report, context)
    }

    fn show(report: &TakenReport, context: &mut Context<'_>) -> Result<(), CommandError> {
        for did in &report.did {
            let what = did.what.as_str();
            let told = format!("{what:9} {}  {}", did.label, did.path);
            context.output.line(one_line(&told))?;
        }
        for note in &report.notes {
            context.output.line(one_line(&format!("note: {note}")))?;
        }
        let tense = if report.dry_run { "would be " } else { "" };
        let taken = report.rows - report.unchanged;
        context.output.line(format!(
            "{}: {taken} {tense}taken, {} as the lab has them",
            amount(report.rows, "entry"),
            report.unchanged
        ))
    }
}

fn show(report: &ImportReport, json: bool, context: &mut Context<'_>) -> Result<(), CommandError> {
    if json {
        return context.output.json(report);
    }
    if report.dry_run {
        for decision in &report.decisions {
            context.output.line(decision_line(decision))?;
        }
        context.output.line("")?;
    }
    for finding in &report.findings {
        context.output.line(finding_line(finding))?;
    }
    let outcomes: Vec<String> = report
        .outcomes
        .iter()
        .map(|(outcome, count)| format!("{count} {outcome}"))
        .collect();
    context.output.line(format!(
        "{} of {}: {}",
        amount(report.fields, "field"),
        amount(report.records, "record"),
        outcomes.join(", ")
    ))?;
    context.output.line(changes_line(report))
}

fn changes_line(report: &ImportReport) -> String {
    let changes = &report.changes;
    if changes.is_empty() {
        return "nothing changes: the lab holds all of it".to_owned();
    }
    let counted = |what: &'static str, kinds: &BTreeMap<&'static str, usize>| {
        let line = |(kind, count): (&&str, &usize)| format!("{} {what}", amount(*count, kind));
        kinds.iter().map(line).collect::<Vec<_>>()
    };
    let mut parts = counted("created", &changes.created);
    parts.extend(counted("updated", &changes.updated));
    parts.push(format!("{} kept", amount(changes.values, "value")));
    parts.push(format!("{} kept whole", amount(changes.files, "file")));
    let tense = if report.dry_run { "would be: " } else { "" };
    format!("{tense}{}", parts.join(", "))
}

/// `1 item`, `2 items`.
pub(super) fn amount(count: usize, thing: &str) -> String {
    match (count, thing.strip_suffix('y')) {
        (1, _) => format!("1 {thing}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        (_, None) => format!("{count} {thing}s"),
    }
}

fn decision_line(line: &FieldLine) -> String {
    let place = one_line(&format!("{} {}{}", line.source, line.record, line.pointer));
    let target = line
        .target
        .as_ref()
        .map(|target| format!(" → {target}"))
        .unwrap_or_default();
    let reason = if line.reason.is_empty() {
        String::new()
    } else {
        format!(" ({})", line.reason)
    };
    format!(
        "{:9} {place}{}",
        line.outcome,
        one_line(&format!("{target}{reason}"))
    )
}

fn finding_line(finding: &Finding) -> String {
    let word = match finding.severity() {
        Severity::Problem => "problem",
        Severity::Notice => "note",
    };
    let place = [finding.source.as_str(), finding.place.as_str()].join(" ");
    one_line(&format!("{word}: {}: {}", place.trim(), finding.message))
}

fn show_verification(
    report: &VerifyReport,
    json: bool,
    context: &mut Context<'_>,
) -> Result<(), CommandError> {
    if json {
        return context.output.json(report);
    }
    for finding in &report.findings {
        context.output.line(finding_line(finding))?;
    }
    for missing in &report.missing {
        let place = format!("{} {}{}", missing.source, missing.record, missing.pointer);
        context
            .output
            .line(one_line(&format!("missing: {place}: {}", missing.problem)))?;
    }
    for moved in &report.moved {
        let fields = moved.fields.join(", ");
        let told = format!("changed since: {} {}: {fields}", moved.kind, moved.label);
        context.output.line(one_line(&told))?;
    }
    context.output.line(format!(
        "{} of {} and {} compared, {} missing",
        amount(report.values, "value"),
        amount(report.records, "record"),
        amount(report.files, "whole file"),
        report.missing.len()
    ))
}
