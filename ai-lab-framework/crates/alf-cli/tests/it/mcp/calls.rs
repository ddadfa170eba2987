//! Calls and their answers.

use serde_json::{Value, json};

use super::agent::Agent;
use crate::scene::Lab;

fn executions(lab: &Lab) -> Vec<Value> {
    let output = lab.shell("ai-lab-framework execution list --json");
    let page: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    page["executions"].as_array().expect("a list").clone()
}

#[test]
fn a_call_is_answered_checked_and_recorded_with_its_client() {
    let lab = Lab::new();
    let mut agent = Agent::connect(&lab, &[]);
    let result = agent.call(
        "probe_look",
        json!({ "host": "a", "top": "3", "wait_for_previous": true }),
    );
    let id = result["_meta"]["ai-lab/execution_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    assert_eq!(
        result,
        json!({
            "isError": false,
            "content": [{ "type": "text", "text":
                "{\n  \"free_bytes\": 2048,\n  \"seen\": {\n    \"host\": \"a\",\n    \"top\": 3\n  }\n}" }],
            "_meta": { "ai-lab/execution_id": id, "ai-lab/source": "tool probe.look" },
        })
    );
    let wrong = agent.call("probe_look", json!({ "host": "a", "top": 0 }));
    let wrong_id = wrong["_meta"]["ai-lab/execution_id"]
        .as_str()
        .expect("an id");
    assert_eq!(
        (Agent::text(&wrong), &wrong["isError"]),
        (
            format!(
                "the input does not fit at /top: 0 is less than 1. Change that argument and call again. \
                 (invalid_input, execution {wrong_id})"
            )
            .as_str(),
            &json!(true)
        )
    );
    agent.close();
    let (status, errors) = agent.ended();
    assert_eq!((status.code(), errors.as_str()), (Some(0), ""));
    let rows = executions(&lab);
    let facts: Vec<_> = rows
        .iter()
        .map(|row| {
            [
                &row["client_name"],
                &row["client_version"],
                &row["protocol_version"],
                &row["status"],
            ]
        })
        .collect();
    let by = ["raw", "0.1", "mcp/2025-11-25"];
    assert_eq!(
        json!(facts),
        json!([
            [by[0], by[1], by[2], "failed"],
            [by[0], by[1], by[2], "succeeded"]
        ])
    );
}

#[test]
fn sockets_serve_as_well_as_pipes() {
    let lab = Lab::new();
    let mut agent = Agent::connect_by_sockets(&lab);
    // More than a socket's buffer holds, both ways.
    let host = "x".repeat(1_000_000);
    let result = agent.call("probe_look", json!({ "host": host }));
    assert_eq!(result["isError"], false);
    agent.close();
    assert_eq!(agent.ended().0.code(), Some(0));
}

#[test]
fn a_file_serves_as_input_and_output() {
    let lab = Lab::new();
    let messages = [
        json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "file", "version": "1" } } }),
        json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {
            "name": "probe_look", "arguments": { "host": "a" } } }),
    ];
    let [first, last] = messages;
    lab.write("lab/in", format!("{first}\n{last}\n"));
    lab.shell("ai-lab-framework mcp serve <in >out");
    let out = std::fs::read_to_string(lab.path("lab/out")).expect("text");
    let last: Value = serde_json::from_str(out.lines().last().expect("a line")).expect("JSON");
    assert_eq!(
        (&last["id"], &last["result"]["isError"]),
        (&json!(2), &json!(false))
    );
}

#[test]
fn a_name_that_nothing_has_is_an_error_of_the_protocol() {
    let lab = Lab::new();
    let mut agent = Agent::connect(&lab, &[]);
    let answer = agent.ask(
        "tools/call",
        json!({ "name": "probe_loo", "arguments": {} }),
    );
    assert_eq!(
        answer["error"],
        json!({ "code": -32602, "message": "there is no tool `probe_loo`: did you mean `probe_look`?" })
    );
}

