//! `ai-lab backup restore`

use std::path::PathBuf;

use lab_ops::backup::{restore_over, restore_to};

use super::verify::Which;
use crate::context::Context;
use crate::failure::CommandError;

/// Put a backup back: to a new place, or over this lab, whose state is kept as a backup first
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,

    /// Make a lab of it in this folder, which is not there yet or empty.
    #[arg(
        long,
        value_name = "DIR",
        conflicts_with = "over",
        required_unless_present = "over"
    )]
    to: Option<PathBuf>,

    /// Put it over this lab.
    #[arg(long)]
    over: bool,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let archive = args.which.archive(context)?;
    let at = context.environment.now()?;
    let restored = match &args.to {
        Some(to) => restore_to(
            &archive,
            &context.environment.working_folder()?.join(to),
            at,
        )?,
        None => restore_over(&context.lab()?, &archive, at)?,
    };
    if args.json {
        return context.output.json(&restored);
    }
    let output = &mut *context.output;
    output.line(format!(
        "{} is as it was at {}",
        restored.lab.display(),
        restored.created_at
    ))?;
    if let Some(replaced) = &restored.replaced {
        output.line(format!("what was there is kept: {}", replaced.display()))?;
    }
    match &restored.framework {
        None => Ok(()),
        Some(record) => output.line(format!(
            "the framework's record is {}: put it into the framework's home as framework.db while nothing runs",
            record.display()
        )),
    }
}
