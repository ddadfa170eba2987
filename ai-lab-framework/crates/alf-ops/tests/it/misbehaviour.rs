//! Each way to misbehave ends within its limit, with its name, recorded, and with nothing left running.

use std::time::{Duration, Instant};

use ai_lab_contract::ErrorClass;
use alf_ops::run_tool;
use alf_store::{LogLevel, Status};
use serde_json::json;

use crate::scene::{HASTY, Lab, NARROW, SETTLED, WELL, call, log_of, run, shown, still_running};

/// Far above what any of them may take, for a loaded machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// What became of one call.
#[derive(Debug, PartialEq)]
struct Fate {
    error: Option<(ErrorClass, String)>,
    exit: String,
    log: Vec<(LogLevel, String)>,
}

fn fate_of(script: &str, more: &str) -> Fate {
    let lab = Lab::new();
    lab.tool_with("rogue", script, more);
    let framework = lab.framework();
    let called = Instant::now();
    // `run` looks for what is left in the process table.
    let completed = run(&framework, &call("rogue", json!({}))).expect("it is recorded");
    assert!(
        called.elapsed() < PATIENCE,
        "{script} took {:?}",
        called.elapsed()
    );
    let detail = shown(&framework, &completed);
    let log = log_of(&detail);
    let ended = detail.execution.ended.expect("it has ended");
    let error = completed.error.map(|error| (error.class, error.message));
    let recorded = ended.error.map(|error| (error.class, error.message));
    let status = if error.is_some() {
        Status::Failed
    } else {
        Status::Succeeded
    };
    assert_eq!(
        (detail.execution.status, &recorded),
        (status, &error),
        "{script}"
    );
    Fate {
        error,
        exit: ended.exit,
        log,
    }
}

/// The call fails so and its tool says nothing in its log.
fn check(script: &str, class: ErrorClass, message: &str, exit: &str) {
    check_with(script, class, message, exit, &[]);
}

fn check_with(
    script: &str,
    class: ErrorClass,
    message: &str,
    exit: &str,
    log: &[(LogLevel, &str)],
) {
    let expected = Fate {
        error: Some((class, message.to_owned())),
        exit: exit.to_owned(),
        log: log
            .iter()
            .map(|(level, text)| (*level, (*text).to_owned()))
            .collect(),
    };
    let limits = if class == ErrorClass::Timeout {
        HASTY
    } else {
        NARROW
    };
    assert_eq!(fate_of(script, limits), expected, "{script}");
}

const STILL_RUNNING: &str = "the tool was still running at its time limit";

#[test]
fn a_hang_is_a_timeout() {
    check(
        "sleep 1000",
        ErrorClass::Timeout,
        STILL_RUNNING,
        "signal 15",
    );
}

#[test]
fn who_ignores_the_request_to_end_is_killed() {
    let script = "trap '' TERM\nwhile :; do read x </dev/null; done";
    check(script, ErrorClass::Timeout, STILL_RUNNING, "signal 9");
}

#[test]
fn a_good_answer_and_no_end_is_a_timeout_all_the_same() {
    check(
        &format!("{WELL}sleep 1000"),
        ErrorClass::Timeout,
        STILL_RUNNING,
        "signal 15",
    );
}

#[test]
fn a_flood_on_standard_output_is_an_output_limit() {
    check(
        "while :; do echo 0123456789abcdef; done",
        ErrorClass::OutputLimit,
        "the tool wrote more than its output limit allows",
        "signal 9",
    );
}

#[test]
fn a_flood_on_standard_error_is_cut_and_does_not_harm_the_answer() {
    let fate = fate_of(
        &format!("head -c 500000 /dev/zero | tr '\\0' x >&2\n{WELL}"),
        NARROW,
    );
    let expected = [
        (LogLevel::Info, "x".repeat(1024)),
        (
            LogLevel::Warn,
            "the tool wrote 500000 bytes of log, 1024 are kept".to_owned(),
        ),
    ];
    assert_eq!(
        fate,
        Fate {
            error: None,
            exit: "exit 0".into(),
            log: expected.to_vec()
        }
    );
}

