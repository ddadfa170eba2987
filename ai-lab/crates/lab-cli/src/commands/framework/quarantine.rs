//! `ai-lab framework quarantine`

use lab_ops::framework::{Quarantined, clear_quarantine, quarantined};
use serde::Serialize;

use crate::context::Context;
use crate::failure::CommandError;
use crate::words::moment;

/// Show which releases are not offered again, and let them out
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show which releases are not offered again, and why
    List {
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Let a release out, or all of them
    Clear {
        /// Which; all of them without it.
        #[arg(value_name = "VERSION")]
        version: Option<String>,
    },
}

#[derive(Serialize)]
struct View {
    quarantine: Vec<Quarantined>,
}

pub(super) fn run(args: Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let lab = context.lab()?;
    let output = &mut *context.output;
    match args.command {
        Command::List { json } => {
            let quarantine = quarantined(&lab)?;
            if json {
                return output.json(&View { quarantine });
            }
            if quarantine.is_empty() {
                return output.line("none");
            }
            let row =
                |it: &Quarantined| vec![it.version.clone(), moment(it.since_ms), it.why.clone()];
            let rows: Vec<Vec<String>> = quarantine.iter().map(row).collect();
            output.table(&["version", "since", "why"], &rows)
        }
        Command::Clear { version } => {
            clear_quarantine(&lab, version.as_deref())?;
            output.line(version.map_or_else(
                || "nothing is in quarantine".to_owned(),
                |version| format!("{version} may be offered again"),
            ))
        }
    }
}
