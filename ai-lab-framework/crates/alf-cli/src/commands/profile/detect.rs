//! `profile detect`.

use ai_lab_contract::ToolName;
use alf_ops::{Answers, Framework, detect_profile};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::style::{HEAD, HINT, harmless, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The tool's name
    name: ToolName,
    /// It hurts when the tool is down
    #[arg(long)]
    critical: bool,
    /// People outside use it
    #[arg(long)]
    external_users: bool,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let answers = Answers {
            is_critical: self.critical,
            has_external_users: self.external_users,
        };
        let detection = detect_profile(framework, &self.name, answers)?;
        if output.is_json() {
            output.say_json(&detection)?;
            return Ok(0);
        }
        output.say(styled(HEAD, detection.profile))?;
        for reason in &detection.reasons {
            output.say(format_args!("  because {}", harmless(reason)))?;
        }
        let (name, fits, claims) = (&self.name, detection.profile, detection.claimed);
        if fits == claims {
            output.note(format_args!("{name} claims it already"))?;
        } else {
            let next = format!(
                "`ai-lab-framework profile validate {name} --profile {fits}` says what that asks for."
            );
            output.note(format_args!("{name} claims {claims}"))?;
            output.note(styled(HINT, next))?;
        }
        Ok(0)
    }
}
