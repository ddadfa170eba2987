//! `config get`.

use ai_lab_contract::ErrorClass;
use alf_ops::{Failure, Framework, get_configuration};
use clap::Args;
use serde_json::{Map, Value, json};

use crate::output::{Ended, Output};
use crate::render::style::harmless;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The tool's name
    tool: String,
    /// Which key, such as router.host; all of them unless said
    key: Option<String>,
}

impl Arguments {
    pub(crate) fn carry_out(self, framework: &Framework, output: &mut Output) -> Ended {
        let found = get_configuration(framework, &self.tool, self.key.as_deref())?;
        if output.is_json() {
            output.say_json(&json!({
                "format": 1, "tool": found.tool, "keys": found.keys, "findings": found.findings,
            }))?;
            return Ok(0);
        }
        if let Some(finding) = found.findings.first() {
            let told = format!("the configuration of `{}` does not fit", found.tool);
            let hint = format!(
                "`ai-lab-framework config list {}` shows all of it.",
                found.tool
            );
            let failure = Failure::new(ErrorClass::Config, format!("{told}: {finding}"));
            return Err(failure.with_hint(hint).into());
        }
        let is_whole = |row: &&alf_ops::ConfigRow| Some(row.key.to_string()) == self.key;
        if let Some(row) = found.keys.iter().find(is_whole) {
            // A script reads one value: a text as it is, anything else as JSON.
            match &row.value {
                Some(Value::String(text)) => output.say(harmless(text))?,
                Some(value) => output.say(harmless(&value.to_string()))?,
                None => {
                    let told = format!("`{}` is not set and has no default", row.key);
                    return Err(Failure::new(ErrorClass::NotFound, told).into());
                }
            }
            return Ok(0);
        }
        let values: Map<String, Value> = found
            .keys
            .iter()
            .filter_map(|row| Some((row.key.to_string(), row.value.clone()?)))
            .collect();
        for (key, value) in values {
            output.say(format_args!("{key} = {}", harmless(&value.to_string())))?;
        }
        Ok(0)
    }
}
