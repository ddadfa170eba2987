//! `tool lock`.

use ai_lab_contract::{ErrorClass, ToolName};
use alf_ops::{Framework, Pinning, lock_tools};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::style::{FAINT, GOOD, HINT, WARN, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// These tools; all unless said
    names: Vec<ToolName>,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let report = lock_tools(framework, &self.names)?;
        let mut changed = report
            .tools
            .iter()
            .filter(|row| row.pinning == Pinning::Changed);
        if output.is_json() {
            output.say_json(&report)?;
        } else {
            for row in &report.tools {
                let (mark, said) = match row.pinning {
                    Pinning::Pinned => (styled(GOOD, "✓"), "pinned as it is"),
                    Pinning::Same => (styled(GOOD, "✓"), "is what was pinned"),
                    Pinning::Changed => (styled(WARN, "!"), "has changed since it was pinned"),
                };
                let digest = styled(FAINT, &row.digest);
                output.say(format_args!("{mark} {} {said}  {digest}", row.tool))?;
            }
            if let Some(row) = changed.next() {
                let next = format!(
                    "`ai-lab-framework tool diff {}` shows what changed.",
                    row.tool
                );
                output.note(styled(HINT, next))?;
            }
        }
        let moved = report
            .tools
            .iter()
            .any(|row| row.pinning == Pinning::Changed);
        Ok(if moved {
            ErrorClass::Conflict.exit_code()
        } else {
            0
        })
    }
}