#[test]
fn an_endless_flood_on_standard_error_is_a_timeout() {
    let fate = fate_of("exec yes >&2", HASTY);
    assert_eq!(
        (fate.error, fate.exit),
        (
            Some((ErrorClass::Timeout, STILL_RUNNING.into())),
            "signal 15".into()
        )
    );
    let last = fate
        .log
        .last()
        .map(|(level, text)| (*level, text.ends_with("bytes of log, 1024 are kept")));
    assert_eq!(last, Some((LogLevel::Warn, true)));
}

#[test]
fn an_exit_without_a_word_is_no_result() {
    check(
        "exit 0",
        ErrorClass::NoResult,
        "the tool ended well and wrote no result line",
        "exit 0",
    );
    check(
        "echo; echo ' '",
        ErrorClass::NoResult,
        "the tool ended well and wrote no result line",
        "exit 0",
    );
}

#[test]
fn what_is_no_result_line_is_malformed() {
    let told = [
        "printf '{\"data\":'",
        "echo hello",
        "echo '{\"data\":{\"ok\":true}}'; echo '{\"data\":{\"ok\":true}}'",
        "echo '{\"data\":{\"ok\":NaN}}'",
        "echo '{\"data\":{\"ok\":true,\"ok\":true}}'",
        "echo '{\"dta\":1}'",
        "echo '{}'",
        "echo '{\"data\":1,\"error\":{\"kind\":\"k\",\"message\":\"m\"}}'",
        "printf '\\377\\376\\n'",
    ]
    .map(|script| {
        let Fate { error, exit, log } = fate_of(script, NARROW);
        let (class, message) = error.expect("it is no result");
        assert_eq!(
            (class, exit.as_str(), log),
            (ErrorClass::MalformedResult, "exit 0", Vec::new())
        );
        message
    });
    let line = "the tool wrote a line that is no result";
    assert_eq!(
        told,
        [
            "the tool wrote half a line: the JSON ends in the middle (line 1, column 9)",
            &format!("{line}: no JSON: expected value (line 1, column 1)"),
            &format!("{line}: more follows after the JSON's end (line 2, column 1)"),
            &format!("{line}: `NaN` is no JSON number (line 1, column 15)"),
            &format!("{line}: the key `ok` is there twice (line 1, column 23)"),
            &format!(
                "{line}: unknown field `dta`, expected one of `data`, `error`, `context_patch`, `handoff`, `metrics`, `execution_id`"
            ),
            "the result has neither `data` nor `error`",
            "the result has both `data` and `error`",
            &format!("{line}: the JSON is not UTF-8 (line 1, column 1)"),
        ]
    );
}

#[test]
fn data_that_breaks_the_output_schema_is_invalid_output() {
    check(
        "echo '{\"data\":{\"ok\":\"yes\"}}'",
        ErrorClass::InvalidOutput,
        "the tool's data does not fit its output schema at /ok: expected true or false, found the text `yes`",
        "exit 0",
    );
    check(
        "echo '{\"data\":{}}'",
        ErrorClass::InvalidOutput,
        "the tool's data does not fit its output schema: missing key `ok`",
        "exit 0",
    );
}

#[test]
fn a_good_answer_does_not_excuse_a_bad_end() {
    let script = format!("{WELL}echo 'no room on the disk' >&2\nexit 3");
    check_with(
        &script,
        ErrorClass::Crashed,
        "the tool ended with exit code 3; its last log line: no room on the disk",
        "exit 3",
        &[(LogLevel::Info, "no room on the disk")],
    );
    check(
        "kill -SEGV $$",
        ErrorClass::Crashed,
        "the tool was ended by signal 11",
        "signal 11",
    );
}

#[test]
fn the_tools_own_error_is_passed_on_as_it_is() {
    let script = r#"echo '{"error":{"kind":"router_busy","message":"the router is busy","retryable":true,"detail":{"port":443}}}'"#;
    let lab = Lab::new();
    lab.tool("router", script);
    let framework = lab.framework();
    let completed = run(&framework, &call("router", json!({}))).expect("it is recorded");
    let expected = json!({
        "class": "tool_failed", "kind": "router_busy", "message": "the router is busy",
        "retryable": true, "detail": { "port": 443 },
    });
    let error = completed.error.expect("the tool said so");
    assert_eq!(serde_json::to_value(&error).expect("JSON"), expected);
}

