//! What a tool is handed: context, configuration, environment.

use std::collections::BTreeMap;

use ai_lab_contract::{CorrelationId, ErrorClass};
use alf_ops::{Call, Framework, run_tool};
use alf_policy::digest_of_json;
use alf_store::Store as _;
use serde_json::{Value, json};

use crate::scene::{Lab, call, call_in, configure, data, run, shown};

/// Answers with the whole request as data, and with what is asked for in `n` as a patch.
const ECHO: &str = "read -r line\nprintf '{\"data\":{\"ok\":true,\"request\":%s}}\\n' \"$line\"\n";

/// Patches the session with `{"PID": "done"}`, a key of its own.
const MARK: &str = "echo '{\"data\":{\"ok\":true},\"context_patch\":{\"'$$'\":\"done\"}}'\n";

fn session_data(framework: &Framework, session: &str) -> Value {
    let id = session.parse().expect("a valid id");
    let found = framework
        .store()
        .and_then(|store| Ok(store.session(&id)?))
        .expect("it can be read");
    serde_json::from_str(&found.expect("there is such a session").data).expect("JSON")
}

#[test]
fn a_tool_is_handed_the_whole_request() {
    let lab = Lab::new();
    lab.write(
        "lab/projects/homeserver/tools/echo/tool.toml",
        crate::scene::manifest("echo", "limits = { run_ms = 5000 }"),
    );
    lab.write("lab/projects/homeserver/tools/echo/run.sh", ECHO);
    let framework = lab.framework();
    let mut call = call_in("echo", "evening");
    call.correlation = Some("work-7".parse::<CorrelationId>().expect("a valid id"));
    call.input = json!({ "n": 4 });
    let completed = run(&framework, &call).expect("it runs");
    assert_eq!(
        completed.data.expect("it went well")["request"],
        json!({
            "contract": 1,
            "execution_id": completed.execution_id,
            "correlation_id": "work-7",
            "action": "go",
            "input": { "n": 4 },
            "config": {},
            "context": {
                "session_id": "evening",
                "user_id": "ada",
                "project_id": "homeserver",
                "deadline": "2026-11-23T02:00:05Z",
                "data": {},
            },
        })
    );
}

#[test]
fn a_patch_is_kept_and_handed_to_the_next_call() {
    let lab = Lab::new();
    lab.tool("set", "echo '{\"data\":{\"ok\":true},\"context_patch\":{\"host\":\"nas\",\"deep\":{\"a\":1,\"b\":2}}}'\n");
    lab.tool(
        "trim",
        "echo '{\"data\":{\"ok\":true},\"context_patch\":{\"deep\":{\"a\":null}}}'\n",
    );
    lab.tool("echo", ECHO);
    let framework = lab.framework();
    for tool in ["set", "trim"] {
        run(&framework, &call_in(tool, "evening")).expect("it runs");
    }
    let handed =
        |session| data(&framework, &call_in("echo", session))["request"]["context"]["data"].clone();
    assert_eq!(
        handed("evening"),
        json!({ "host": "nas", "deep": { "b": 2 } })
    );
    assert_eq!(
        handed("morning"),
        json!({}),
        "sessions know nothing of each other"
    );
    assert_eq!(session_data(&framework, "evening"), handed("evening"));
}

#[test]
fn a_failed_call_changes_no_context() {
    let lab = Lab::new();
    lab.tool(
        "torn",
        "echo '{\"data\":{},\"context_patch\":{\"host\":\"nas\"}}'\n",
    );
    let framework = lab.framework();
    let completed = run(&framework, &call_in("torn", "evening")).expect("it is recorded");
    assert!(completed.error.is_some());
    assert_eq!(session_data(&framework, "evening"), json!({}));
}

#[test]
fn a_call_that_may_not_run_begins_no_session() {
    let lab = Lab::new();
    lab.tool("echo", ECHO);
    let framework = lab.framework();
    let call = Call {
        input: json!("no object"),
        ..call_in("echo", "evening")
    };
    let completed = run(&framework, &call).expect("it is recorded");
    let class = completed.error.map(|error| error.class);
    let session = framework
        .store()
        .expect("it opens")
        .session(&"evening".parse().expect("a valid id"))
        .expect("it can be read");
    assert_eq!(
        (
            class,
            completed.session_id.map(|id| id.to_string()),
            session
        ),
        (
            Some(ErrorClass::InvalidInput),
            Some("evening".to_owned()),
            None
        )
    );
}

