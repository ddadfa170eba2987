//! Calls that may outlast a client's patience, and the server itself.

use serde_json::{Value, json};

use super::agent::Agent;
use crate::scene::Lab;

/// A lab whose tool may run for long: it tells through the pipe `../begun` that it runs, and ends when it is told so.
fn slow_lab() -> Lab {
    let lab = Lab::empty();
    lab.shell("mkfifo ../begun");
    lab.tool(
        "slow",
        "read x; echo >../../../begun; read y <../../../begun; echo '{\"data\":{\"done\":1}}'",
        "[limits]\nrun_ms = 600_000\n",
    );
    let manifest = std::fs::read_to_string(lab.path("lab/tools/slow/tool.toml")).expect("text");
    let (limits, rest) = (
        "[limits]\nrun_ms = 600_000\n",
        manifest.replace("[limits]\nrun_ms = 600_000\n", ""),
    );
    lab.write("lab/tools/slow/tool.toml", format!("{rest}\n{limits}"));
    lab
}

fn id_of(result: &Value) -> String {
    result["_meta"]["ai-lab/execution_id"]
        .as_str()
        .expect("an id")
        .to_owned()
}

#[test]
fn a_long_call_is_answered_with_its_id_and_survives_the_server() {
    let lab = slow_lab();
    let mut agent = Agent::connect(&lab, &["--answer-within", "1"]);
    let told = agent.call("slow_go", json!({}));
    let id = id_of(&told);
    assert!(
        Agent::text(&told).starts_with(&format!("slow.go is still running, as execution {id}.")),
        "{told}"
    );
    std::fs::read(lab.path("begun")).expect("it runs");
    agent.close();
    assert_eq!(agent.ended().0.code(), Some(0));
    let mut other = Agent::connect(&lab, &[]);
    let still = other.call("lab_result", json!({ "execution_id": id, "wait_s": "0" }));
    assert!(Agent::text(&still).contains("is still running"), "{still}");
    lab.shell("echo >../begun");
    let done = other.call("lab_result", json!({ "execution_id": id, "wait_s": 40 }));
    assert_eq!(Agent::text(&done), "{\n  \"done\": 1\n}");
}

#[test]
fn a_long_call_is_withdrawn_by_its_id_and_leaves_no_process() {
    let lab = slow_lab();
    let mut agent = Agent::connect(&lab, &["--answer-within", "1"]);
    let id = id_of(&agent.call("slow_go", json!({})));
    std::fs::read(lab.path("begun")).expect("it runs");
    let told = agent.call("lab_cancel", json!({ "execution_id": id }));
    assert_eq!(
        Agent::text(&told),
        format!("execution {id} is withdrawn: nothing of it runs any more")
    );
    let told = agent.call("lab_result", json!({ "execution_id": id }));
    assert!(
        Agent::text(&told).contains("(cancelled, execution"),
        "{told}"
    );
    let left = lab.shell(&format!(
        "grep -l -z AI_LAB_EXECUTION_ID={id} /proc/[0-9]*/environ 2>/dev/null | wc -l"
    ));
    assert_eq!(String::from_utf8_lossy(&left.stdout).trim(), "0");
}

#[test]
fn a_client_that_follows_tasks_is_given_one_whose_id_is_the_executions() {
    let lab = slow_lab();
    let mut agent = Agent::start(&lab, &["--answer-within", "1"]);
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "modern", "version": "2" },
        "io.modelcontextprotocol/clientCapabilities": { "extensions": { "io.modelcontextprotocol/tasks": {} } },
    });
    let made = agent.ask(
        "tools/call",
        json!({ "_meta": meta, "name": "slow_go", "arguments": {} }),
    );
    let task = &made["result"];
    assert_eq!(
        (&task["resultType"], &task["status"]),
        (&json!("task"), &json!("working"))
    );
    std::fs::read(lab.path("begun")).expect("it runs");
    lab.shell("echo >../begun");
    let id = task["taskId"].clone();
    // One call of our own waits for its end, so that nothing is polled here.
    agent.ask(
        "tools/call",
        json!({ "_meta": meta, "name": "lab_result", "arguments": { "execution_id": id, "wait_s": 40 } }),
    );
    let state = agent.ask("tasks/get", json!({ "_meta": meta, "taskId": id }));
    let state = &state["result"];
    assert_eq!(
        (&state["status"], &state["result"]["content"][0]["text"]),
        (&json!("completed"), &json!("{\n  \"done\": 1\n}"))
    );
    let none = agent.ask("tasks/get", json!({ "_meta": meta, "taskId": "none" }));
    assert_eq!(none["error"]["code"], -32602, "{none}");
}

#[test]
fn a_call_of_this_process_is_withdrawn_by_its_id_too() {
    let lab = slow_lab();
    let mut agent = Agent::connect(&lab, &["--answer-within", "3600"]);
    let call = agent.send("tools/call", json!({ "name": "slow_go", "arguments": {} }));
    std::fs::read(lab.path("begun")).expect("it runs");
    let rows = lab.shell("ai-lab-framework execution list --json");
    let rows: Value = serde_json::from_slice(&rows.stdout).expect("JSON");
    let id = rows["executions"][0]["execution_id"].clone();
    let told = agent.call("lab_cancel", json!({ "execution_id": id }));
    assert!(Agent::text(&told).contains("is withdrawn"), "{told}");
    assert!(Agent::text(&agent.answer(call)["result"]).contains("(cancelled, execution"));
}
