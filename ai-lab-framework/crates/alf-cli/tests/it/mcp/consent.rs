//! What may destroy something is done only after a person's word.

use serde_json::{Value, json};

use super::agent::Agent;
use crate::scene::Lab;

fn lab() -> Lab {
    let lab = Lab::empty();
    let manifest = "contract = 1\nname = \"store\"\nversion = \"0.1.0\"\ndescription = \"Keeps things.\"\n\
                    grants = { write = [\"data\"] }\n[run]\ncommand = [\"sh\", \"run.sh\"]\n[actions.wipe]\n\
                    description = \"Wipes all.\"\ndestructive = true\n\
                    input = { type = \"object\", properties = { what = { type = \"string\" } } }\n\
                    output = { type = \"object\", properties = { wiped = { type = \"integer\" } } }\n";
    lab.write("lab/tools/store/tool.toml", manifest);
    lab.write(
        "lab/tools/store/run.sh",
        "read x; echo x >>data/runs; echo '{\"data\":{\"wiped\":1}}'",
    );
    lab.write("lab/tools/store/data/runs", "");
    lab
}

fn runs(lab: &Lab) -> usize {
    let text = std::fs::read_to_string(lab.path("lab/tools/store/data/runs")).expect("text");
    text.lines().count()
}

fn last_class(lab: &Lab) -> Value {
    let output = lab.shell("ai-lab-framework execution list --json");
    let page: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    page["executions"][0]["ended"]["error"]["class"].clone()
}

/// The code in the answer of a dry run.
fn code(answer: &str) -> String {
    let (_, after) = answer.split_once("\"confirm\": \"").expect("a code");
    after.split('"').next().expect("its end").to_owned()
}

#[test]
fn without_a_way_to_ask_the_plan_comes_first_and_its_code_does_it_once() {
    let lab = lab();
    let mut agent = Agent::connect(&lab, &[]);
    let dry = agent.call("store_wipe", json!({ "what": "all" }));
    let text = Agent::text(&dry).to_owned();
    assert_eq!(
        (&dry["isError"], dry.get("structuredContent")),
        (&json!(false), None)
    );
    assert!(
        text.starts_with(
            "Nothing was done: this may destroy something.\nwould run store.wipe: Wipes all."
        ),
        "{text}"
    );
    assert_eq!(runs(&lab), 0);
    // Another call than the one that was shown.
    let other = agent.call(
        "store_wipe",
        json!({ "what": "some", "confirm": code(&text) }),
    );
    assert!(
        Agent::text(&other).contains("(refused, execution"),
        "{other}"
    );
    assert_eq!((runs(&lab), last_class(&lab)), (0, json!("refused")));
    // That used it up.
    let used = agent.call(
        "store_wipe",
        json!({ "what": "all", "confirm": code(&text) }),
    );
    assert_eq!((used["isError"].clone(), runs(&lab)), (json!(true), 0));
    let text = agent.call("store_wipe", json!({ "what": "all" }));
    let confirmed = json!({ "what": "all", "confirm": code(Agent::text(&text)) });
    let done = agent.call("store_wipe", confirmed.clone());
    assert_eq!(
        (Agent::text(&done), runs(&lab)),
        ("{\n  \"wiped\": 1\n}", 1)
    );
    let again = agent.call("store_wipe", confirmed);
    assert_eq!((again["isError"].clone(), runs(&lab)), (json!(true), 1));
}

#[test]
fn a_client_that_can_ask_asks_and_does_what_the_person_says() {
    let lab = lab();
    let mut agent = Agent::start(&lab, &[]);
    agent.initialize(&json!({ "elicitation": {} }));
    for (said, runs_then, is_error) in [
        (json!({ "action": "decline" }), 0, true),
        (
            json!({ "action": "accept", "content": { "do_it": false } }),
            0,
            true,
        ),
        (
            json!({ "action": "accept", "content": { "do_it": true } }),
            1,
            false,
        ),
    ] {
        let id = agent.send(
            "tools/call",
            json!({ "name": "store_wipe", "arguments": {} }),
        );
        let question = agent.wait_for(|message| message["method"] == "elicitation/create");
        let message = question["params"]["message"].as_str().expect("text");
        assert!(message.contains("would run store.wipe"), "{message}");
        agent.say(&json!({ "jsonrpc": "2.0", "id": question["id"], "result": said }));
        let answer = agent.answer(id);
        assert_eq!(answer["result"]["isError"], is_error, "{answer}");
        assert_eq!(runs(&lab), runs_then);
        if is_error {
            assert_eq!(last_class(&lab), "refused");
        }
    }
}

#[test]
fn in_the_other_era_the_answer_comes_back_with_the_call() {
    let lab = lab();
    let mut agent = Agent::start(&lab, &[]);
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "modern", "version": "2" },
        "io.modelcontextprotocol/clientCapabilities": { "elicitation": { "form": {} } },
    });
    let asked = agent.ask(
        "tools/call",
        json!({ "_meta": meta, "name": "store_wipe", "arguments": { "what": "all" } }),
    );
    let asked = &asked["result"];
    assert_eq!(
        (&asked["resultType"], runs(&lab)),
        (&json!("input_required"), 0)
    );
    let again = |what: &str, said: bool| {
        json!({
            "_meta": meta, "name": "store_wipe", "arguments": { "what": what }, "requestState": asked["requestState"],
            "inputResponses": { "consent": { "action": "accept", "content": { "do_it": said } } },
        })
    };
    let done = agent.ask("tools/call", again("all", true));
    assert_eq!((&done["result"]["isError"], runs(&lab)), (&json!(false), 1));
    // The state is used up.
    let replayed = agent.ask("tools/call", again("all", true));
    assert_eq!(
        (&replayed["result"]["isError"], runs(&lab)),
        (&json!(true), 1)
    );
}

#[test]
fn a_list_of_clients_holds_whatever_the_client_calls() {
    let lab = Lab::new();
    lab.write(
        "home/.ai-lab/clients.toml",
        "[clients.raw]\nallow = [\"other.*\"]\n",
    );
    let mut agent = Agent::connect(&lab, &[]);
    let refused = agent.call("probe_look", json!({ "host": "a" }));
    let text = Agent::text(&refused);
    assert!(
        text.starts_with("the client `raw` may not call this. A person has to allow it"),
        "{text}"
    );
    assert_eq!(last_class(&lab), "refused");
}
