//! `secret remove`.

use ai_lab_contract::SecretName;
use alf_ops::{Framework, remove_secret};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::style::{GOOD, HINT, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The secret's name
    name: SecretName,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let removed = remove_secret(framework, &self.name)?;
        if output.is_json() {
            output.say_json(&removed)?;
            return Ok(0);
        }
        let mark = styled(GOOD, "✓");
        output.say(format_args!("{mark} {} is no longer kept", removed.name))?;
        let next = "From now on its value is not taken out of what is written.";
        output.note(styled(HINT, next))?;
        Ok(0)
    }
}
