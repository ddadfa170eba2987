//! `tool refresh`.

use alf_ops::{Framework, Refreshed, refresh_tool};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::style::{BAD, FAINT, GOOD, HINT, harmless, styled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which tool
    #[arg(value_name = "TOOL")]
    name: String,
    /// Adopt more of the server's tools: those whose name fits
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// Write what is different into the manifest
    #[arg(long)]
    yes: bool,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let refreshed = refresh_tool(framework, &self.name, &self.include, self.yes)?;
        if output.is_json() {
            output.say_json(&refreshed)?;
            return Ok(0);
        }
        Ok(show(&refreshed, output).map(|()| 0)?)
    }
}

fn show(refreshed: &Refreshed, output: &mut Output) -> std::io::Result<()> {
    let name = &refreshed.name;
    for difference in &refreshed.differences {
        let tool = styled(FAINT, harmless(&difference.tool));
        output.say(format_args!(
            "{} {name}.{}  {tool}",
            difference.kind, difference.action
        ))?;
        for part in &difference.parts {
            output.say(format_args!("  {}", part.part))?;
            output.say(format_args!("    - {}", harmless(&part.before.to_string())))?;
            output.say(format_args!("    + {}", harmless(&part.after.to_string())))?;
        }
    }
    for refused in &refreshed.refused {
        let (tool, why) = (harmless(&refused.tool), harmless(&refused.why));
        output.note(format_args!(
            "{} {tool} cannot be an action: {why}",
            styled(BAD, "!")
        ))?;
    }
    if !refreshed.others.is_empty() {
        let others: Vec<String> = refreshed
            .others
            .iter()
            .map(|other| harmless(other))
            .collect();
        output.note(format_args!("not adopted: {}", others.join(", ")))?;
    }
    if refreshed.written {
        output.note(format_args!("{} written", styled(GOOD, "✓")))
    } else if refreshed.differences.is_empty() {
        output.note(format_args!(
            "{} the server says what it said when it was adopted",
            styled(GOOD, "✓")
        ))
    } else {
        output.note(styled(
            HINT,
            format!("`ai-lab-framework tool refresh {name} --yes` takes it as it is now."),
        ))
    }
}