#[test]
fn a_long_answer_is_read_to_its_end_page_by_page() {
    let lab = Lab::empty();
    lab.tool(
        "long",
        "read x; printf '{\"data\":{\"rows\":['; i=0; while [ $i -lt 9000 ]; do printf '%s,' $i; i=$((i+1)); done; printf '0]}}\\n'",
        "",
    );
    let mut agent = Agent::connect(&lab, &[]);
    let result = agent.call("long_go", json!({}));
    let id = result["_meta"]["ai-lab/execution_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    assert_eq!(
        result["content"][1]["uri"],
        format!("ai-lab://execution/{id}/output")
    );
    let mut text = Agent::text(&result).to_owned();
    let mut whole = String::new();
    while let Some((page, next)) = text.rsplit_once("\n[") {
        whole.push_str(page);
        whole.push('\n');
        let cursor: u64 = next
            .split(' ')
            .next()
            .and_then(|at| at.parse().ok())
            .expect("a place");
        let result = agent.call(
            "lab_result",
            json!({ "execution_id": id, "cursor": cursor }),
        );
        Agent::text(&result).clone_into(&mut text);
        assert!(text.len() <= 32_000 && text.lines().count() <= 1_500);
    }
    whole.push_str(&text);
    let data: Value = serde_json::from_str(&whole).expect("pages lose nothing");
    let mut rows: Vec<u32> = (0..9_000).collect();
    rows.push(0);
    assert_eq!(data, json!({ "rows": rows }));
}

#[test]
fn thirty_two_calls_in_flight_keep_their_ids_and_none_is_lost() {
    let lab = Lab::new();
    let mut agent = Agent::connect(&lab, &[]);
    let sent: Vec<u64> = (0..200)
        .map(|n| {
            agent.send(
                "tools/call",
                json!({ "name": "probe_look", "arguments": { "host": format!("h{n}") } }),
            )
        })
        .collect();
    // All of them are in flight when the client says that it will say no more.
    agent.close();
    for (n, id) in sent.into_iter().enumerate() {
        let answer = agent.answer(id);
        let text = Agent::text(&answer["result"]);
        // 32 run, 128 wait; what came when those places were taken is told so.
        let is_refused = text.starts_with("160 calls are in flight already.");
        assert!(
            is_refused || text.contains(&format!("\"host\": \"h{n}\"")),
            "{text}"
        );
    }
    assert_eq!(agent.ended().0.code(), Some(0));
}

#[test]
fn a_withdrawn_call_ends_with_its_processes_and_is_recorded() {
    let lab = Lab::empty();
    lab.shell("mkfifo ../begun");
    lab.tool("slow", "echo >../../../begun; exec sleep 1000", "");
    let mut agent = Agent::connect(&lab, &[]);
    let id = agent.send("tools/call", json!({ "name": "slow_go", "arguments": {} }));
    std::fs::read(lab.path("begun")).expect("it runs");
    agent.say(&json!({
        "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id },
    }));
    // A client may say so of what has ended long ago.
    agent.say(&json!({
        "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 },
    }));
    assert!(agent.ask("ping", json!({}))["result"].is_object());
    agent.close();
    assert_eq!(agent.ended().0.code(), Some(0));
    let rows = executions(&lab);
    assert_eq!(rows[0]["ended"]["error"]["class"], "cancelled");
}

#[test]
fn a_client_that_asks_for_log_lines_is_told_those_of_its_calls() {
    let lab = Lab::new();
    lab.tool(
        "talks",
        "echo plainly >&2; echo '{\"level\":\"error\",\"message\":\"badly\"}' >&2; echo '{\"data\":{}}'\n",
        "",
    );
    let mut agent = Agent::connect(&lab, &[]);
    let heard = |agent: &mut Agent| {
        let id = agent.send("tools/call", json!({ "name": "talks_go", "arguments": {} }));
        let mut heard = Vec::new();
        loop {
            let message = agent.next().expect("it still speaks");
            if message["id"] == id {
                let execution = &message["result"]["_meta"]["ai-lab/execution_id"];
                assert!(
                    heard
                        .iter()
                        .all(|line: &Value| line["data"]["execution_id"] == *execution)
                );
                let line =
                    |line: &Value| json!([line["level"], line["logger"], line["data"]["message"]]);
                return heard.iter().map(line).collect::<Vec<Value>>();
            }
            assert_eq!(message["method"], "notifications/message");
            heard.push(message["params"].clone());
        }
    };
    assert_eq!(heard(&mut agent), Vec::<Value>::new());
    agent.ask("logging/setLevel", json!({ "level": "info" }));
    let all = [
        json!(["info", "talks", "plainly"]),
        json!(["error", "talks", "badly"]),
    ];
    assert_eq!(heard(&mut agent), all);
    agent.ask("logging/setLevel", json!({ "level": "critical" }));
    assert_eq!(heard(&mut agent), all[1..]);
    agent.close();
    assert_eq!(agent.ended().1, "");
}
