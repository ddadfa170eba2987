//! `ai-lab merge-file`

use std::path::PathBuf;

use lab_ops::files::merge_file;

use crate::context::Context;
use crate::failure::CommandError;

/// Merge two versions of one of the tracker's files, as git asks for it
///
/// Git calls it where both branches changed a file; `ai-lab init` tells git so. What both changed differently
/// stays as OURS has it and is named in the file: `ai-lab sync conflicts` shows it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What both branches started from; empty where both added the file.
    #[arg(value_name = "BASE")]
    base: PathBuf,

    /// The version of the branch that is merged into; becomes the merged one.
    #[arg(value_name = "OURS")]
    ours: PathBuf,

    /// The version of the branch that is merged.
    #[arg(value_name = "THEIRS")]
    theirs: PathBuf,

    /// Where the file lies in the repository.
    #[arg(value_name = "PATH")]
    path: PathBuf,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let here = context.environment.working_folder()?;
    let [base, ours, theirs] = [&args.base, &args.ours, &args.theirs].map(|it| here.join(it));
    let merged = merge_file(&base, &ours, &theirs, &args.path)?;
    if args.json {
        return context.output.json(&merged);
    }
    if merged.conflicts.is_empty() {
        return Ok(());
    }
    let label = merged
        .label
        .unwrap_or_else(|| args.path.display().to_string());
    let fields = merged.conflicts.join(", ");
    context
        .output
        .line(format!("{label}: in conflict: {fields}"))
}
