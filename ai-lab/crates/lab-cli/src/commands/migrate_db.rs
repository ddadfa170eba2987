//! `ai-lab migrate-db`

use lab_ops::{MigrateMode, Migration, RunError, migrate_databases};

use super::tool::places;
use crate::context::Context;
use crate::failure::CommandError;
use crate::output::{Output, one_line};

/// Bring the lab's database and the framework's to the schemas that are needed
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Change nothing; exit with 10 when either database has something to do.
    #[arg(long)]
    check: bool,

    /// Change nothing; show every statement, each of which was tried and taken back.
    #[arg(long, conflicts_with = "check")]
    dry_run: bool,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let (mode, lab) = match (args.check, args.dry_run) {
        (true, _) => (MigrateMode::Check, context.lab_as_it_is()?),
        (false, true) => (MigrateMode::DryRun, context.lab_as_it_is()?),
        (false, false) => (MigrateMode::Apply, context.lab()?),
    };
    let at = context.environment.now()?;
    let both = migrate_databases(&lab, at, mode, &places(context)?)?;
    let output = &mut *context.output;
    if args.json {
        output.json(&both)?;
    } else {
        show(&both.lab, args.dry_run, output)?;
        if let Some(framework) = &both.framework {
            show(framework, args.dry_run, output)?;
        }
    }
    let is_due = args.check && both.is_due();
    match both.silence {
        // A lab without a framework is whole: its tracker needs none.
        Some(RunError::NotFound(_)) if !args.json => {
            output.dim("the framework is not found: its database was not looked at")?;
        }
        Some(RunError::NotFound(_)) | None => {}
        Some(error) => return Err(error.into()),
    }
    if is_due {
        Err(CommandError::ThereIsWork)
    } else {
        Ok(())
    }
}

fn show(migration: &Migration, is_whole: bool, output: &mut Output) -> Result<(), CommandError> {
    let plan = migration.plan.to_string();
    output.line(format!(
        "{}: {}",
        one_line(&migration.database),
        plan.trim_end()
    ))?;
    let steps = migration.plan.missing.iter().filter(|_| is_whole);
    for statement in steps.flat_map(|step| &step.statements) {
        let lines: Vec<String> = statement.lines().map(one_line).collect();
        output.line(format!("\n{};", lines.join("\n")))?;
    }
    Ok(())
}
