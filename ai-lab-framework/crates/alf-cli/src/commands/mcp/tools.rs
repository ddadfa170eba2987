//! `mcp tools`.

use alf_mcp_server::{OfferedTool, Remark, offered};
use alf_ops::Framework;
use clap::Args;

use super::choice::Choice;
use crate::output::{Ended, Output};
use crate::render::style::{HINT, WARN, harmless, styled};
use crate::render::table::{table, text};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    choice: Choice,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let (framework, filter) = self.choice.made(framework)?;
        let offer = offered(&framework, &filter);
        if output.is_json() {
            output.say_json(&offer)?;
            return Ok(0);
        }
        if offer.tools.is_empty() {
            output.note("nothing to offer")?;
            output.note(styled(
                HINT,
                "`ai-lab-framework tool list` shows the tools there are.",
            ))?;
        } else {
            let mut drawn = table(&["offered as", "action", "effect", "description"]);
            for tool in &offer.tools {
                drawn.add_row([
                    tool.name.clone(),
                    format!("{}.{}", tool.tool, tool.action),
                    effect(tool).to_owned(),
                    harmless(tool.description.lines().next().unwrap_or_default()),
                ]);
            }
            output.say(text(&drawn))?;
        }
        for remark in &offer.not_offered {
            remarked(remark, "is not offered: ", output)?;
        }
        for remark in &offer.doubts {
            remarked(remark, "", output)?;
        }
        Ok(0)
    }
}

fn remarked(remark: &Remark, what: &str, output: &mut Output) -> std::io::Result<()> {
    let Remark { tool, action, told } = remark;
    let told = harmless(&format!("{tool}.{action}: {what}{told}"));
    output.note(format_args!("{} {told}", styled(WARN, "!")))
}

const fn effect(tool: &OfferedTool) -> &'static str {
    if tool.read_only {
        "reads"
    } else if tool.destructive {
        "may destroy"
    } else {
        "changes"
    }
}
