//! `tool run --background`: hands a call to a process of its own.

use std::fs::File;
use std::io::Read as _;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use ai_lab_contract::{ErrorClass, ExecutionId};
use alf_runtime::{Detached, HeldProcess};
use alf_secrets::sealed_file;

use super::errand::{Errand, Said};
use super::waiting::{News, await_news};
use crate::failure::Failure;
use crate::framework::Framework;
use crate::run_tool::Call;
use crate::surroundings::new_execution_id;

/// What the framework's program is called with to carry an errand out.
const ARGUMENTS: [&str; 1] = ["carry-out-errand"];

/// How long the new process may take until the start is in the record. Stops a database that another program keeps to
/// itself from holding the caller; an agent's client waits 60 s.
const BEGIN_WITHIN: Duration = Duration::from_secs(30);

/// The longest line the new process says, in bytes. Stops a program that is not the framework from filling the memory.
const SAID_BYTES: u64 = 65_536;

/// Begins a call in a process of its own and gives its id as soon as its start is in the record.
///
/// That process outlives this one, ends with the call's own limits, and leaves nothing behind: what it leaves when it
/// is killed is closed as every other interrupted execution. `Err` says that nothing began, or that nobody can tell.
pub fn start_in_background(framework: &Framework, call: &Call) -> Result<ExecutionId, Failure> {
    let execution = call.execution_id.clone().unwrap_or_else(new_execution_id);
    let surroundings = &framework.surroundings;
    let errand = Errand {
        format: 1,
        home: surroundings.home.clone(),
        instance: surroundings.instance.clone(),
        path: surroundings.path.clone(),
        client: surroundings.client.clone(),
        call: Call {
            execution_id: Some(execution.clone()),
            ..call.clone()
        },
    };
    let (process, said) = start(framework, &errand).map_err(|error| {
        let told = "cannot start a process for the call";
        Failure::caused(ErrorClass::Environment, told, error)
    })?;
    match listen(&process, said)? {
        Said::Begun => Ok(execution),
        Said::Failed(failure) => Err(failure.into()),
    }
}

fn start(framework: &Framework, errand: &Errand) -> std::io::Result<(HeldProcess, OwnedFd)> {
    let text = serde_json::to_vec(errand).map_err(std::io::Error::other)?;
    let (said, output) = std::io::pipe()?;
    let supervisor = Framework::supervisor().map_err(|failure| {
        let chain = failure.chain().join(": ");
        std::io::Error::other(chain)
    })?;
    let process = supervisor.start_detached(Detached {
        program: &framework.surroundings.executable,
        arguments: &ARGUMENTS,
        environment: &framework.surroundings.variables,
        input: sealed_file("ai-lab-errand", &text)?,
        output: output.into(),
    })?;
    Ok((process, said.into()))
}

/// Waits for the one line that the process says.
fn listen(process: &HeldProcess, said: OwnedFd) -> Result<Said, Failure> {
    let until = Instant::now() + BEGIN_WITHIN;
    // It says its line in one piece, and lets go of the pipe when it has, or when it ends.
    if await_news(&said, None, None, until)? == News::Nothing {
        process.kill();
        let told = format!(
            "the call did not begin within {} s and was given up",
            BEGIN_WITHIN.as_secs()
        );
        return Err(Failure::new(ErrorClass::Timeout, told)
            .with_hint("`ai-lab-framework doctor` looks at the database and the machine."));
    }
    let mut line = Vec::new();
    let read = File::from(said).take(SAID_BYTES).read_to_end(&mut line);
    read.ok()
        .and_then(|_| serde_json::from_slice(&line).ok())
        .ok_or_else(|| {
            let told = "the process for the call ended before the call began";
            Failure::new(ErrorClass::Interrupted, told)
                .with_hint("Try it in the foreground: the same without --background.")
        })
}
