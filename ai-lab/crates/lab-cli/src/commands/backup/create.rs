//! `ai-lab backup create`

use std::path::PathBuf;

use lab_ops::backup::{BackupKind, CreateBackup, create};

use super::size;
use crate::commands::tool::places;
use crate::context::Context;
use crate::failure::CommandError;

/// Copy both databases, configuration and locks into one archive, while others go on working
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Into which folder, instead of the lab's data/backups.
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,

    /// Seal it to this public key (age1…): only who has the secret key can read it.
    #[arg(long, value_name = "KEY")]
    seal_to: Option<String>,

    /// Leave the framework's record out.
    #[arg(long)]
    without_framework: bool,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let folder = context.environment.working_folder()?;
    let into = args.into.as_ref().map(|into| folder.join(into));
    let places = if args.without_framework {
        None
    } else {
        Some(places(context)?)
    };
    let asked = CreateBackup {
        into: into.as_deref(),
        key: args.seal_to.as_deref(),
        places,
        kind: BackupKind::Regular,
    };
    let made = create(&context.lab()?, context.environment.now()?, &asked)?;
    if args.json {
        return context.output.json(&made);
    }
    context.output.line(format!(
        "{}: {} files, {}",
        made.archive.display(),
        made.files,
        size(made.bytes)
    ))?;
    match &made.without_framework {
        Some(why) if !args.without_framework => context
            .output
            .line(format!("note: without the framework's record: {why}")),
        Some(_) | None => Ok(()),
    }
}
