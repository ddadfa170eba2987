//! One call of a tool that every framework must be able to carry out: found, sandboxed, run, checked, recorded.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::Duration;

use ai_lab_contract::ErrorClass;
use alf_store::{Status, Store as _};
use serde_json::{Map, Value, json};

use crate::failure::Failure;
use crate::framework::Framework;
use crate::run_tool::{Call, run_tool};
use crate::scratch_home::ScratchHome;

/// What the canary is called with, and answers.
const SONG: u64 = 20_260_101;

/// How long it may take. Stops a framework that cannot run anything from holding an update.
const LONGEST: Duration = Duration::from_secs(30);

const MANIFEST: &str = r#"contract = 1
name = "canary"
version = "1.0.0"
description = "Says what it was told."

[run]
command = ["sh", "run.sh"]

[actions.sing]
description = "Answers with its input."
read_only = true
idempotent = true
input = { type = "object", required = ["song"], properties = { song = { type = "integer" } } }
output = { type = "object", required = ["song"], properties = { song = { type = "integer" } } }
"#;

/// In shell alone: what it needs is on every machine.
const SCRIPT: &str = r#"read -r line
song=${line#*'"song":'}
printf '{"data":{"song":%s}}\n' "${song%%'}'*}"
"#;

/// Has it called in a home that is thrown away, and looks at the record there.
pub(super) fn sing(framework: &Framework) -> Result<String, Failure> {
    let no_room = |error: io::Error| {
        let told = "there is no folder for the canary";
        Failure::caused(ErrorClass::Environment, told, error)
    };
    let real = &framework.surroundings.home;
    let scratch = ScratchHome::empty(real, "canary").map_err(no_room)?;
    let folder = scratch.path().join("tools/canary");
    write(&folder).map_err(no_room)?;
    let beside = framework.alone_in(scratch.path());
    let call = Call {
        tool: "canary"
            .parse()
            .expect("because it keeps the rule of names"),
        action: "sing".parse().expect("because it keeps the rule of names"),
        input: json!({ "song": SONG }),
        session: None,
        correlation: None,
        patience: Some(LONGEST),
        config: Map::new(),
        repeats: None,
        client: None,
        execution_id: None,
    };
    let completed = run_tool(&beside, &call, None)?;
    if let Some(error) = completed.error {
        let told = format!("the canary failed: {}", error.message);
        return Err(Failure::new(error.class, told));
    }
    let sung = completed.data.unwrap_or(Value::Null);
    let recorded = beside.store()?.execution(&completed.execution_id)?;
    let is_recorded = recorded.is_some_and(|row| row.status == Status::Succeeded);
    if sung != call.input || !is_recorded {
        let told = format!("the canary answered {sung}, recorded: {is_recorded}");
        return Err(Failure::new(ErrorClass::Internal, told));
    }
    Ok("it was run in the sandbox, answered right and was recorded".to_owned())
}

fn write(folder: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    for (name, text) in [("tool.toml", MANIFEST), ("run.sh", SCRIPT)] {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(folder.join(name))?;
        file.write_all(text.as_bytes())?;
    }
    Ok(())
}
