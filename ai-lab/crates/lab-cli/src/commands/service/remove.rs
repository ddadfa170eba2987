//! `ai-lab service remove`

use lab_ops::framework::remove_services;

use crate::commands::framework::Ground;
use crate::context::Context;
use crate::failure::CommandError;

/// Remove the units that `ai-lab service install` wrote
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let lab = context.lab()?;
    let ground = Ground::of(context)?;
    let units = ground.with(context, |here| remove_services(&lab, here))??;
    let output = &mut *context.output;
    if args.json {
        return output.json(&units);
    }
    for unit in &units.units {
        output.line(format!("removed {}", unit.file.display()))?;
    }
    if units.is_done {
        output.dim(&format!("`{}` switches them off", units.next))
    } else {
        output.line("there were none")
    }
}
