//! Real servers, one of them bad on purpose: what they say becomes a result, a named error, a line of log.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use ai_lab_contract::{CONTRACT, Context, ErrorClass, Profile, Request};
use alf_mcp_client::{LIST_TOOLS, McpEngine, digest_of};
use alf_policy::{
    Confinement, Digest, EXECUTION_MARKER, Kind, McpTool, RunLimits, RunPlan, SandboxLevel,
    WorkerPlan,
};
use alf_runtime::{Exit, Order, RunReport, Runner, Stop, Supervisor, WorkerBounds};
use serde_json::{Map, Value, json};

mod misbehaviour;
mod probe;
mod real;

static SUPERVISOR: LazyLock<Supervisor> =
    LazyLock::new(|| Supervisor::install().expect("a subreaper can be installed on Linux"));
static COUNT: AtomicU32 = AtomicU32::new(0);

/// One server and the runner that keeps it.
struct Scene {
    runner: Runner,
    plan: RunPlan,
    kept: WorkerPlan,
    pinned: BTreeMap<String, String>,
}

fn kept() -> WorkerPlan {
    WorkerPlan {
        in_flight: 4,
        processes: 1,
        idle: Duration::from_mins(1),
        max_calls: 1_000,
        start: Duration::from_secs(30),
        cancels: false,
        health: None,
    }
}

fn python() -> PathBuf {
    // Not a shim that looks for the version first.
    ["/usr/bin/python3", "/usr/local/bin/python3"]
        .map(PathBuf::from)
        .into_iter()
        .find(|path| path.exists())
        .expect("python3 is installed")
}

fn bad(mode: &str) -> Scene {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/bad_server.py");
    Scene::new(&python(), &[script.to_str().expect("text")], mode)
}

impl Scene {
    fn new(program: &Path, arguments: &[&str], mode: &str) -> Self {
        let scene = COUNT.fetch_add(1, Ordering::Relaxed);
        let plan = RunPlan {
            execution: "unset".parse().expect("a valid id"),
            program: program.to_owned(),
            arguments: arguments
                .iter()
                .map(|&argument| argument.to_owned())
                .collect(),
            folder: std::env::temp_dir(),
            environment: BTreeMap::from([
                ("PATH".to_owned(), "/usr/bin:/bin".to_owned()),
                ("MODE".to_owned(), mode.to_owned()),
                (EXECUTION_MARKER.to_owned(), "unset".to_owned()),
            ]),
            kind: Kind::Exec,
            limits: RunLimits {
                run: Duration::from_mins(1),
                grace: Duration::from_millis(100),
                output_bytes: 100_000,
                log_bytes: 1_000,
            },
            sandbox: SandboxLevel::None,
            // Long-lived processes of two scenes may have one name.
            confinement: Confinement::limits_alone(
                std::env::temp_dir()
                    .join("alf-mcp-client-scenes")
                    .join(format!("{}-{scene}", std::process::id()))
                    .join("work"),
            ),
            profile: Profile::Standard,
            policy_digest: Digest::of(b""),
        };
        let bounds = WorkerBounds {
            first_backoff: Duration::from_millis(1),
            longest_backoff: Duration::from_millis(4),
            ..WorkerBounds::default()
        };
        Self {
            runner: Runner::new(&SUPERVISOR, bounds, Arc::new(McpEngine), None),
            plan,
            kept: kept(),
            pinned: BTreeMap::new(),
        }
    }

    fn call(&self, tool: &str) -> RunReport {
        self.call_with(tool, json!({}), None)
    }

    fn call_with(
        &self,
        tool: &str,
        input: Value,
        cancel: Option<&std::io::PipeReader>,
    ) -> RunReport {
        let id = format!(
            "mcp-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let request = Request {
            contract: CONTRACT,
            execution_id: id.parse().expect("a valid id"),
            correlation_id: id.parse().expect("a valid id"),
            action: "act".parse().expect("a valid name"),
            input,
            config: Map::new(),
            context: Context::default(),
        };
        let called = McpTool {
            name: tool.to_owned(),
            digest: self.pinned.get(tool).cloned(),
        };
        let mut plan = self.plan.clone();
        plan.kind = Kind::Mcp(self.kept.clone(), called);
        let order = Order {
            plan: &plan,
            request: &request,
            origin: "digest",
            secrets: &alf_secrets::HandOverPlan::default(),
        };
        let cancel = cancel.map(std::os::fd::AsFd::as_fd);
        self.runner.run(order, cancel).expect("the program starts")
    }

    /// What a call that succeeds answers.
    fn data(&self, tool: &str, input: Value) -> Value {
        let report = self.call_with(tool, input, None);
        assert_eq!(
            (report.exit, &report.stop),
            (Exit::Lives, &None),
            "{}",
            String::from_utf8_lossy(&report.log)
        );
        let answer: Value = serde_json::from_slice(&report.output).expect("JSON");
        answer["data"].clone()
    }

    fn listed(&self) -> Vec<Value> {
        self.data(LIST_TOOLS, json!({}))["tools"]
            .as_array()
            .expect("a list")
            .clone()
    }

    fn pin(&mut self) {
        self.pinned = self
            .listed()
            .iter()
            .map(|tool| {
                (
                    tool["name"].as_str().expect("text").to_owned(),
                    digest_of(tool),
                )
            })
            .collect();
    }
}

fn class(report: &RunReport) -> Option<(ErrorClass, &str)> {
    match &report.stop {
        Some(Stop::Failed { class, why }) => Some((*class, why)),
        Some(Stop::Timeout | Stop::Cancelled | Stop::OutputLimit) | None => None,
    }
}

fn content(words: &str) -> Value {
    json!({ "content": [{ "type": "text", "text": words }] })
}
