//! `secret revoke`.

use ai_lab_contract::{SecretName, ToolName};
use alf_ops::{Framework, revoke_secret};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::style::{GOOD, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The secret's name
    name: SecretName,
    /// The tool's name, wherever it lies
    tool: ToolName,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let revoked = revoke_secret(framework, &self.name, &self.tool)?;
        if output.is_json() {
            output.say_json(&revoked)?;
            return Ok(0);
        }
        let (tool, secret) = (&revoked.tool, &revoked.secret);
        if revoked.before == 0 {
            output.say(format_args!("{tool} had no grant of {secret}"))?;
        } else {
            let mark = styled(GOOD, "✓");
            output.say(format_args!("{mark} {tool} gets {secret} no more"))?;
        }
        Ok(0)
    }
}
