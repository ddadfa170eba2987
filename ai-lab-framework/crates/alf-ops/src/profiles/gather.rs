//! Gathers the evidence: calls the tool, runs its tests, reads its reports.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use ai_lab_contract::{
    ActionName, CONTRACT, Context, ErrorClass, EvidenceSource, Profile, Request,
};
use alf_catalog::{FoundTool, LoadedTool, check_tool};
use alf_lock::PinState;
use alf_manifest::Severity;
use alf_policy::Kind;
use alf_profiles::{
    BadInput, Coverage, Document, Evidence, NamedSchema, Probe, Ran, Side, Tried, read_coverage,
    read_document,
};
use alf_secrets::HandOverPlan;
use alf_store::Store as _;
use serde_json::{Map, Value, json};

use super::commands::run_command;
use super::drill::{Drill, drill};
use super::examples::run_examples;
use super::validate::digest_of;
use crate::configuration::of_call;
use crate::failure::Failure;
use crate::framework::Framework;
use crate::run_tool::{Call, Completed, plan_tool, run_tool};
use crate::surroundings::new_execution_id;
use crate::tool_lock::state;
use crate::tools::catalog_surroundings;

/// The longest README read, in bytes. Stops a book from being parsed.
pub(super) const README_BYTES: u64 = 1_048_576;

/// The longest coverage report read, in bytes.
const REPORT_BYTES: u64 = 67_108_864;

/// Why evidence is missing that the asked profile does not need.
const NOT_ASKED: &str = "the profile does not ask for it";

/// Everything that the rules of `profile` look at. `framework` is the one that rehearses.
pub(super) fn gather(
    framework: &Framework,
    found: &FoundTool,
    profile: Profile,
    digest: &str,
) -> Evidence {
    let loaded = framework.load(&found.manifest.name);
    let call = match &loaded {
        Ok(tool) => probe_call(found, tool).and_then(|call| configured(framework, tool, call)),
        Err(failure) => Err(told(failure)),
    };
    let completed = called(framework, &call);
    let from = |least: Profile| {
        if profile >= least {
            call.clone()
        } else {
            Err(NOT_ASKED.to_owned())
        }
    };
    let source = found.manifest.evidence.clone().unwrap_or_default();
    let (tests, coverage) = tested(framework, found, &from(Profile::Standard), &source);
    let faults = from(Profile::Production)
        .and_then(|call| commanded(framework, found, &call, &source.faults, "faults"));
    let drilled = from(Profile::Production)
        .map_or_else(Drill::not_made, |call| drill(framework, found, &call));
    let (log, log_correlation) = logged(framework, found, &from(Profile::Standard));
    let standard = profile >= Profile::Standard;
    let readme = read_readme(found);
    Evidence {
        manifest: found.manifest.clone(),
        errors: errors(framework, found),
        schemas: schemas(found),
        probe: completed
            .as_ref()
            .map_err(Clone::clone)
            .and_then(|done| seen(framework, done)),
        sandbox: completed
            .as_ref()
            .map_err(Clone::clone)
            .and_then(|done| level(framework, done)),
        log,
        log_correlation,
        bad_inputs: match &loaded {
            Ok(tool) if standard => bad_inputs(framework, tool),
            Ok(_) | Err(_) => Vec::new(),
        },
        tests,
        coverage,
        faults,
        is_unchanged: digest_of(found).is_ok_and(|now| now == digest),
        examples: match &readme {
            Ok(document) if standard => run_examples(framework, found, document),
            Ok(_) | Err(_) => Vec::new(),
        },
        readme,
        pinned: match &loaded {
            Ok(tool) => pinned(state(framework, tool), framework.is_staged()),
            Err(failure) => Err(told(failure)),
        },
        deadline: drilled.deadline,
        breaker: drilled.breaker,
        fallback: drilled.fallback,
        load: drilled.load,
    }
}

/// A failure with its causes, in one line.
pub(super) fn told(failure: &Failure) -> String {
    failure.chain().join(": ")
}

/// The call with the tool's whole configuration in it: drills run where nobody has set anything.
fn configured(framework: &Framework, tool: &LoadedTool, call: Call) -> Tried<Call> {
    let store = framework.store().map_err(|failure| told(&failure))?;
    let config =
        of_call(framework, tool, Some(store), &call.config).map_err(|failure| told(&failure))?;
    match config {
        Ok(config) => Ok(Call { config, ..call }),
        // The probe fails by it, and is told so.
        Err(_) => Ok(call),
    }
}

