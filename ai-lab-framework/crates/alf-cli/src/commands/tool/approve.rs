//! `tool approve`.

use ai_lab_contract::{ErrorClass, ToolName};
use alf_ops::{Failure, Framework, approve_tool, diff_tool};
use clap::Args;

use super::diff::show;
use crate::door::asked;
use crate::output::{Ended, Output};
use crate::render::style::{GOOD, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The tool's name
    name: ToolName,
    /// Do not ask: what changed was looked at
    #[arg(long)]
    yes: bool,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let diff = diff_tool(framework, &self.name)?;
        if !output.is_json() {
            show(&diff, output)?;
        }
        if !diff.is_same() {
            let sure = self.yes || asked(&format!("Let {} run as it is now?", self.name))?;
            if !sure {
                let told = format!("the tool `{}` was not approved", self.name);
                let hint = "Nothing was changed. To answer beforehand, add `--yes`.";
                return Err(Failure::new(ErrorClass::Refused, told)
                    .with_hint(hint)
                    .into());
            }
            approve_tool(framework, &self.name, &diff.digest)?;
        }
        if output.is_json() {
            output.say_json(&diff)?;
        } else if !diff.is_same() {
            output.note(format_args!(
                "{} {} is pinned as it is",
                styled(GOOD, "✓"),
                self.name
            ))?;
        }
        Ok(0)
    }
}
