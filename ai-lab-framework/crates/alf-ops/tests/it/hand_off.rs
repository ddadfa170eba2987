//! Hand-offs: a tool passes its work on to another.

use ai_lab_contract::ErrorClass;
use alf_ops::{Call, Framework, Step, list_executions};
use alf_store::ExecutionFilter;
use serde_json::{Value, json};

use crate::scene::{Lab, NOW_MS, call, call_in, run, shown};

/// Hands over to `TOOL.go` with an input, and leaves a word in the session.
fn hands_over(lab: &Lab, name: &str, to: &str, input: &str, grants: &str) {
    let script = format!(
        "echo '{{\"data\":{{\"ok\":true}},\"context_patch\":{{\"{name}\":\"was here\"}},\
         \"handoff\":{{\"tool\":\"{to}\",\"action\":\"go\",\"input\":{input}}}}}'\n"
    );
    let more = format!("limits = {{ run_ms = 20_000 }}\ngrants = {{ handoff = [{grants}] }}\n");
    lab.tool_with(name, &script, &more);
}

/// Answers with its own request as data.
const ECHO: &str = "read -r line\nprintf '{\"data\":{\"ok\":true,\"request\":%s}}\\n' \"$line\"\n";

fn tools_recorded(framework: &Framework) -> Vec<(String, String)> {
    let page = list_executions(framework, &ExecutionFilter::default()).expect("it can be read");
    let rows = page.executions.into_iter().rev();
    rows.map(|row| (row.start.tool.to_string(), row.status.as_str().to_owned()))
        .collect()
}

#[test]
fn the_last_tools_answer_is_the_answer_with_the_same_correlation_and_session() {
    let lab = Lab::new();
    hands_over(&lab, "scout", "mender", "{\"n\":7}", "\"mender.go\"");
    lab.tool("mender", ECHO);
    let framework = lab.framework();
    let completed = run(&framework, &call_in("scout", "s-1")).expect("it runs");
    let request = completed.data.as_ref().expect("it answers")["request"].clone();
    assert_eq!(completed.tool.as_str(), "mender");
    assert_eq!(request["input"], json!({ "n": 7 }));
    assert_eq!(request["correlation_id"], json!(completed.correlation_id));
    assert_eq!(request["context"]["data"], json!({ "scout": "was here" }));
    let detail = shown(&framework, &completed).execution;
    let scout = detail.start.parent_id.expect("it was handed over");
    let step = Step {
        execution_id: scout.clone(),
        tool: "scout".parse().expect("a name"),
        action: "go".parse().expect("a name"),
    };
    assert_eq!((completed.chain, completed.handoff), (vec![step], None));
    assert_eq!(completed.correlation_id.as_str(), scout.as_str());
}

#[test]
fn what_is_left_of_the_time_is_all_that_the_next_has() {
    let lab = Lab::new();
    hands_over(&lab, "scout", "mender", "{}", "\"mender.*\"");
    lab.tool("mender", ECHO);
    let deadline_ms = |patience_ms: Option<u64>| {
        let call = Call {
            patience: patience_ms.map(std::time::Duration::from_millis),
            ..call("scout", json!({}))
        };
        let data = run(&lab.framework(), &call)
            .expect("it runs")
            .data
            .expect("it answers");
        let text = data["request"]["context"]["deadline"]
            .as_str()
            .map(str::to_owned);
        let at: jiff::Timestamp = text.expect("a deadline").parse().expect("an instant");
        at.as_millisecond() - NOW_MS
    };
    // The mender's own limit would be 30 s; the scout's is 20 s, and some of it is gone.
    let own = deadline_ms(None);
    assert!((1..20_000).contains(&own), "{own}");
    let callers = deadline_ms(Some(15_000));
    assert!((1..15_000).contains(&callers), "{callers}");
}

#[test]
fn a_hand_over_that_is_not_granted_fails_the_tool_and_calls_nobody() {
    let lab = Lab::new();
    hands_over(&lab, "scout", "mender", "{}", "\"mender.look\"");
    lab.tool("mender", ECHO);
    let framework = lab.framework();
    let completed = run(&framework, &call("scout", json!({}))).expect("it runs");
    let error = completed.error.expect("it is refused");
    assert_eq!(
        (error.class, error.message.as_str()),
        (
            ErrorClass::Refused,
            "`scout` hands over to `mender.go`, which its manifest does not grant"
        )
    );
    assert_eq!(
        tools_recorded(&framework),
        [("scout".to_owned(), "failed".to_owned())]
    );
}

#[test]
fn a_circle_is_noticed_and_a_chain_without_end_is_cut() {
    let lab = Lab::new();
    hands_over(&lab, "ping", "pong", "{}", "\"pong.go\"");
    hands_over(&lab, "pong", "ping", "{}", "\"ping.go\"");
    // Counts up, so that no input comes twice.
    lab.tool_with(
        "climber",
        "read -r line\nn=$(printf %s \"$line\" | sed 's/.*\"n\":\\([0-9]*\\).*/\\1/')\n\
         echo '{\"data\":{\"ok\":true},\"handoff\":{\"tool\":\"climber\",\"action\":\"go\",\"input\":{\"n\":'$((n + 1))'}}}'\n",
        "grants = { handoff = [\"climber.go\"] }\n",
    );
    let told = |tool: &str, input: Value| {
        let completed = run(&lab.framework(), &call(tool, input)).expect("it runs");
        let message = completed
            .error
            .map(|error| error.message)
            .unwrap_or_default();
        (message, completed.chain.len())
    };
    assert_eq!(
        told("ping", json!({})),
        (
            "`ping.go` was called with this very input before in this chain".to_owned(),
            1
        )
    );
    assert_eq!(
        told("climber", json!({ "n": 1 })),
        (
            "`climber.go` would be execution 9 of this chain; 8 are allowed".to_owned(),
            7
        )
    );
}

#[test]
fn a_hand_over_to_what_is_not_there_is_told_and_what_was_done_stands() {
    let lab = Lab::new();
    hands_over(&lab, "scout", "nobody", "{}", "\"nobody.go\"");
    let framework = lab.framework();
    let completed = run(&framework, &call("scout", json!({}))).expect("it runs");
    let error = completed.error.expect("it could not begin");
    assert_eq!(
        (error.class, error.message.as_str()),
        (
            ErrorClass::NotFound,
            "it was handed over to `nobody.go`, which could not begin: there is no tool `nobody`"
        )
    );
    assert_eq!(
        tools_recorded(&framework),
        [("scout".to_owned(), "succeeded".to_owned())]
    );
}