/// The health action with its input, or a read-only action that takes an empty one. Never any other: whatever may be
/// called here is called often.
fn probe_call(found: &FoundTool, tool: &LoadedTool) -> Tried<Call> {
    let manifest = &found.manifest;
    let call = |action: &ActionName, input| Call {
        tool: manifest.name.clone(),
        action: action.clone(),
        input,
        session: None,
        correlation: None,
        patience: None,
        config: Map::new(),
        repeats: None,
        client: None,
        execution_id: None,
    };
    if let Some(health) = &manifest.health {
        return Ok(call(&health.action, Value::Object(health.input.clone())));
    }
    let takes_nothing = |name: &ActionName| {
        let schemas = tool.actions.get(name);
        schemas.is_some_and(|schemas| schemas.input.fits(&json!({})))
    };
    manifest
        .actions
        .iter()
        .find(|(name, action)| action.read_only && takes_nothing(name))
        .map(|(name, _)| call(name, json!({})))
        .ok_or_else(|| {
            "no [health] is declared, and no read-only action takes an empty input".to_owned()
        })
}

fn called(framework: &Framework, call: &Tried<Call>) -> Tried<Completed> {
    run_tool(framework, call.as_ref().map_err(Clone::clone)?, None)
        .map_err(|failure| told(&failure))
}

/// Why a call was not answered by the tool itself; a stand-in hides nothing here.
pub(super) fn error_of(completed: &Completed) -> Option<(ErrorClass, String)> {
    let behind = completed.fallback.as_ref().map(|fallback| &fallback.error);
    let error = completed.error.as_ref().or(behind)?;
    Some((error.class, error.message.clone()))
}

fn seen(framework: &Framework, completed: &Completed) -> Tried<Probe> {
    let store = framework
        .existing_store()
        .map_err(|failure| told(&failure))?;
    let metrics = store
        .metrics(&completed.execution_id)
        .map_err(|error| error.to_string())?;
    Ok(Probe {
        address: format!("{}.{}", completed.tool, completed.action),
        error: error_of(completed),
        metrics: metrics.len(),
    })
}

fn level(framework: &Framework, completed: &Completed) -> Tried<String> {
    let detail = crate::show_execution(framework, completed.execution_id.as_str());
    Ok(detail
        .map_err(|failure| told(&failure))?
        .execution
        .start
        .sandbox)
}

/// What the tool writes to standard error when it is called once more, past the record, which keeps no raw lines.
fn logged(
    framework: &Framework,
    found: &FoundTool,
    call: &Tried<Call>,
) -> (Tried<Vec<String>>, String) {
    let correlation = format!("validate-{}", new_execution_id());
    let lines = call.clone().and_then(|call| {
        let action = found.manifest.actions.get(&call.action);
        if !action.is_some_and(|action| action.read_only || action.idempotent) {
            let told =
                "the health action is neither read-only nor idempotent: it is not called twice";
            return Err(told.to_owned());
        }
        let mut plan = plan_tool(framework, &call)
            .map_err(|failure| told(&failure))?
            .run;
        plan.kind = Kind::Exec;
        let request = Request {
            contract: CONTRACT,
            execution_id: plan.execution.clone(),
            correlation_id: correlation.parse().map_err(|_| "no id".to_owned())?,
            action: call.action.clone(),
            input: call.input.clone(),
            config: call.config.clone(),
            context: Context::default(),
        };
        let mut line = serde_json::to_vec(&request).map_err(|error| error.to_string())?;
        line.push(b'\n');
        // What is written here is shown as it is: so nothing secret is handed over.
        let none = HandOverPlan::default();
        let supervisor = Framework::supervisor().map_err(|failure| told(&failure))?;
        let report = alf_runtime::run(&plan, &none, &line, supervisor, None)
            .map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&report.log).into_owned();
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        Ok(lines.map(str::to_owned).collect())
    });
    (lines, correlation)
}

