//! `version`.

use ai_lab_contract::CONTRACT;
use serde_json::json;

use crate::output::{Ended, Output};

pub(crate) fn carry_out(output: &mut Output) -> Ended {
    let (name, version) = ("ai-lab-framework", alf_ops::FRAMEWORK_VERSION);
    let schema = alf_store::SqliteStore::schema();
    if output.is_json() {
        output.say_json(&json!({
            "format": 1, "name": name, "version": version, "contract": CONTRACT, "schema": schema,
        }))?;
    } else {
        output.say(format_args!(
            "{name} {version} (contract {CONTRACT}, schema {schema})"
        ))?;
    }
    Ok(0)
}