#[test]
fn a_grandchild_is_ended_and_named_in_the_log() {
    let fate = fate_of(&format!("sleep 1000 &\n{SETTLED}{WELL}"), "");
    let left = (
        LogLevel::Warn,
        "ended a process the tool left behind: sleep (PID)".to_owned(),
    );
    assert_eq!(
        fate,
        Fate {
            error: None,
            exit: "exit 0".into(),
            log: vec![left]
        }
    );
}

#[test]
fn a_daemon_in_a_session_of_its_own_is_ended_and_named_in_the_log() {
    let daemon = "setsid sh -c 'exec sleep 1000' </dev/null >/dev/null 2>&1 &\n";
    let fate = fate_of(&format!("{daemon}{SETTLED}{WELL}"), "");
    let left = (
        LogLevel::Warn,
        "ended a process the tool left behind: sleep (PID)".to_owned(),
    );
    assert_eq!(
        fate,
        Fate {
            error: None,
            exit: "exit 0".into(),
            log: vec![left]
        }
    );
}

#[test]
fn a_daemon_of_a_tool_that_hangs_is_ended_too() {
    let script = format!("setsid sleep 1000 &\n{SETTLED}sleep 1000");
    let fate = fate_of(&script, "limits = { run_ms = 5_000, grace_ms = 100 }");
    let left = (
        LogLevel::Warn,
        "ended a process the tool left behind: sleep (PID)".to_owned(),
    );
    let error = Some((ErrorClass::Timeout, STILL_RUNNING.to_owned()));
    assert_eq!(
        fate,
        Fate {
            error,
            exit: "signal 15".into(),
            log: vec![left]
        }
    );
}

#[test]
fn a_caller_that_waits_less_shortens_the_limit() {
    let lab = Lab::new();
    lab.tool("slow", "sleep 1000");
    let framework = lab.framework();
    let mut hasty = call("slow", json!({}));
    hasty.patience = Some(Duration::from_millis(50));
    let completed = run(&framework, &hasty).expect("it is recorded");
    assert_eq!(
        completed.error.map(|error| error.class),
        Some(ErrorClass::Timeout)
    );
}

#[test]
fn a_call_that_is_withdrawn_ends_the_tool_and_is_recorded_as_cancelled() {
    let lab = Lab::new();
    // The tool itself withdraws the call, in the middle of its run.
    let withdrawn = lab.pipe("withdrawn");
    lab.tool(
        "slow",
        &format!("echo >{}\nexec sleep 1000", withdrawn.path.display()),
    );
    let framework = lab.framework();
    let called = Instant::now();
    let completed = run_tool(
        &framework,
        &call("slow", json!({})),
        Some(rustix::fd::AsFd::as_fd(&withdrawn)),
    );
    let completed = completed.expect("it is recorded");
    assert!(called.elapsed() < PATIENCE);
    assert_eq!(
        still_running(completed.execution_id.as_str()),
        Vec::<String>::new()
    );
    let ended = shown(&framework, &completed)
        .execution
        .ended
        .expect("it has ended");
    let kept = ended.error.expect("it failed");
    assert_eq!(
        (kept.class, kept.message.as_str(), ended.exit.as_str()),
        (ErrorClass::Cancelled, "the call was withdrawn", "signal 15")
    );
}

#[test]
fn a_program_that_does_not_start_is_recorded_by_name() {
    let lab = Lab::new();
    lab.tool("probe", WELL);
    let text =
        crate::scene::manifest("probe", "").replace("[\"sh\", \"run.sh\"]", "[\"./broken\"]");
    lab.write("lab/tools/probe/tool.toml", text);
    let broken = lab.write("lab/tools/probe/broken", "\x7fELF and then nothing");
    std::fs::set_permissions(&broken, std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .expect("it is ours");
    let framework = lab.framework();
    let completed = run(&framework, &call("probe", json!({}))).expect("it is recorded");
    let error = completed.error.expect("there is no such shell");
    assert_eq!(
        (error.class, lab.without_root(&error.message)),
        (
            ErrorClass::Environment,
            "cannot start `/lab/tools/probe/broken`: Exec format error (os error 8)".to_owned()
        )
    );
}
