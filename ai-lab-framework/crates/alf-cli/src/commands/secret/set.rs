//! `secret set`.

use ai_lab_contract::SecretName;
use alf_ops::{Framework, secret_value, set_secret};
use clap::Args;

use super::source::Source;
use crate::output::{Ended, Output};
use crate::render::style::{GOOD, HINT, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What it is called
    name: SecretName,
    #[command(flatten)]
    source: Source,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let value = secret_value(self.source.bytes(framework, &self.name)?)?;
        let kept = set_secret(framework, &self.name, &value)?;
        if output.is_json() {
            output.say_json(&kept)?;
            return Ok(0);
        }
        let name = &kept.name;
        output.say(format_args!("{} {name} is kept", styled(GOOD, "✓")))?;
        let next = format!("`ai-lab-framework secret grant {name} TOOL` lets a tool have it.");
        output.note(styled(HINT, next))?;
        Ok(0)
    }
}
