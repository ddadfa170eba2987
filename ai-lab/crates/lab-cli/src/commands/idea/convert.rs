//! `ai-lab idea convert`

use lab_model::Prefix;
use lab_ops::idea::{self, Conversion};

use crate::context::Context;
use crate::failure::CommandError;
use crate::seen::Seen;

/// Make a project of an idea: its next steps become items
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which one: its label, or as much of it as no other has.
    idea: String,

    /// The project that it becomes a part of, instead of a new one.
    #[arg(long, value_name = "PROJECT", conflicts_with = "prefix")]
    project: Option<String>,

    /// What the labels of the new project's items begin with.
    #[arg(long)]
    prefix: Option<Prefix>,

    /// Although questions are open, for this reason; the reason is kept.
    #[arg(long, value_name = "REASON")]
    force: Option<String>,

    #[command(flatten)]
    seen: Seen,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let conversion = Conversion {
        project: args.project,
        prefix: args.prefix,
        force: args.force,
    };
    let (lab, by) = (context.lab()?, context.by_seen(args.seen)?);
    let converted = idea::convert(&lab, &by, &args.idea, conversion)?;
    if args.json {
        return context.output.json(&converted);
    }
    context
        .output
        .line(format!("{} → {}", converted.idea, converted.project))?;
    context.output.entries("items", &converted.items)
}
