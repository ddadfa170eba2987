//! `ai-lab framework install`

use lab_ops::framework::install;

use super::{Ground, show};
use crate::context::Context;
use crate::failure::CommandError;
use crate::output::Progress;

/// Bring in force what ai-lab.lock says: in a fresh clone, or where git brought another lock
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where releases come from, instead of what ai-lab.toml says: a folder, a bundle or a URL.
    #[arg(long, value_name = "PLACE")]
    from: Option<String>,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let lab = context.lab()?;
    let ground = Ground::of(context)?;
    let from = args.from.as_deref();
    let report = ground.with(context, |here| install(&lab, here, from, &mut Progress))??;
    show(&report, args.json, context.output)
}
