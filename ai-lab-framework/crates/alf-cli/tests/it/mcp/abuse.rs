//! Clients that break the protocol, and clients that go away.

use serde_json::{Value, json};

use super::agent::Agent;
use crate::scene::Lab;

fn code(answer: &Value) -> &Value {
    &answer["error"]["code"]
}

#[test]
fn what_is_no_message_is_answered_and_the_session_goes_on() {
    let lab = Lab::new();
    let mut agent = Agent::connect(&lab, &[]);
    for (bytes, expected) in [
        (&b"not json\n"[..], -32700),
        (b"\xff\xfe\n", -32700),
        (b"{\"jsonrpc\":\"2.0\",\"id\":\n", -32700),
        (b"[1, 2]\n", -32600),
        (
            b"{\"jsonrpc\":\"1.0\",\"id\":5,\"method\":\"ping\"}\n",
            -32600,
        ),
        (
            b"{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}\n",
            -32600,
        ),
    ] {
        agent.write(bytes);
        let answer = agent.wait_for(|message| message.get("error").is_some());
        assert_eq!(*code(&answer), expected, "{answer}");
    }
    assert!(agent.ask("ping", json!({}))["result"].is_object());
}

#[test]
fn a_huge_message_is_answered_under_its_id_and_the_session_goes_on() {
    let lab = Lab::new();
    let mut agent = Agent::connect(&lab, &[]);
    let answer = agent.ask(
        "tools/call",
        json!({ "name": "probe_look", "arguments": { "host": "x".repeat(20_000_000) } }),
    );
    assert_eq!(*code(&answer), -32600, "{answer}");
    assert!(agent.ask("ping", json!({}))["result"].is_object());
}

#[test]
fn a_method_and_a_version_that_nobody_knows_are_named() {
    let lab = Lab::new();
    let mut agent = Agent::start(&lab, &[]);
    let early = agent.ask("tools/list", json!({}));
    assert_eq!(*code(&early), -32602, "{early}");
    let told = agent.ask(
        "initialize",
        json!({ "protocolVersion": "1999-01-01", "capabilities": {}, "clientInfo": { "name": "old", "version": "0" } }),
    );
    assert_eq!(told["result"]["protocolVersion"], "2025-11-25");
    agent.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
    let unknown = agent.ask("tools/destroy", json!({}));
    assert_eq!(*code(&unknown), -32601, "{unknown}");
    let wrong = agent.ask("tools/call", json!({ "arguments": 7 }));
    assert!(wrong["error"]["code"].is_i64(), "{wrong}");
    agent.say(&json!({ "jsonrpc": "2.0", "method": "notifications/nobody/knows" }));
    agent.say(&json!({ "jsonrpc": "2.0", "id": 4_000, "result": {} }));
    assert!(agent.ask("ping", json!({}))["result"].is_object());
}

#[test]
fn what_comes_before_a_session_ends_none() {
    let lab = Lab::new();
    let mut agent = Agent::start(&lab, &[]);
    agent.say(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 9 } }));
    agent.say(&json!({ "jsonrpc": "2.0", "id": 9, "result": {} }));
    assert_eq!(agent.initialize(&json!({}))["serverInfo"]["name"], "ai-lab");
    assert!(agent.ask("tools/list", json!({}))["result"].is_object());
}

#[test]
fn an_id_that_is_taken_is_refused_and_the_first_call_is_answered() {
    let lab = Lab::empty();
    lab.shell("mkfifo ../begun");
    lab.tool(
        "slow",
        "read x; echo >../../../begun; read y <../../../begun; echo '{\"data\":{\"done\":1}}'",
        "",
    );
    let mut agent = Agent::connect(&lab, &[]);
    let id = agent.send("tools/call", json!({ "name": "slow_go", "arguments": {} }));
    std::fs::read(lab.path("begun")).expect("it runs");
    agent.say(&json!({ "jsonrpc": "2.0", "id": id, "method": "ping" }));
    let refused = agent.wait_for(|message| message.get("error").is_some());
    assert_eq!((code(&refused), refused.get("id")), (&json!(-32600), None));
    lab.shell("echo >../begun");
    assert_eq!(
        Agent::text(&agent.answer(id)["result"]),
        "{\n  \"done\": 1\n}"
    );
    // Answered, it may be used again.
    agent.say(&json!({ "jsonrpc": "2.0", "id": id, "method": "ping" }));
    assert_eq!(agent.answer(id)["result"], json!({}));
}

/// How many processes name the lab's newest execution.
const LEFT: &str = "grep -l -z AI_LAB_EXECUTION_ID=$(ai-lab-framework execution list slow --json | sed -n 's/.*\"execution_id\": \"\\(.*\\)\".*/\\1/p') /proc/[0-9]*/environ 2>/dev/null | wc -l";

#[test]
fn a_client_that_goes_away_in_the_middle_leaves_no_process_and_no_open_row() {
    for how in ["close", "term", "gone"] {
        let lab = Lab::empty();
        lab.shell("mkfifo ../begun");
        lab.tool(
            "slow",
            "setsid sh -c 'echo >../../../begun; exec sleep 1000' & exec sleep 1000",
            "",
        );
        let mut agent = Agent::connect(&lab, &[]);
        agent.send("tools/call", json!({ "name": "slow_go", "arguments": {} }));
        std::fs::read(lab.path("begun")).expect("it runs");
        match how {
            "term" => {
                lab.shell(&format!("kill -TERM {}", agent.server.id()));
            }
            "gone" => agent.hang_up(),
            _ => agent.close(),
        }
        let (status, errors) = agent.ended();
        assert_eq!((status.code(), errors.as_str()), (Some(0), ""), "{how}");
        let left = lab.shell(LEFT);
        assert_eq!(String::from_utf8_lossy(&left.stdout).trim(), "0", "{how}");
        let rows = lab.shell("ai-lab-framework execution list --json");
        let rows: Value = serde_json::from_slice(&rows.stdout).expect("JSON");
        assert_eq!(
            rows["executions"][0]["ended"]["error"]["class"], "cancelled",
            "{how}"
        );
    }
}
