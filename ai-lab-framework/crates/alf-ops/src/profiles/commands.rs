//! Runs a tool's own tests: within a time, with its tree ended afterwards, and with the variables of a build.

use std::ffi::OsStr;
use std::time::Duration;

use alf_catalog::{FoundTool, Program};
use alf_policy::{Confinement, Kind, RunLimits, RunPlan, SandboxLevel};
use alf_profiles::{Ran, Tried};
use alf_runtime::{Exit, RunReport, Stop};
use alf_secrets::HandOverPlan;

use super::gather::told;
use crate::framework::Framework;
use crate::run_tool::{Call, plan_tool};

/// How long tests may run. Stops a hanging test from hanging its validation.
const TESTS_TIME: Duration = Duration::from_mins(15);

/// How long they may take to end after being asked.
const TESTS_GRACE: Duration = Duration::from_secs(2);

/// How much of what they write is kept, in bytes. Stops a flood.
const TESTS_OUTPUT: usize = 16_777_216;

/// How many characters of their last lines are told.
const LAST_CHARACTERS: usize = 400;

/// Variables that compilers and package managers need, beside those that the tool is granted.
const BUILD_VARIABLES: [&str; 7] = [
    "HOME",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "CARGO_TARGET_DIR",
    "CARGO_BUILD_JOBS",
    "VIRTUAL_ENV",
];

/// Runs one command in the tool's folder. `call` is any call of the tool: its plan lends folder and variables.
pub(super) fn run_command(
    framework: &Framework,
    found: &FoundTool,
    call: &Call,
    command: &[String],
) -> Tried<Ran> {
    let plan = plan_tool(framework, call)
        .map_err(|failure| told(&failure))?
        .run;
    let plan = plan_of(framework, found, plan, command)?;
    let supervisor = Framework::supervisor().map_err(|failure| told(&failure))?;
    let report = alf_runtime::run(&plan, &HandOverPlan::default(), b"", supervisor, None).map_err(
        |error| {
            let why = std::error::Error::source(&error).map(ToString::to_string);
            format!("{error}: {}", why.unwrap_or_default())
        },
    )?;
    Ok(Ran {
        command: command.join(" "),
        passed: report.stop.is_none() && report.exit == Exit::Code(0),
        end: end_of(&report),
        last: last_lines(&report),
    })
}

fn plan_of(
    framework: &Framework,
    found: &FoundTool,
    plan: RunPlan,
    command: &[String],
) -> Tried<RunPlan> {
    let (name, arguments) = command.split_first().ok_or("an empty command")?;
    let path = OsStr::new(&framework.surroundings.path);
    let program = Program::resolve(name, &plan.folder, path)
        .map_err(|error| format!("`{}`: {error}", found.manifest.name))?;
    let mut environment = plan.environment;
    for name in BUILD_VARIABLES {
        if let Some(value) = framework.surroundings.variables.get(name) {
            environment.insert(name.to_owned(), value.clone());
        }
    }
    Ok(RunPlan {
        program: program.path,
        arguments: arguments.to_vec(),
        environment,
        kind: Kind::Exec,
        limits: RunLimits {
            run: TESTS_TIME,
            grace: TESTS_GRACE,
            output_bytes: TESTS_OUTPUT,
            log_bytes: TESTS_OUTPUT,
        },
        // They build: compilers, caches and registries are no tool's to be granted.
        sandbox: SandboxLevel::None,
        confinement: Confinement {
            memory_bytes: 1 << 40,
            processes: 4_096,
            ..Confinement::limits_alone(plan.confinement.work.clone())
        },
        ..plan
    })
}

fn end_of(report: &RunReport) -> String {
    match &report.stop {
        None => report.exit.to_string(),
        Some(Stop::Timeout) => format!("still running after {} s", TESTS_TIME.as_secs()),
        Some(Stop::OutputLimit) => format!("wrote more than {TESTS_OUTPUT} bytes"),
        Some(Stop::Cancelled) => "withdrawn".to_owned(),
        Some(Stop::Failed { why, .. }) => why.clone(),
    }
}

/// The last lines of what it wrote, errors first, in one line.
fn last_lines(report: &RunReport) -> String {
    let log = String::from_utf8_lossy(&report.log);
    let output = String::from_utf8_lossy(&report.output);
    let text = if log.trim().is_empty() { output } else { log };
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let last = lines[lines.len().saturating_sub(4)..].join(" / ");
    let from = last.chars().count().saturating_sub(LAST_CHARACTERS);
    last.chars()
        .skip(from)
        .filter(|c| !c.is_control())
        .collect()
}
