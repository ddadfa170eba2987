//! `version`.

use ai_lab_contract::CONTRACT;
use alf_ops::FRAMEWORK_VERSION;
use clap::Args;
use serde_json::json;

use crate::door;
use crate::output::{Ended, Output};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Of the program that was started, with its path, also in a lab that is held to a release
    #[arg(long)]
    own: bool,
}

impl Arguments {
    pub(crate) fn carry_out(&self, output: &mut Output) -> Ended {
        let name = "ai-lab-framework";
        let schema = alf_store::SqliteStore::schema();
        let program = self.own.then(door::own_program).transpose()?;
        let program = program.map(|path| path.display().to_string());
        if output.is_json() {
            let mut told = json!({
                "format": 1, "name": name, "version": FRAMEWORK_VERSION, "contract": CONTRACT, "schema": schema,
            });
            if let Some(program) = program {
                told["program"] = json!(program);
            }
            output.say_json(&told)?;
        } else {
            let at = program.map_or(String::new(), |path| format!(" {path}"));
            output.say(format_args!(
                "{name} {FRAMEWORK_VERSION} (contract {CONTRACT}, schema {schema}){at}"
            ))?;
        }
        Ok(0)
    }
}
