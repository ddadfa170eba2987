//! `ai-lab sync`

use std::fmt;

use ai_lab_contract::ErrorClass;
use lab_ops::Failure;
use lab_ops::files::{
    DisputeRow, SyncReport, Take, WatchFilesError, conflicts, plan_sync, resolve_conflict,
    sync_files, watch_files,
};

use super::import::amount;
use crate::context::Context;
use crate::failure::CommandError;
use crate::output::one_line;

/// Make the lab and its files alike, both ways
///
/// A file that changed is taken into the lab, a change of the lab is written into its file, and where both
/// changed both have both changes. What they say differently is named, kept on both sides, and settled by
/// `ai-lab sync resolve`. A file that cannot be read is named with its line, and nothing is done with it.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a flag of the command line is a bool"
)]
pub(crate) struct Args {
    /// Show what would be done, and write nothing.
    #[arg(long, visible_alias = "dry-run")]
    plan: bool,

    /// Write nothing, and fail where lab and files are not alike.
    #[arg(long, conflicts_with = "plan")]
    check: bool,

    /// Go on after every change of files or lab, until interrupted.
    #[arg(long, conflicts_with_all = ["plan", "check", "allow_removals", "json"])]
    watch: bool,

    /// Put away the entities of many files that are gone at once.
    #[arg(long)]
    allow_removals: bool,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,

    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Conflicts(ConflictsArgs),
    Resolve(ResolveArgs),
}

/// List what lab and files, or two branches, say differently
#[derive(Debug, clap::Args)]
struct ConflictsArgs {
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// Settle what is in conflict
#[derive(Debug, clap::Args)]
struct ResolveArgs {
    /// The label of what is in conflict.
    #[arg(value_name = "LABEL")]
    name: String,

    /// Only this field of it.
    #[arg(long)]
    field: Option<String>,

    /// Whose word counts.
    #[arg(
        long,
        value_enum,
        required_unless_present = "text",
        conflicts_with = "text"
    )]
    take: Option<Whose>,

    /// Neither: this.
    #[arg(long)]
    text: Option<String>,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// Whose word counts.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Whose {
    /// What the lab holds.
    Lab,
    /// What the file, or the other branch, says.
    File,
}

/// What a sync leaves to a person.
#[derive(Debug)]
enum Left {
    /// So many files were not taken or written.
    Problems(usize),
    /// So many facts are in conflict.
    Conflicts(usize),
    /// So many things would be done.
    Differences(usize),
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Problems(files) => {
                write!(
                    f,
                    "{} could not be taken or written",
                    amount(*files, "file")
                )
            }
            Self::Conflicts(facts) => write!(f, "{} to be settled", amount(*facts, "conflict")),
            Self::Differences(things) => write!(
                f,
                "lab and files are not alike: {}",
                amount(*things, "difference")
            ),
        }
    }
}

impl std::error::Error for Left {}

impl Failure for Left {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Problems(_) => ErrorClass::InvalidInput,
            Self::Conflicts(_) | Self::Differences(_) => ErrorClass::Conflict,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Problems(_) => "mend what is named above, then sync again".to_owned(),
            Self::Conflicts(_) => {
                "`ai-lab sync resolve LABEL --take lab|file` settles one".to_owned()
            }
            Self::Differences(_) => "`ai-lab sync` makes them alike".to_owned(),
        })
    }
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    match &args.verb {
        Some(Verb::Conflicts(args)) => return list(args, context),
        Some(Verb::Resolve(args)) => return resolve(args, context),
        None => {}
    }
    let lab = context.lab()?;
    if args.watch {
        return watch(context);
    }
    let at = context.environment.now()?;
    let report = if args.plan || args.check {
        plan_sync(&lab, at, args.allow_removals)?
    } else {
        sync_files(&lab, at, args.allow_removals)?
    };
    show(&report, args.json, context)?;
    if !report.problems.is_empty() {
        return Err(Left::Problems(report.problems.len()).into());
    }
    if args.check && !report.changes_nothing() {
        return Err(Left::Differences(report.did.len()).into());
    }
    match report.conflicts.len() {
        0 => Ok(()),
        open => Err(Left::Conflicts(open).into()),
    }
}

