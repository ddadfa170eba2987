//! `repair`.

use alf_ops::{Framework, RepairOutcome, repair_releases};
use clap::Args;

use super::verify::Which;
use crate::output::{Ended, Output};
use crate::render::style::{GOOD, harmless, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    which: Which,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let repairs = repair_releases(framework, &self.which.into())?;
        if output.is_json() {
            output.say_json(&repairs)?;
            return Ok(0);
        }
        for place in &repairs.places {
            let outcome = match place.outcome {
                RepairOutcome::WasWhole => "nothing was wrong",
                RepairOutcome::UnpackedAgain => "unpacked again from the kept archive",
            };
            let mark = styled(GOOD, "✓");
            output.say(format_args!("{mark} {}: {outcome}", place.name))?;
            for difference in &place.differences {
                let difference = harmless(&difference.to_string());
                output.say(format_args!("  before: {difference}"))?;
            }
        }
        if repairs.places.is_empty() {
            output.note("no release is in the store")?;
        }
        Ok(0)
    }
}
