//! `ai-lab github comments`

use lab_ops::github::{self, CommentRow};
use serde::Serialize;

use crate::context::Context;
use crate::failure::CommandError;

/// Show the comments on an item's issue, as the last sync found them
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The item.
    item: String,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// The shape of the JSON answer.
#[derive(Serialize)]
struct Answer {
    comments: Vec<CommentRow>,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let comments = github::comments(&context.lab()?, context.by()?.at, &args.item)?;
    if args.json {
        return context.output.json(&Answer { comments });
    }
    if comments.is_empty() {
        return context.output.line("no comments");
    }
    for comment in &comments {
        let who = comment.author.as_deref().unwrap_or("on its way");
        context
            .output
            .text(&format!("{who}, {}", comment.at), &comment.text)?;
    }
    Ok(())
}
