//! `ai-lab github resolve`

use lab_ops::github::{self, ConflictRow, Whose};
use serde::Serialize;

use crate::context::Context;
use crate::failure::CommandError;

/// Settle what is in conflict; the next sync carries it out
///
/// To settle it by a third value, change the item and take `local`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The item or milestone.
    #[arg(value_name = "LABEL")]
    name: String,

    /// Only this field of it.
    #[arg(long)]
    field: Option<String>,

    /// Whose word counts.
    #[arg(long, value_enum)]
    take: Take,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// Whose word counts.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Take {
    /// What the lab has.
    Local,
    /// What GitHub has.
    Remote,
}

/// The shape of the JSON answer.
#[derive(Serialize)]
struct Answer {
    resolved: Vec<ConflictRow>,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let whose = match args.take {
        Take::Local => Whose::Local,
        Take::Remote => Whose::Remote,
    };
    let (lab, by) = (context.lab()?, context.by()?);
    let resolved = github::resolve(&lab, &by, &args.name, args.field.as_deref(), whose)?;
    if args.json {
        return context.output.json(&Answer { resolved });
    }
    for row in &resolved {
        let value = match whose {
            Whose::Local => row.local.as_deref(),
            Whose::Remote => row.remote.as_deref(),
        };
        let value = value.unwrap_or("(nothing)");
        context
            .output
            .title(&row.label, &format!("{}: {value}", row.field))?;
    }
    context.output.dim("`ai-lab github sync` carries it out")
}
