//! `ai-lab framework pin`

use lab_ops::framework::pin;

use crate::context::Context;
use crate::failure::CommandError;

/// Want exactly this version, or this range, in ai-lab.toml; `ai-lab update` brings it
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Such as `1.4.2`, or `~1.4`.
    #[arg(value_name = "VERSION")]
    version: String,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let pinned = pin(&context.lab()?, &args.version)?;
    let output = &mut *context.output;
    if args.json {
        return output.json(&pinned);
    }
    if pinned.is_changed {
        output.line(format!("ai-lab.toml wants {}", pinned.range))?;
        return output.dim("`ai-lab update` brings it");
    }
    output.line(format!("ai-lab.toml wants {} already", pinned.range))
}
