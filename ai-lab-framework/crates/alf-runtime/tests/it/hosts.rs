//! Programs that are granted hosts: what the proxy refuses them is told with their runs.

use std::sync::Arc;
use std::time::Duration;

use ai_lab_contract::{CONTRACT, Context, Request};
use alf_policy::{Access, Kind, Network, Opened, PROXY_PORT, RunPlan, SandboxLevel, WorkerPlan};
use alf_runtime::{Engine, Exit, Lines, Order, RunReport, WorkerBounds, Workers};
use alf_sandbox::Depth;
use alf_secrets::HandOverPlan;
use serde_json::json;

use crate::scene::{LIMITS, SUPERVISOR, in_company, plan, run_plan, still_running};

/// Asks the proxy for a host that is not granted, and shows the first line of what it says.
const ASKS: &str = "python3 -c \"import socket
s = socket.create_connection(('127.0.0.1', 3128))
s.sendall(b'CONNECT evil.example:443 HTTP/1.1\\r\\n\\r\\n')
print(s.makefile().readline().strip())\"";

const TOLD: &str =
    "{\"level\":\"warn\",\"message\":\"sandbox: host evil.example:443 not granted\"}\n";

/// The same plan in a network of its own, with everything else open that a shell needs.
fn with_hosts(mut plan: RunPlan) -> RunPlan {
    let machine = SUPERVISOR.probe_machine(Depth::Network);
    assert!(
        machine.network_namespace,
        "this machine gives no network namespace"
    );
    let opened = |path: &std::path::Path, access| Opened {
        path: path.to_owned(),
        is_folder: true,
        access,
    };
    let confinement = &mut plan.confinement;
    confinement.sandboxing.level = SandboxLevel::L3;
    confinement.sandboxing.network = Network::Hosts;
    confinement.sandboxing.filtered = true;
    confinement.landlock_abi = machine.landlock_abi;
    confinement.as_root = machine.is_root;
    confinement.ports = vec![PROXY_PORT];
    confinement.hosts = vec!["127.0.0.1:9".parse().expect("a host")];
    confinement.paths = vec![
        opened("/".as_ref(), Access::Execute),
        opened(&confinement.work, Access::Write),
    ];
    plan.sandbox = SandboxLevel::L3;
    plan
}

#[test]
fn what_the_proxy_refused_stands_in_the_log_of_the_run() {
    let plan = with_hosts(plan(&format!("echo before >&2; {ASKS}"), LIMITS));
    let report = run_plan(&plan, b"{}\n").expect("a shell starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(report.exit, Exit::Code(0), "{}", text(&report.log));
    assert_eq!(
        text(&report.output),
        "HTTP/1.1 403 host evil.example:443 not granted\n"
    );
    assert_eq!(text(&report.log), format!("before\n{TOLD}"));
    assert_eq!(still_running(&plan), Vec::<String>::new());
}

#[test]
fn a_process_that_lives_on_keeps_its_proxy_and_each_refusal_is_told_once() {
    let script = format!(
        "while IFS= read -r line; do
  case $line in *ask*) answer=$({ASKS});; *) answer=nothing;; esac
  echo \"{{\\\"data\\\":\\\"$answer\\\"}}\"
done"
    );
    let kept = WorkerPlan {
        in_flight: 1,
        processes: 1,
        idle: Duration::from_mins(1),
        max_calls: 1_000,
        start: Duration::from_secs(20),
        cancels: false,
        health: None,
    };
    let mut plan = with_hosts(plan(&script, LIMITS));
    plan.kind = Kind::Worker(kept.clone());
    // Until the workers are dropped: they look for what their process left.
    let _company = in_company();
    let workers = Workers::new(&SUPERVISOR, WorkerBounds::default(), None);
    let engine = Arc::new(Lines) as Arc<dyn Engine>;
    let call = |action: &str| -> RunReport {
        let request = request(action);
        let order = Order {
            secrets: &HandOverPlan::default(),
            plan: &plan,
            request: &request,
            origin: "digest",
        };
        let ran = workers.run(order, (&kept, None), &engine, None);
        ran.expect("the program starts")
    };
    let refused = "{\"data\":\"HTTP/1.1 403 host evil.example:443 not granted\"}";
    let nothing = "{\"data\":\"nothing\"}";
    for (action, output, log) in [
        ("ask", refused, TOLD),
        ("rest", nothing, ""),
        ("ask", refused, TOLD),
    ] {
        let report = call(action);
        assert_eq!(report.exit, Exit::Lives);
        assert_eq!(String::from_utf8_lossy(&report.output), output);
        assert_eq!(String::from_utf8_lossy(&report.log), log);
    }
}

fn request(action: &str) -> Request {
    Request {
        contract: CONTRACT,
        execution_id: "e-hosts".parse().expect("a valid id"),
        correlation_id: "c-1".parse().expect("a valid id"),
        action: action.parse().expect("a valid name"),
        input: json!({}),
        config: serde_json::Map::new(),
        context: Context::default(),
    }
}
