//! How a program serves its calls, as the manifest's kind decides it.

use std::time::Duration;

use ai_lab_contract::{ActionName, Health, Manifest, RunKind};
use serde::Serialize;

/// How the program serves the call.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One process a call.
    Exec,
    /// A process that lives on and takes further calls, line by line.
    Worker(WorkerPlan),
    /// An MCP server that lives on; the call goes to one of its tools.
    Mcp(WorkerPlan, McpTool),
}

/// How the processes of one tool are kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WorkerPlan {
    /// How many calls one process takes at once, 1 to 64.
    pub in_flight: usize,
    /// How many processes may serve the tool at once, 1 to 16.
    pub processes: usize,
    /// How long a process without a call is kept.
    #[serde(rename = "idle_ms", serialize_with = "crate::milliseconds::serialize")]
    pub idle: Duration,
    /// After how many calls a process is replaced.
    pub max_calls: u64,
    /// How long a process may take until it is well or its session stands.
    #[serde(rename = "start_ms", serialize_with = "crate::milliseconds::serialize")]
    pub start: Duration,
    /// Whether it understands the line that withdraws one call.
    pub cancels: bool,
    /// What a new or long idle process is asked before it is given a call.
    pub health: Option<Health>,
}

/// A tool of an MCP server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct McpTool {
    /// The server's name of it.
    pub name: String,
    /// The digest of what the server said of it when it was adopted; `None` when nothing was pinned.
    pub digest: Option<String>,
}

/// Decides how the action's calls are served. An `mcp` action that names no tool calls the one of its own name.
pub(crate) fn plan_kind(manifest: &Manifest, action: &ActionName) -> Kind {
    match manifest.run.kind {
        RunKind::Exec => Kind::Exec,
        RunKind::Worker => Kind::Worker(plan_worker(manifest)),
        RunKind::Mcp => {
            let called = manifest.actions.get(action);
            let name = called.and_then(|action| action.mcp_tool.clone());
            let tool = McpTool {
                name: name.unwrap_or_else(|| action.to_string()),
                digest: called.and_then(|action| action.mcp_digest.clone()),
            };
            Kind::Mcp(plan_worker(manifest), tool)
        }
    }
}

fn plan_worker(manifest: &Manifest) -> WorkerPlan {
    let worker = manifest.worker.clone().unwrap_or_default();
    let count = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    WorkerPlan {
        in_flight: count(worker.in_flight.get()),
        processes: count(worker.processes.get()),
        idle: Duration::from_secs(worker.idle_s.get()),
        max_calls: worker.max_calls.get(),
        start: Duration::from_millis(worker.start_ms.get()),
        cancels: worker.cancels,
        health: manifest.health.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn kind(run: &str, worker: &serde_json::Value, mcp_tool: Option<&str>) -> Kind {
        let mut action = json!({ "description": "looks", "input": {}, "output": {} });
        if let Some(name) = mcp_tool {
            action["mcp_tool"] = json!(name);
        }
        let manifest: Manifest = serde_json::from_value(json!({
            "contract": 1, "name": "probe", "version": "0.1.0", "description": "probes",
            "run": { "kind": run, "command": ["probe"] },
            "worker": worker,
            "actions": { "look": action },
        }))
        .expect("a valid manifest");
        plan_kind(&manifest, &"look".parse().expect("a valid name"))
    }

    fn defaults() -> WorkerPlan {
        WorkerPlan {
            in_flight: 1,
            processes: 1,
            idle: Duration::from_mins(5),
            max_calls: 10_000,
            start: Duration::from_secs(10),
            cancels: false,
            health: None,
        }
    }

    #[test]
    fn a_kind_is_planned_with_the_manifests_bounds_or_the_defaults() {
        assert_eq!(kind("exec", &json!({}), None), Kind::Exec);
        assert_eq!(kind("worker", &json!({}), None), Kind::Worker(defaults()));
        assert_eq!(
            kind(
                "worker",
                &json!({ "in_flight": 8, "idle_s": 1, "cancels": true }),
                None
            ),
            Kind::Worker(WorkerPlan {
                in_flight: 8,
                idle: Duration::from_secs(1),
                cancels: true,
                ..defaults()
            })
        );
    }

    #[test]
    fn an_mcp_action_calls_the_tool_it_names() {
        let called = |mcp_tool| match kind("mcp", &json!({}), mcp_tool) {
            Kind::Mcp(_, tool) => tool.name,
            Kind::Exec | Kind::Worker(_) => String::new(),
        };
        assert_eq!(called(Some("lookAt")), "lookAt");
        assert_eq!(called(None), "look");
    }
}
