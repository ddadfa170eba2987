//! `ai-lab lock`

use lab_ops::framework::{CheckLockError, Drift, check_lock, write_lock};

use crate::commands::framework::{Ground, show};
use crate::context::Context;
use crate::failure::CommandError;
use crate::output::Progress;

/// Write ai-lab.lock where there is none, and requirements.txt from it; or check that they agree
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only compare ai-lab.toml, ai-lab.lock and requirements.txt; fails where they differ.
    #[arg(long, conflicts_with = "from")]
    check: bool,

    /// Where releases come from, instead of what ai-lab.toml says: a folder, a bundle or a URL.
    #[arg(long, value_name = "PLACE")]
    from: Option<String>,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    if args.check {
        return check(args, context);
    }
    let lab = context.lab()?;
    let ground = Ground::of(context)?;
    let from = args.from.as_deref();
    let report = ground.with(context, |here| write_lock(&lab, here, from, &mut Progress))??;
    show(&report, args.json, context.output)
}

fn check(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let state = check_lock(&context.lab()?)?;
    let output = &mut *context.output;
    let is_sound = state.drift.is_empty();
    if args.json {
        output.json(&state)?;
    } else {
        for Drift {
            file,
            line,
            what,
            next,
        } in &state.drift
        {
            output.line(format!("{file}:{line}: {what}"))?;
            output.dim(&format!("  {next}"))?;
        }
        if is_sound {
            output.line("ai-lab.toml, ai-lab.lock and requirements.txt agree")?;
        }
    }
    if is_sound {
        Ok(())
    } else {
        Err(CheckLockError::Drift.into())
    }
}
