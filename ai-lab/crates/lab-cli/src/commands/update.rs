//! `ai-lab update`

use lab_ops::framework::{Until, UpdateWish, recover, update};

use crate::commands::framework::{Ground, show};
use crate::context::Context;
use crate::failure::CommandError;
use crate::output::Progress;

/// Bring the newest framework that the lab wants in force; taken back by itself where it is not healthy
///
/// It is fetched and verified, tried on copies of both databases, switched to by one link, and watched. A kill at any
/// moment leaves the old or the new; the next command of the lab goes on with it.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Exactly this version.
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,

    /// Where releases come from, instead of what ai-lab.toml says: a folder, a bundle or a URL.
    #[arg(long, value_name = "PLACE")]
    from: Option<String>,

    /// Only say which release it would be.
    #[arg(long, conflicts_with_all = ["rehearse", "recover"])]
    dry_run: bool,

    /// Only try it on copies; nothing is changed.
    #[arg(long, conflicts_with = "recover")]
    rehearse: bool,

    /// Go on with an update that was cut short, also where neither release was healthy.
    #[arg(long, conflicts_with_all = ["to", "from"])]
    recover: bool,

    /// Only what `[update] auto` in ai-lab.toml allows; what the timer calls.
    #[arg(long, conflicts_with_all = ["to", "recover"])]
    auto: bool,

    /// Take it although recorded executions end otherwise under it.
    #[arg(long)]
    accept_changes: bool,

    /// Wait so long for running executions, instead of a minute.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=86_400))]
    wait: Option<u64>,

    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, context: &mut Context<'_>) -> Result<(), CommandError> {
    let ground = Ground::of(context)?;
    if args.recover {
        let lab = context.lab_as_it_is()?;
        let report = ground.with(context, |here| recover(&lab, here, &mut Progress, true))??;
        return match report {
            Some(report) => show(&report, args.json, context.output),
            None if args.json => context.output.json(&serde_json::json!({})),
            None => context.output.line("no update was cut short"),
        };
    }
    let lab = context.lab()?;
    let wish = UpdateWish {
        to: args.to.as_deref(),
        from: args.from.as_deref(),
        until: match (args.dry_run, args.rehearse) {
            (true, _) => Until::Plan,
            (false, true) => Until::Rehearse,
            (false, false) => Until::End,
        },
        auto: args.auto,
        accept_changes: args.accept_changes,
        wait: args.wait,
    };
    let report = ground.with(context, |here| update(&lab, here, &wish, &mut Progress))??;
    show(&report, args.json, context.output)
}
