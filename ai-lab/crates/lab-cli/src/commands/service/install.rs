//! `ai-lab service install`

use lab_ops::framework::{ServiceWish, install_services};

use crate::commands::framework::Ground;
use crate::context::Context;
use crate::failure::CommandError;

/// Write a timer of your own that updates as ai-lab.toml says, one that watches the home server, and a unit for the lab's
/// MCP server
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Serve the lab's tools to agents at this address; it is stopped and started with each update.
    #[arg(long, value_name = "ADDRESS:PORT")]
    mcp: Option<String>,

    /// Watch the home server every two minutes with the program `homeserver-agent`: what it finds becomes work items.
    #[arg(long)]
    watch: bool,

    /// Only show the units.
    #[arg(long)]
    dry_run: bool,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let lab = context.lab()?;
    let program = context.environment.program()?;
    let ground = Ground::of(context)?;
    let wish = ServiceWish {
        mcp: args.mcp.as_deref(),
        watch: args.watch,
    };
    let units = ground.with(context, |here| {
        install_services(&lab, here, program, wish, !args.dry_run)
    })??;
    let output = &mut *context.output;
    if args.json {
        return output.json(&units);
    }
    for unit in &units.units {
        output.line(format!("# {}", unit.file.display()))?;
        output.raw(unit.text.as_bytes())?;
    }
    output.dim(&if units.is_done {
        format!("written; `{}` switches them on", units.next)
    } else {
        "nothing was written".to_owned()
    })
}
