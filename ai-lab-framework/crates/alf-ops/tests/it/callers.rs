//! Who calls, and under which id.

use ai_lab_contract::ErrorClass;
use alf_ops::{Call, Client, list_executions, new_execution_id};
use alf_store::ExecutionFilter;
use serde_json::json;

use crate::scene::{Lab, NARROW, WELL, call, call_in, data, run, shown};

#[test]
fn an_execution_has_the_id_and_the_client_that_its_call_names() {
    let lab = Lab::new();
    lab.tool_with("echo", WELL, NARROW);
    let framework = lab.framework();
    let client = Client::told("opencode", "1.18.33", "2025-11-25");
    let id = new_execution_id();
    let completed = run(
        &framework,
        &Call {
            client: Some(client.clone()),
            execution_id: Some(id.clone()),
            ..call_in("echo", "work")
        },
    )
    .expect("it runs");
    let start = shown(&framework, &completed).execution.start;
    let called_by = Client::told(
        &start.client_name,
        &start.client_version,
        &start.protocol_version,
    );
    assert_eq!((start.execution_id, called_by), (id, client));
    let own = run(&framework, &call("echo", json!({}))).expect("it runs");
    assert_eq!(shown(&framework, &own).execution.start.client_name, "scene");
}

#[test]
fn an_id_that_the_record_has_is_refused_before_anything_runs_under_every_profile() {
    let lab = Lab::new();
    for profile in ["experimental", "standard"] {
        let more = format!("profile = \"{profile}\"\n{NARROW}");
        lab.tool_with(profile, WELL, &more);
        let framework = lab.framework();
        let id = new_execution_id();
        let given = Call {
            execution_id: Some(id.clone()),
            ..call(profile, json!({}))
        };
        data(&framework, &given);
        // One that does not fit is turned away on another way, and is not recorded either.
        for input in [json!({}), json!({ "n": "one" })] {
            let again = Call {
                input,
                ..given.clone()
            };
            let failure = run(&framework, &again).expect_err("because the id is taken");
            assert_eq!(
                (failure.class, failure.chain()),
                (
                    ErrorClass::Conflict,
                    vec![
                        "cannot record the execution".to_owned(),
                        format!("execution {id} is recorded already"),
                    ]
                )
            );
        }
        let of_tool = ExecutionFilter {
            tool: Some(profile.parse().expect("a name")),
            ..ExecutionFilter::default()
        };
        let page = list_executions(&framework, &of_tool).expect("it lists");
        assert_eq!(page.executions.len(), 1, "{profile}");
    }
}

#[test]
fn a_retry_has_an_id_of_its_own() {
    let lab = Lab::new();
    let more = "retry = { attempts = 2, backoff_ms = 1, max_backoff_ms = 1 }\n";
    let script = "echo '{\"error\":{\"kind\":\"busy\",\"message\":\"busy\",\"retryable\":true}}'\n";
    lab.tool_with("flaky", script, more);
    let manifest = lab.path("lab/tools/flaky/tool.toml");
    let text = std::fs::read_to_string(manifest).expect("it is there");
    let text = text.replace("[actions.go]", "[actions.go]\nidempotent = true");
    lab.write("lab/tools/flaky/tool.toml", text);
    let framework = lab.framework();
    let id = new_execution_id();
    let given = Call {
        execution_id: Some(id.clone()),
        ..call("flaky", json!({}))
    };
    let completed = run(&framework, &given).expect("it runs");
    let start = shown(&framework, &completed).execution.start;
    assert_eq!((start.attempt, start.parent_id), (2, Some(id)));
}
