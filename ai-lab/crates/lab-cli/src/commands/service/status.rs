//! `ai-lab service status`

use lab_ops::framework::services;

use crate::commands::framework::Ground;
use crate::context::Context;
use crate::failure::CommandError;

/// Show which of the lab's units are there
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let lab = context.lab()?;
    let ground = Ground::of(context)?;
    let state = ground.with(context, |here| services(&lab, here))??;
    let output = &mut *context.output;
    if args.json {
        return output.json(&state);
    }
    let window = state
        .window
        .map_or_else(String::new, |window| format!(", {window}"));
    output.line(format!("updates by themselves: {}{window}", state.auto))?;
    if state.units.is_empty() {
        return output.dim("no units; `ai-lab service install` writes them");
    }
    for unit in &state.units {
        output.line(unit)?;
    }
    Ok(())
}
