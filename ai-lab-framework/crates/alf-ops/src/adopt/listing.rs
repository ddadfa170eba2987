//! Starts a server once, as its tool would be started, and asks what it has.

use std::ffi::OsStr;
use std::path::PathBuf;

use ai_lab_contract::{
    Action, Bounded, CONTRACT, Context, ErrorClass, Manifest, Request, SchemaSource,
};
use alf_catalog::Program;
use alf_mcp_client::{LIST_TOOLS, ListedTool};
use alf_policy::{SandboxLevel, Wanted, plan_run};
use alf_runtime::{Exit, Order, RunReport, Stop};
use alf_sandbox::Depth;
use alf_secrets::HandOverPlan;
use serde_json::{Map, Value};

use crate::confining::reach_of;
use crate::failure::Failure;
use crate::framework::Framework;
use crate::surroundings::new_execution_id;

/// The longest list that is read, in bytes.
const LIST_BYTES: Bounded<1, 67_108_864> = Bounded::constant(4_194_304);
/// The action under which the list is asked for; it is in no manifest.
const LISTING: &str = "listing";

/// The server's tools, by way of the manifest that starts it.
pub(super) fn list_tools_of(
    framework: &Framework,
    manifest: &Manifest,
    folder: &PathBuf,
) -> Result<Vec<ListedTool>, Failure> {
    let listing = LISTING.parse().expect("because it is a word");
    let mut manifest = manifest.clone();
    manifest.limits.output_bytes = LIST_BYTES;
    manifest.actions.insert(listing, action());
    let action = LISTING.parse().expect("because it is a word");
    let command = manifest.run.command.first().map_or("", String::as_str);
    let program = Program::resolve(command, folder, OsStr::new(&framework.surroundings.path)).map_err(|error| {
        Failure::caused(ErrorClass::Environment, "cannot start the server", error)
            .with_hint("The command's first word is a program on PATH; words behind it may be files, with their whole path.")
    })?;
    let execution = new_execution_id();
    let depth = Depth::of(manifest.profile, manifest.grants.need_proxy());
    let plan = plan_run(&Wanted {
        manifest: &manifest,
        action: &action,
        execution: &execution,
        folder,
        program: &program.path,
        framework: &framework.origin()?.version,
        inherited: &framework.inherited,
        machine: Framework::supervisor()?.probe_machine(depth),
        reach: &reach_of(framework, &manifest, folder, &program, &execution),
        patience: None,
    })
    .map_err(|refused| Failure::new(refused.class(), refused.to_string()))?;
    if !manifest.grants.hosts.is_empty() && plan.sandbox < SandboxLevel::L3 {
        let told = "this machine gives no own network: the server cannot be held to its hosts";
        let hint = "Grant it the ports instead, on every host.";
        return Err(Failure::new(ErrorClass::Refused, told).with_hint(hint));
    }
    let request = Request {
        contract: CONTRACT,
        correlation_id: execution
            .as_str()
            .parse()
            .expect("because both ids keep the same rule"),
        execution_id: execution,
        action,
        input: Value::Object(Map::new()),
        config: Map::new(),
        context: Context::default(),
    };
    let order = Order {
        plan: &plan,
        request: &request,
        origin: LISTING,
        secrets: &HandOverPlan::default(),
    };
    let report = framework.runner()?.run(order, None).map_err(|error| {
        Failure::caused(ErrorClass::Environment, "cannot start the server", error)
    })?;
    listed(&report)
}

fn action() -> Action {
    Action {
        description: "Lists the server's tools.".to_owned(),
        mcp_tool: Some(LIST_TOOLS.to_owned()),
        mcp_digest: None,
        input: SchemaSource::Inline(Map::new()),
        output: SchemaSource::Inline(Map::new()),
        read_only: true,
        destructive: false,
        idempotent: true,
        open_world: false,
    }
}

fn listed(report: &RunReport) -> Result<Vec<ListedTool>, Failure> {
    let failed =
        |class, why: String| Err(Failure::new(class, format!("{why}{}", last_words(report))));
    match (&report.stop, report.exit) {
        (Some(Stop::Failed { class, why }), _) => return failed(*class, why.clone()),
        (Some(Stop::Timeout), _) => {
            return failed(
                ErrorClass::Timeout,
                "the server did not list its tools in time".to_owned(),
            );
        }
        (Some(Stop::OutputLimit), _) => {
            return failed(
                ErrorClass::OutputLimit,
                "the server's list of tools is too long".to_owned(),
            );
        }
        (Some(Stop::Cancelled), _) => {
            return failed(ErrorClass::Cancelled, "the call was withdrawn".to_owned());
        }
        (None, Exit::Lives) => {}
        (None, exit) => {
            return failed(
                ErrorClass::Crashed,
                format!("the server ended ({exit}) before it listed its tools"),
            );
        }
    }
    let answer: Value = serde_json::from_slice(&report.output).unwrap_or_default();
    let tools = answer["data"]["tools"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    Ok(tools.into_iter().filter_map(ListedTool::of).collect())
}

/// The last thing it said is most often the reason.
fn last_words(report: &RunReport) -> String {
    let text = String::from_utf8_lossy(&report.log);
    let last = text.lines().rev().find(|line| !line.trim().is_empty());
    last.map_or(String::new(), |line| {
        let shown: String = line
            .trim()
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect();
        format!("; its last log line: {shown}")
    })
}
