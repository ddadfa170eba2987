//! `secret grant`.

use ai_lab_contract::{SecretName, ToolName};
use alf_ops::{Framework, grant_secret};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::style::{GOOD, harmless, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The secret's name
    name: SecretName,
    /// The tool's name
    tool: ToolName,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let granted = grant_secret(framework, &self.name, &self.tool)?;
        if output.is_json() {
            output.say_json(&granted)?;
            return Ok(0);
        }
        let anew = if granted.before > 0 { " anew" } else { "" };
        let folder = granted.folder.unwrap_or_default();
        output.say(format_args!(
            "{} {} gets {}{anew}: the tool in {} as it is now",
            styled(GOOD, "✓"),
            granted.tool,
            granted.secret,
            harmless(&folder.display().to_string())
        ))?;
        Ok(0)
    }
}
