//! `ai-lab rollback`

use lab_ops::framework::roll_back;

use crate::commands::framework::{Ground, show};
use crate::context::Context;
use crate::failure::CommandError;
use crate::output::Progress;

/// Bring the framework in force again that was before; every row that was written since stays
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// This version, which was in force once; the one before without it.
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,

    /// Where releases come from, where the store has it no more: a folder, a bundle or a URL.
    #[arg(long, value_name = "PLACE")]
    from: Option<String>,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let lab = context.lab()?;
    let ground = Ground::of(context)?;
    let (to, from) = (args.to.as_deref(), args.from.as_deref());
    let report = ground.with(context, |here| {
        roll_back(&lab, here, to, from, &mut Progress)
    })??;
    show(&report, args.json, context.output)
}