/// Calls each action with an input that its schema refuses; one that its schema takes is not called.
fn bad_inputs(framework: &Framework, tool: &LoadedTool) -> Vec<BadInput> {
    let name = &tool.found.manifest.name;
    let bad = json!({ "no action has a key of this name": true });
    let one = |(action, schemas): (&ActionName, &alf_catalog::LoadedAction)| {
        let address = format!("{name}.{action}");
        if schemas.input.fits(&bad) {
            return BadInput {
                address,
                refused: None,
            };
        }
        let call = Call {
            tool: name.clone(),
            action: action.clone(),
            input: bad.clone(),
            session: None,
            correlation: None,
            patience: None,
            config: Map::new(),
            repeats: None,
            client: None,
            execution_id: None,
        };
        let refused = match run_tool(framework, &call, None) {
            Ok(completed) => completed.error.map(|error| error.class),
            Err(failure) => Some(failure.class),
        };
        BadInput { address, refused }
    };
    tool.actions.iter().map(one).collect()
}

fn errors(framework: &Framework, found: &FoundTool) -> Vec<String> {
    check_tool(found, &catalog_surroundings(framework))
        .into_iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| finding.message)
        .collect()
}

fn schemas(found: &FoundTool) -> Vec<NamedSchema> {
    let mut named = Vec::new();
    let mut add = |name: String, side, source| {
        // One that cannot be read is among the errors.
        if let Ok(schema) = found.read_schema(source) {
            named.push(NamedSchema { name, side, schema });
        }
    };
    for (name, action) in &found.manifest.actions {
        add(format!("{name}.input"), Side::Input, &action.input);
        add(format!("{name}.output"), Side::Output, &action.output);
    }
    if let Some(config) = &found.manifest.config {
        add("config".to_owned(), Side::Input, config);
    }
    named
}

fn read_readme(found: &FoundTool) -> Tried<Document> {
    let text = found.read_file("README.md", README_BYTES);
    text.map(|text| read_document(&text))
        .map_err(|error| error.to_string())
}

/// Runs the tests and reads the report that they wrote.
fn tested(
    framework: &Framework,
    found: &FoundTool,
    call: &Tried<Call>,
    source: &EvidenceSource,
) -> (Tried<Ran>, Tried<Coverage>) {
    let report = source.coverage.as_deref();
    let before = report.map(|file| stamp(&found.folder.join(file)));
    let ran = call
        .clone()
        .and_then(|call| commanded(framework, found, &call, &source.tests, "tests"));
    let coverage = match (&ran, report) {
        (Err(why), _) => Err(why.clone()),
        (Ok(_), None) => Err("no `coverage` is named in [evidence]".to_owned()),
        (Ok(_), Some(file)) if before == Some(stamp(&found.folder.join(file))) => {
            Err(format!("this run of the tests did not write `{file}`"))
        }
        (Ok(_), Some(file)) => found
            .read_file(file, REPORT_BYTES)
            .map_err(|error| format!("`{file}` cannot be read: {error}"))
            .and_then(|text| read_coverage(&text).map_err(|error| format!("`{file}`: {error}"))),
    };
    (ran, coverage)
}

/// What tells whether a file was written anew: its inode and its times of change; `None` where there is none.
fn stamp(path: &Path) -> Option<(u64, i64, i64)> {
    let metadata = fs::symlink_metadata(path).ok()?;
    Some((metadata.ino(), metadata.ctime(), metadata.ctime_nsec()))
}

fn commanded(
    framework: &Framework,
    found: &FoundTool,
    call: &Call,
    command: &[String],
    key: &str,
) -> Tried<Ran> {
    if command.is_empty() {
        return Err(format!("no `{key}` are named in [evidence]"));
    }
    run_command(framework, found, call, command)
}

/// A copy is pinned by the promotion that it is made for.
fn pinned(state: PinState, is_staged: bool) -> Result<(), String> {
    match state {
        PinState::Same => Ok(()),
        PinState::NotPinned | PinState::Changed if is_staged => Ok(()),
        PinState::NotPinned => Err("it is in no tool lock".to_owned()),
        PinState::Changed => Err("it has changed since it was pinned".to_owned()),
        PinState::Unreadable => Err("the tool lock cannot be read".to_owned()),
        PinState::WithinReach => Err("its grants let it write the tool lock".to_owned()),
    }
}