fn watch(context: &mut Context<'_>) -> Result<(), CommandError> {
    let lab = context.lab()?;
    let start = context.environment.now()?;
    let environment = context.environment;
    let now = || environment.later().unwrap_or(start);
    let ended = watch_files(&lab, now, |outcome| {
        match outcome {
            Ok(report) if report.did.is_empty() && report.problems.is_empty() => {}
            Ok(report) => show(&report, false, context)?,
            // The next change tries again: what is wrong now may be mended then.
            Err(error) => context.output.show_error(&error.into()),
        }
        context.output.flush()
    });
    match ended {
        Ok(()) => Ok(()),
        Err(WatchFilesError::Told(error)) => Err(error),
        Err(WatchFilesError::Watch(error)) => Err(NoWatch(error.to_string()).into()),
    }
}

/// The system gives no watch.
#[derive(Debug)]
struct NoWatch(String);

impl fmt::Display for NoWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoWatch {}

impl Failure for NoWatch {
    fn class(&self) -> ErrorClass {
        ErrorClass::Environment
    }
}

fn show(report: &SyncReport, json: bool, context: &mut Context<'_>) -> Result<(), CommandError> {
    if json {
        return context.output.json(report);
    }
    for did in &report.did {
        let what = did.what.as_str().replace('_', " ");
        let why = if did.why.is_empty() {
            String::new()
        } else {
            format!(" ({})", did.why)
        };
        let told = format!("{what:9} {}  {}{why}", did.label, did.path);
        context.output.line(one_line(&told))?;
    }
    for problem in &report.problems {
        let told = format!("problem: {}: {}", problem.path, problem.message);
        context.output.line(one_line(&told))?;
    }
    for row in &report.conflicts {
        context.output.line(one_line(&conflict(row)))?;
    }
    let looked = format!("{}, {} read", amount(report.files, "file"), report.read);
    let end = match (report.did.is_empty(), report.dry_run) {
        (true, _) => "nothing to do",
        (false, true) => "this is the plan: nothing was written",
        (false, false) => "lab and files are alike",
    };
    context.output.dim(&format!("{looked}: {end}"))
}

fn conflict(row: &DisputeRow) -> String {
    let told = |value: &Option<String>| match value {
        Some(text) => format!("`{text}`"),
        None => "nothing".to_owned(),
    };
    let other = match row.source {
        "merge" => "the other branch",
        _ => "the file",
    };
    let mut says = vec![
        format!("the lab says {}", told(&row.lab)),
        format!("{other} {}", told(&row.file)),
    ];
    says.extend(row.others.iter().map(|it| format!("another {}", told(it))));
    let (says, base) = (says.join(", "), told(&row.base));
    format!(
        "conflict: {} {}: {says}; both had {base}",
        row.label, row.field
    )
}

fn list(args: &ConflictsArgs, context: &mut Context<'_>) -> Result<(), CommandError> {
    #[derive(serde::Serialize)]
    struct Conflicts {
        conflicts: Vec<DisputeRow>,
    }
    let conflicts = conflicts(&context.lab()?, context.environment.now()?)?;
    if args.json {
        return context.output.json(&Conflicts { conflicts });
    }
    if conflicts.is_empty() {
        return context.output.line("nothing is in conflict");
    }
    let mut lines = conflicts.iter().map(conflict);
    lines.try_for_each(|line| context.output.line(one_line(&line)))
}

fn resolve(args: &ResolveArgs, context: &mut Context<'_>) -> Result<(), CommandError> {
    let take = match (&args.text, args.take) {
        (Some(text), _) => Take::Text(text.clone()),
        (None, Some(Whose::File)) => Take::File,
        (None, Some(Whose::Lab) | None) => Take::Lab,
    };
    let by = context.by()?;
    let field = args.field.as_deref();
    let resolved = resolve_conflict(&context.lab()?, &by, &args.name, field, take)?;
    if args.json {
        return context.output.json(&resolved);
    }
    for row in &resolved.settled {
        let told = format!("settled: {} {}", row.label, row.field);
        context.output.line(one_line(&told))?;
    }
    Ok(())
}
