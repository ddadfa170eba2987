//! `store collect`.

use alf_ops::{Framework, collect_releases};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::amount::bytes;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A release that stays, by its folder's name; may be given again
    #[arg(long, value_name = "NAME")]
    keep: Vec<String>,
    /// Only say what would go
    #[arg(long)]
    dry_run: bool,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let collection = collect_releases(framework, &self.keep, self.dry_run)?;
        if output.is_json() {
            output.say_json(&collection)?;
            return Ok(0);
        }
        let plan = &collection.plan;
        let gone = if collection.applied {
            "removed"
        } else {
            "would go"
        };
        for name in &plan.removed {
            output.say(format_args!("{name} {gone}"))?;
        }
        for kept in &plan.kept {
            output.note(format_args!("{} stays: {}", kept.name, kept.kept_for))?;
        }
        output.note(format_args!(
            "{} of releases and archives {gone}",
            sized(plan.bytes)
        ))?;
        Ok(0)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "shown with one digit after the point"
)]
fn sized(size: u64) -> String {
    bytes(size as f64)
}
