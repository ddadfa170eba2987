//! `ai-lab backup list`

use std::path::PathBuf;

use lab_ops::backup::list;

use super::size;
use crate::context::Context;
use crate::failure::CommandError;

/// List backups, the latest first
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Of which folder, instead of the lab's data/backups.
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let folder = context.environment.working_folder()?;
    let from = args.from.as_ref().map(|from| folder.join(from));
    let found = list(&context.lab()?, from.as_deref())?;
    if args.json {
        return context.output.json(&found);
    }
    if found.backups.is_empty() {
        return context
            .output
            .line("no backups; `ai-lab backup create` makes one");
    }
    let rows: Vec<Vec<String>> = found
        .backups
        .into_iter()
        .map(|row| vec![row.name, row.created_at, size(row.bytes)])
        .collect();
    context.output.table(&["backup", "made", "size"], &rows)
}
