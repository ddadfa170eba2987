//! `ai-lab framework bundle`

use std::path::PathBuf;

use lab_ops::framework::bundle;

use crate::context::Context;
use crate::failure::CommandError;

/// Put a release into one file, for a machine without a network: `ai-lab update --from FILE` takes it there
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which version.
    #[arg(value_name = "VERSION")]
    version: String,

    /// The file; one that is there is replaced.
    #[arg(value_name = "FILE")]
    to: PathBuf,

    /// Where releases come from, instead of what ai-lab.toml says: a folder or a URL.
    #[arg(long, value_name = "PLACE")]
    from: Option<String>,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let to = context.environment.working_folder()?.join(&args.to);
    let made = bundle(&context.lab()?, &args.version, &to, args.from.as_deref())?;
    if args.json {
        return context.output.json(&made);
    }
    let (files, kib) = (made.files, made.bytes.div_ceil(1024));
    context.output.line(format!(
        "{}: {files} files, {kib} KiB",
        made.bundle.display()
    ))
}
