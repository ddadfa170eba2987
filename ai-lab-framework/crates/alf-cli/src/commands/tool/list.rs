//! `tool list`.

use std::io;

use ai_lab_contract::{Profile, ToolName};
use alf_ops::{Framework, Standing, list_tools};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::style::{HINT, WARN, harmless, styled};
use crate::render::table::{table, text};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only tools of this profile: experimental, standard or production
    #[arg(long, value_name = "PROFILE")]
    profile: Option<Profile>,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let mut list = list_tools(framework);
        list.tools
            .retain(|tool| self.profile.is_none_or(|profile| tool.profile == profile));
        if output.is_json() {
            output.say_json(&list)?;
            return Ok(0);
        }
        if list.tools.is_empty() {
            output.note("no tools here")?;
            output.note(styled(HINT, "`ai-lab-framework tool new NAME` writes one."))?;
        } else {
            let mut drawn = table(&[
                "tool",
                "version",
                "profile",
                "actions",
                "from",
                "description",
            ]);
            for tool in &list.tools {
                let actions: Vec<&str> = tool
                    .actions
                    .iter()
                    .map(ai_lab_contract::ActionName::as_str)
                    .collect();
                drawn.add_row([
                    tool.name.to_string(),
                    tool.version.clone(),
                    tool.profile.to_string(),
                    actions.join(" "),
                    tool.origin.clone(),
                    harmless(tool.description.lines().next().unwrap_or_default()),
                ]);
            }
            output.say(text(&drawn))?;
        }
        for tool in &list.tools {
            unproven(&tool.name, tool.profile, tool.standing, output)?;
        }
        for problem in &list.problems {
            output.note(format_args!(
                "{} {}",
                styled(WARN, "!"),
                harmless(&problem.to_string())
            ))?;
        }
        Ok(0)
    }
}

/// Says of a pinned tool that nobody has seen it keep the rules of the profile that it claims.
pub(super) fn unproven(
    tool: &ToolName,
    claimed: Profile,
    standing: Standing,
    output: &mut Output,
) -> io::Result<()> {
    if !standing.is_unproven(claimed) {
        return Ok(());
    }
    let mark = styled(WARN, "!");
    output.note(format_args!(
        "{mark} {tool} is pinned and was never seen to fit {claimed}: `ai-lab-framework profile validate {tool}`"
    ))
}
