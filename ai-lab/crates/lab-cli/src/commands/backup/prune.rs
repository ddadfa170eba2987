//! `ai-lab backup prune`

use std::path::PathBuf;

use lab_ops::backup::{Policy, prune};

use super::size;
use crate::context::Context;
use crate::failure::CommandError;

/// Remove backups that no policy keeps: the latest of each hour, day, week and month stays
///
/// What a restore has replaced is never removed, nor is the latest. Without --yes it only tells what would go.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Of which folder, instead of the lab's data/backups.
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,

    /// The latest of so many hours.
    #[arg(long, value_name = "COUNT", default_value_t = Policy::default().hourly)]
    hourly: usize,

    /// Of so many days.
    #[arg(long, value_name = "COUNT", default_value_t = Policy::default().daily)]
    daily: usize,

    /// Of so many weeks.
    #[arg(long, value_name = "COUNT", default_value_t = Policy::default().weekly)]
    weekly: usize,

    /// Of so many months.
    #[arg(long, value_name = "COUNT", default_value_t = Policy::default().monthly)]
    monthly: usize,

    /// Carry it out.
    #[arg(long)]
    yes: bool,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let folder = context.environment.working_folder()?;
    let from = args.from.as_ref().map(|from| folder.join(from));
    let policy = Policy {
        hourly: args.hourly,
        daily: args.daily,
        weekly: args.weekly,
        monthly: args.monthly,
    };
    let pruned = prune(&context.lab()?, from.as_deref(), policy, args.yes)?;
    if args.json {
        return context.output.json(&pruned);
    }
    for name in &pruned.removed {
        context.output.line(name)?;
    }
    let (count, size) = (pruned.removed.len(), size(pruned.bytes));
    let kept = pruned.kept;
    context.output.dim(&if pruned.is_done {
        format!("{count} removed, {size}; {kept} kept")
    } else {
        format!("{count} would go, {size}; {kept} would stay; --yes carries it out")
    })
}
