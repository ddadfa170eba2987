//! An agent's work is a session: it goes on where it stopped, and another agent can take it over.

use serde_json::{Value, json};

use super::agent::Agent;
use crate::scene::Lab;

fn sessions_of_executions(lab: &Lab) -> Vec<Value> {
    let output = lab.shell("ai-lab-framework execution list --json");
    let page: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let rows = page["executions"].as_array().expect("a list");
    rows.iter().map(|row| row["session_id"].clone()).collect()
}

#[test]
fn a_client_goes_on_in_its_session_and_another_takes_it_over() {
    let lab = Lab::new();
    let mut first = Agent::connect(&lab, &["--client", "opencode"]);
    first.call("probe_look", json!({ "host": "a" }));
    let noted = first.call(
        "lab_session",
        json!({ "do": "note", "text": "goal: find the slow router\nopen: look at b" }),
    );
    assert!(
        Agent::text(&noted).contains("find the slow router"),
        "{noted}"
    );
    first.close();
    first.ended();
    let mut again = Agent::connect(&lab, &["--client", "opencode"]);
    again.call("probe_look", json!({ "host": "b" }));
    let ids = sessions_of_executions(&lab);
    assert!(ids[0].is_string() && ids[0] == ids[1], "{ids:?}");
    let mut other = Agent::connect(&lab, &["--client", "gemini-cli"]);
    let own = other.call("lab_session", json!({ "do": "show" }));
    assert!(!Agent::text(&own).contains("find the slow router"), "{own}");
    let taken = other.call("lab_session", json!({ "do": "resume", "id": ids[0] }));
    assert!(
        Agent::text(&taken).contains("find the slow router"),
        "{taken}"
    );
    other.call("probe_look", json!({ "host": "c" }));
    assert_eq!(sessions_of_executions(&lab)[0], ids[0]);
}

#[test]
fn the_capsule_is_a_resource_and_a_prompt() {
    let lab = Lab::new();
    let mut agent = Agent::connect(&lab, &[]);
    let result = agent.call("probe_look", json!({ "host": "a" }));
    let id = result["_meta"]["ai-lab/execution_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let listed = agent.ask("resources/list", json!({}));
    assert_eq!(listed["result"]["resources"][0]["uri"], "ai-lab://session");
    let read = |agent: &mut Agent, uri: &str| {
        let answer = agent.ask("resources/read", json!({ "uri": uri }));
        answer["result"]["contents"][0]["text"]
            .as_str()
            .map(str::to_owned)
            .ok_or(answer)
    };
    let capsule = read(&mut agent, "ai-lab://session").expect("a capsule");
    assert!(capsule.contains("probe.look"), "{capsule}");
    let record = read(&mut agent, &format!("ai-lab://execution/{id}")).expect("a record");
    let record: Value = serde_json::from_str(&record).expect("JSON");
    assert_eq!(record["execution"]["client_name"], "raw");
    let output = read(&mut agent, &format!("ai-lab://execution/{id}/output")).expect("an output");
    assert_eq!(output, Agent::text(&result));
    for uri in [
        "ai-lab://execution/none",
        "ai-lab://secrets",
        "file:///etc/passwd",
        "ai-lab://execution/../output",
    ] {
        let error = read(&mut agent, uri).expect_err("nothing there");
        assert_eq!(error["error"]["code"], -32002, "{error}");
    }
    let prompts = agent.ask("prompts/list", json!({}));
    let names: Vec<_> = prompts["result"]["prompts"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|prompt| &prompt["name"])
        .collect();
    assert_eq!(json!(names), json!(["resume_work", "start_item", "report"]));
    let prompt = agent.ask("prompts/get", json!({ "name": "resume_work" }));
    let text = prompt["result"]["messages"][0]["content"]["text"]
        .as_str()
        .expect("text");
    assert!(text.contains("probe.look"), "{text}");
    let missing = agent.ask("prompts/get", json!({ "name": "start_item" }));
    assert!(
        missing["error"]["message"]
            .as_str()
            .expect("text")
            .contains("`item`"),
        "{missing}"
    );
    let unknown = agent.ask("prompts/get", json!({ "name": "none" }));
    assert_eq!(unknown["error"]["code"], -32602, "{unknown}");
}
