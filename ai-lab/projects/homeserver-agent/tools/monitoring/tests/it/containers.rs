//! Containers, where nothing is between the program and this machine: without the framework no engine is asked.

use serde_json::json;

use crate::caller::Caller;

#[test]
fn without_the_framework_no_engine_is_asked_and_that_is_said() {
    let caller = Caller::new(json!({ "container_sockets": ["docker"] }));
    let data = caller.data("containers", &json!({ "interval_ms": 100 }));
    let engine = &data["engines"][0];
    assert_eq!(
        (&engine["name"], &engine["state"]),
        (&json!("docker"), &json!("silent"))
    );
    assert_eq!(
        data["notes"][0],
        "docker: it is asked through the framework only: run this by `ai-lab-framework tool run`"
    );
    // What control groups tell of this machine's containers, if it has any.
    let rows = data["containers"].as_array().map(Vec::len);
    assert_eq!(data["count"].as_u64(), rows.map(|count| count as u64));
}

#[test]
fn a_word_that_names_no_socket_is_refused_before_anybody_is_asked() {
    let caller = Caller::new(json!({ "container_sockets": ["docker", "evil.example/"] }));
    let why = "`container_sockets` has `evil.example/`, which names no socket";
    assert_eq!(
        caller.failed("containers", &json!({})),
        ("bad_config".to_owned(), why.to_owned())
    );
}
