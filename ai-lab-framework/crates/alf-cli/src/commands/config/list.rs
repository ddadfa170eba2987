//! `config list`.

use ai_lab_contract::ErrorClass;
use alf_ops::{ConfigRow, Framework, ToolConfiguration, list_configuration};
use clap::Args;

use crate::output::{Ended, Output};
use crate::render::style::{BAD, FAINT, HEAD, WARN, harmless, styled};
use crate::render::table::{table, text};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only this tool's
    tool: Option<String>,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let list = list_configuration(framework, self.tool.as_deref())?;
        let is_well = list.tools.iter().all(|tool| tool.findings.is_empty());
        if output.is_json() {
            output.say_json(&list)?;
        } else {
            for tool in &list.tools {
                show(tool, output)?;
            }
            for problem in &list.problems {
                output.note(format_args!("{} {}", styled(WARN, "!"), harmless(problem)))?;
            }
            if list.tools.is_empty() {
                output.note("no tool has anything to configure")?;
            }
        }
        Ok(if is_well {
            0
        } else {
            ErrorClass::Config.exit_code()
        })
    }
}

fn show(tool: &ToolConfiguration, output: &mut Output) -> std::io::Result<()> {
    output.say(styled(HEAD, &tool.tool))?;
    if tool.keys.is_empty() {
        output.say(styled(FAINT, "  nothing to configure"))?;
    } else {
        let mut drawn = table(&["key", "value", "from", "default", "what it is for"]);
        for key in &tool.keys {
            drawn.add_row(row(key));
        }
        output.say(text(&drawn))?;
    }
    for finding in &tool.findings {
        let told = harmless(&finding.to_string());
        output.say(format_args!("{} {told}", styled(BAD, "✗")))?;
    }
    Ok(())
}

fn row(row: &ConfigRow) -> [String; 5] {
    let value = |value: Option<&serde_json::Value>| {
        value.map_or("–".to_owned(), |value| harmless(&value.to_string()))
    };
    let is_default = row.value.is_some() && row.value == row.default;
    let from = match &row.origin {
        _ if row.secret => "a secret".to_owned(),
        Some(alf_config::Origin::Default) => "default".to_owned(),
        Some(origin) => harmless(&origin.to_string()),
        None => "–".to_owned(),
    };
    [
        row.key.to_string(),
        value(row.value.as_ref()),
        if is_default {
            styled(FAINT, from)
        } else {
            from
        },
        value(row.default.as_ref()),
        harmless(&row.description),
    ]
}
