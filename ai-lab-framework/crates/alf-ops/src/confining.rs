//! What a tool's sandbox rests on: its paths in this lab, on this machine.

use std::path::Path;

use ai_lab_contract::{ExecutionId, Manifest};
use alf_catalog::Program;
use alf_policy::Reach;
use alf_sandbox::{Asked, WorkFolder, look_up};

use crate::framework::Framework;

/// Where the tool's grants, program and libraries lie, what it may not be granted, and its work folder.
pub(crate) fn reach_of(
    framework: &Framework,
    manifest: &Manifest,
    folder: &Path,
    program: &Program,
    execution: &ExecutionId,
) -> Reach {
    let surroundings = &framework.surroundings;
    look_up(&Asked {
        folder,
        program: &program.path,
        interpreter: program.interpreter.as_deref(),
        python_sdk: framework.inherited.python_sdk.as_deref().map(Path::new),
        arguments: manifest.run.command.get(1..).unwrap_or_default(),
        grants: &manifest.grants,
        home: &surroundings.home,
        person: surroundings.variables.get("HOME").map(Path::new),
        ssh_agent: surroundings.variables.get("SSH_AUTH_SOCK").map(Path::new),
        instance: surroundings.instance.as_deref(),
        work: &WorkFolder::place(&surroundings.home, execution),
    })
}