#[test]
fn two_threads_in_one_session_lose_nothing() {
    let lab = Lab::new();
    lab.tool("mark", MARK);
    let framework = lab.framework();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..10 {
                    run_tool(&framework, &call_in("mark", "evening"), None).expect("it runs");
                }
            });
        }
    });
    let kept = session_data(&framework, "evening");
    assert_eq!(
        kept.as_object().map(serde_json::Map::len),
        Some(20),
        "{kept}"
    );
}

#[test]
fn an_experimental_tool_is_handed_no_context_and_keeps_none() {
    let lab = Lab::new();
    let script = "read -r line\nprintf '{\"data\":{\"ok\":true,\"request\":%s},\"context_patch\":{\"a\":1}}\\n' \"$line\"\n";
    lab.tool_with("sketch", script, "profile = \"experimental\"");
    let framework = lab.framework();
    let completed = run(&framework, &call_in("sketch", "evening")).expect("it runs");
    let context = &completed.data.expect("it went well")["request"]["context"];
    assert_eq!(
        (
            completed.session_id,
            context.get("session_id"),
            &context["data"]
        ),
        (None, None, &json!({}))
    );
    let id = "evening".parse().expect("a valid id");
    let kept = framework
        .store()
        .and_then(|store| Ok(store.session(&id)?))
        .expect("it can be read");
    assert_eq!(kept, None);
}

#[test]
fn configuration_reaches_the_request_and_the_digest() {
    let lab = Lab::new();
    lab.tool("echo", ECHO);
    lab.tool("other", ECHO);
    let framework = lab.framework();
    configure(&framework, "echo", "depth", "3");
    configure(&framework, "echo", "hosts", "[\"nas\",\"router\"]");
    let configured = json!({ "depth": 3, "hosts": ["nas", "router"] });
    for (tool, config) in [("echo", configured), ("other", json!({}))] {
        let completed = run(&framework, &call(tool, json!({}))).expect("it runs");
        let digest = shown(&framework, &completed)
            .execution
            .start
            .configuration_digest;
        let handed = completed.data.expect("it went well")["request"]["config"].clone();
        assert_eq!(
            (handed, digest),
            (config.clone(), digest_of_json(&config).to_string())
        );
    }
}

#[test]
fn a_tool_sees_the_variables_it_is_granted_and_no_other() {
    let lab = Lab::new();
    let script = "printf '{\"data\":{\"ok\":true,\"seen\":\"%s\"}}\\n' \"$(tr '\\0' ';' </proc/$$/environ)\"\n";
    lab.tool_with(
        "nosy",
        script,
        "grants = { read = [\"/proc\"], environment = [\"EDITOR\", \"ABSENT\"] }",
    );
    let mut surroundings = lab.surroundings();
    surroundings.variables = [
        ("EDITOR", "vi"),
        ("TOKEN", "s3cret"),
        ("AI_LAB_HOME", "/h"),
        ("HOME", "/root"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let framework = Framework::new(surroundings);
    let completed = run(&framework, &call("nosy", json!({}))).expect("it runs");
    let data = completed.data.expect("it went well");
    let seen: BTreeMap<&str, &str> = data["seen"]
        .as_str()
        .expect("a text")
        .split_terminator(';')
        .filter_map(|entry| entry.split_once('='))
        .collect();
    let work = lab.path("home/work").join(completed.execution_id.as_str());
    let artifacts = work.join("artifacts");
    let [work, artifacts] = [&work, &artifacts].map(|path| path.to_str().expect("UTF-8"));
    assert_eq!(
        seen,
        BTreeMap::from([
            ("AI_LAB_ARTIFACTS", artifacts),
            ("AI_LAB_EXECUTION_ID", completed.execution_id.as_str()),
            ("AI_LAB_WORK", work),
            ("EDITOR", "vi"),
            ("HOME", work),
            ("LANG", "C.UTF-8"),
            ("PATH", "/usr/bin:/bin"),
            ("PYTHONDONTWRITEBYTECODE", "1"),
            ("TMPDIR", work),
        ])
    );
}
