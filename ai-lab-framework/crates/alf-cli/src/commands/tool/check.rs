//! `tool check`.

use ai_lab_contract::ErrorClass;
use alf_ops::{Framework, check_tools};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::amount::counted;
use crate::render::findings::report;
use crate::render::style::{BAD, GOOD, harmless, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only this tool; all unless said
    name: Option<String>,
    /// Fail on warnings too
    #[arg(long)]
    strict: bool,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let check = check_tools(framework, self.name.as_deref())?;
        let (errors, warnings) = (check.errors(), check.warnings());
        if output.is_json() {
            output.say_json(&check)?;
        } else {
            for tool in &check.tools {
                if tool.findings.is_empty() {
                    output.say(format_args!("{} {}", styled(GOOD, "✓"), tool.file))?;
                }
                for finding in &tool.findings {
                    let coloured = output.is_coloured();
                    let told = report(&tool.file, &tool.source, finding, coloured);
                    output.say(format_args!("{}\n", told.trim_end()))?;
                }
            }
            for problem in &check.problems {
                output.say(format_args!("{} {}", styled(BAD, "✗"), harmless(problem)))?;
            }
            output.note(format_args!(
                "{} checked, {}, {}",
                check.tools.len(),
                counted(errors, "error"),
                counted(warnings, "warning")
            ))?;
        }
        let failed = errors > 0 || (self.strict && warnings > 0);
        Ok(if failed {
            ErrorClass::Config.exit_code()
        } else {
            0
        })
    }
}
