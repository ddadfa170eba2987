//! `ai-lab github comment`

use lab_ops::github;

use crate::context::Context;
use crate::failure::CommandError;

/// Write a comment on an item's issue with the next sync
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The item.
    item: String,

    /// The comment.
    text: String,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    if args.text.trim().is_empty() {
        return Err(CommandError::argument("TEXT", &"a comment says something"));
    }
    let queued = github::comment(&context.lab()?, &context.by()?, &args.item, &args.text)?;
    if args.json {
        return context.output.json(&queued);
    }
    context
        .output
        .title(&queued.label, "comment waits for the next sync")
}
