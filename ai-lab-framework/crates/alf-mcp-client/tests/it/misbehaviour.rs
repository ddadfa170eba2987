//! The server that is bad on purpose.

use std::io::Write as _;
use std::time::Duration;

use ai_lab_contract::ErrorClass;
use alf_runtime::{Exit, Stop};
use serde_json::{Value, json};

use super::{bad, class, content};

#[test]
fn what_a_tool_says_becomes_data_or_its_own_error() {
    let scene = bad("");
    assert_eq!(scene.data("say", json!({})), content("hello"));
    assert_eq!(scene.data("structured", json!({})), json!({ "n": 1 }));
    let failed = scene.call("fails");
    let answer: Value = serde_json::from_slice(&failed.output).expect("JSON");
    assert_eq!(
        answer,
        json!({ "error": { "kind": "mcp_error", "message": "no such file", "retryable": false } })
    );
}

#[test]
fn errors_of_the_protocol_have_their_class() {
    let scene = bad("");
    let told = |tool: &str| scene.call(tool);
    assert_eq!(
        class(&told("refuses")),
        Some((
            ErrorClass::InvalidInput,
            "the server refuses the call: no `x` (-32602)"
        ))
    );
    assert_eq!(
        class(&told("breaks")),
        Some((
            ErrorClass::ToolFailed,
            "the server refuses the call: boom (-32000)"
        ))
    );
    let array = scene.call_with("say", json!([1]), None);
    assert_eq!(
        class(&array),
        Some((
            ErrorClass::InvalidInput,
            "a tool of an MCP server takes an object"
        ))
    );
    assert_eq!(
        class(&told("absent")).map(|(class, _)| class),
        Some(ErrorClass::Incompatible)
    );
}

#[test]
fn logs_and_progress_are_the_log_of_their_call() {
    let scene = bad("");
    let log = String::from_utf8(scene.call("say").log).expect("text");
    for said in [
        "on stderr\n",
        "{\"level\":\"info\",\"message\":\"progress 1 of 2: half\"}",
        "{\"level\":\"warn\",\"message\":\"slow\"}",
    ] {
        assert!(log.contains(said), "{said} is not in {log}");
    }
}

#[test]
fn what_the_server_asks_of_us_is_declined_and_told() {
    let scene = bad("");
    let report = scene.call("asks");
    let answer: Value = serde_json::from_slice(&report.output).expect("JSON");
    assert_eq!(answer["data"], content("[true, \"decline\", true]"));
    let log = String::from_utf8(report.log).expect("text");
    for asked in ["a model's words", "a person's input", "folders"] {
        assert!(
            log.contains(&format!("the server asked for {asked}: declined")),
            "{log}"
        );
    }
}

#[test]
fn a_line_that_is_no_json_is_passed_over() {
    assert_eq!(bad("").data("babbles", json!({})), content("hello"));
}

#[test]
fn floods_end_while_they_are_read() {
    for tool in ["floods", "endless"] {
        let scene = bad("");
        let report = scene.call(tool);
        assert_eq!(
            (report.exit, report.stop),
            (Exit::Signal(9), Some(Stop::OutputLimit)),
            "{tool}"
        );
        assert_eq!(scene.data("say", json!({})), content("hello"));
    }
}

#[test]
fn too_long_an_answer_fails_its_call_alone() {
    let scene = bad("");
    let report = scene.call("large");
    assert_eq!(
        (report.exit, report.stop),
        (Exit::Lives, Some(Stop::OutputLimit))
    );
}

#[test]
fn a_server_that_does_not_answer_is_ended_after_its_grace() {
    for tool in ["silent", "hangs"] {
        let mut scene = bad("");
        scene.listed();
        scene.plan.limits.run = Duration::from_millis(200);
        let report = scene.call(tool);
        assert_eq!(
            (report.exit, report.stop),
            (Exit::Signal(15), Some(Stop::Timeout)),
            "{tool}"
        );
    }
}

#[test]
fn a_withdrawn_call_that_goes_on_ends_the_server() {
    let scene = bad("");
    scene.listed();
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    writer.write_all(b"x").expect("a pipe takes a byte");
    let report = scene.call_with("silent", json!({}), Some(&reader));
    assert_eq!(
        (report.exit, report.stop),
        (Exit::Signal(15), Some(Stop::Cancelled))
    );
    assert_eq!(scene.data("say", json!({})), content("hello"));
}

#[test]
fn a_withdrawn_call_leaves_the_others_in_peace() {
    let mut scene = bad("");
    scene.listed();
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    scene.plan.limits.run = Duration::from_secs(2);
    let scene = &scene;
    std::thread::scope(|scope| {
        let other = scope.spawn(move || scene.call("silent"));
        let withdrawn = scope.spawn(move || scene.call_with("silent", json!({}), Some(&reader)));
        let until = std::time::Instant::now() + Duration::from_secs(20);
        while scene.runner.workers().in_flight() < 2 {
            assert!(std::time::Instant::now() < until, "never two in flight");
            std::thread::yield_now();
        }
        writer.write_all(b"x").expect("a pipe takes a byte");
        let withdrawn = withdrawn.join().expect("no panic");
        assert_eq!(
            (withdrawn.exit, withdrawn.stop),
            (Exit::Lives, Some(Stop::Cancelled))
        );
        let other = other.join().expect("no panic");
        assert_eq!(
            (other.exit, other.stop),
            (Exit::Signal(15), Some(Stop::Timeout))
        );
    });
}

#[test]
fn death_and_a_closed_output_are_told_as_they_are() {
    let scene = bad("");
    let died = scene.call("dies");
    assert_eq!((died.exit, died.stop), (Exit::Code(3), None));
    let closed = scene.call("closes");
    let why = "the server closed its output in the middle of a call";
    assert_eq!(class(&closed), Some((ErrorClass::Crashed, why)));
}

#[test]
fn a_server_that_begins_no_session_is_told_with_the_reason() {
    for (mode, told) in [
        ("mute", "the server began no session within 300ms"),
        ("listless", "the server did not list its tools within 300ms"),
    ] {
        let mut scene = bad(mode);
        scene.kept.start = Duration::from_millis(300);
        let report = scene.call("say");
        assert_eq!(class(&report), Some((ErrorClass::Crashed, told)), "{mode}");
    }
    let pages = bad("pages").call("say");
    let why = "the server's list of tools has more than 64 pages";
    assert_eq!(class(&pages), Some((ErrorClass::Crashed, why)));
    let nothing = super::Scene::new(std::path::Path::new("/bin/false"), &[], "").call("say");
    assert_eq!((nothing.exit, nothing.stop), (Exit::Code(1), None));
}

#[test]
fn a_tool_that_is_no_longer_what_was_pinned_is_not_called() {
    let mut scene = bad("");
    scene.pin();
    assert_eq!(scene.data("say", json!({})), content("hello"));
    assert_eq!(scene.data("mutates", json!({})), content("done"));
    let folder = scene
        .plan
        .folder
        .file_name()
        .expect("it has one")
        .to_string_lossy()
        .into_owned();
    let told = format!(
        "the server's tool `say` is no longer what was adopted: `ai-lab-framework tool refresh {folder}` shows what is different"
    );
    assert_eq!(
        class(&scene.call("say")),
        Some((ErrorClass::Incompatible, &*told))
    );
    assert_eq!(scene.data("babbles", json!({})), content("hello"));
}
