//! Calls and their answers.

use std::time::Duration;

use ai_lab_client::{
    Call, CallError, Completed, Durations, ExecutionError, Framework, Limits, Refusal,
};
use ai_lab_contract::{ErrorClass, Profile};
use serde_json::{Value, json};

use crate::{Script, chain};

fn call(input: Value) -> Call {
    Call::new(
        "monitoring".parse().expect("a tool's name"),
        "host".parse().expect("an action's name"),
        input,
    )
}

fn connect(script: &Script, limits: Limits) -> Framework {
    Framework::connect(&script.program, limits).expect("it speaks this contract")
}

/// Calls a framework that runs these lines.
fn run(lines: &str, input: Value) -> Result<Completed, CallError> {
    let script = Script::that_greets(lines);
    connect(&script, Limits::default()).run(script.path(), &call(input))
}

/// A script that answers with this JSON.
fn answering(answer: &str, code: u8) -> String {
    format!("cat > /dev/null\ncat <<'END'\n{answer}\nEND\nexit {code}")
}

const DONE: &str = r#"{
  "format": 1,
  "execution_id": "e-1",
  "correlation_id": "c-1",
  "tool": "monitoring",
  "action": "host",
  "profile": "standard",
  "data": null,
  "durations": {"queue_us": 1, "record_us": 2, "start_us": 3, "run_us": 4, "later_us": 5},
  "later": true
}"#;

fn done() -> Completed {
    Completed {
        execution_id: "e-1".parse().expect("an id"),
        correlation_id: "c-1".parse().expect("an id"),
        session_id: None,
        tool: "monitoring".parse().expect("a tool's name"),
        action: "host".parse().expect("an action's name"),
        profile: Profile::Standard,
        data: Some(Value::Null),
        error: None,
        handoff: None,
        durations: Durations {
            queue_us: 1,
            record_us: 2,
            start_us: 3,
            run_us: 4,
        },
    }
}

#[test]
fn a_call_runs_in_the_folder_with_its_input_on_standard_input() {
    let lines = format!(
        "echo \"$*\" > asked; pwd > where; cat > input\n{}",
        answering(DONE, 0)
    );
    let script = Script::that_greets(&lines);
    let call = Call {
        session: Some("s-1".parse().expect("an id")),
        correlation: Some("c-1".parse().expect("an id")),
        patience: Some(Duration::from_millis(1500)),
        ..call(json!({"top": 5}))
    };
    let completed = connect(&script, Limits::default()).run(script.path(), &call);
    assert_eq!(completed.expect("it is answered"), done());
    assert_eq!(
        script.read("asked"),
        "tool run monitoring.host --json --input - --session=s-1 --correlation=c-1 --timeout=1.5\n"
    );
    assert_eq!(
        script.read("where").trim_end(),
        script.path().display().to_string()
    );
    assert_eq!(script.read("input"), r#"{"top":5}"#);
}

#[test]
fn a_tool_that_failed_is_an_execution_with_an_error() {
    let answer = DONE.replace(
        r#""data": null,"#,
        r#""error": {"class":"tool_failed","kind":"no_route","message":"no route","retryable":true},"#,
    );
    let expected = Completed {
        data: None,
        error: Some(ExecutionError {
            class: ErrorClass::ToolFailed,
            kind: "no_route".to_owned(),
            message: "no route".to_owned(),
            retryable: true,
            detail: Value::Null,
        }),
        ..done()
    };
    let completed = run(&answering(&answer, 7), json!({})).expect("it is answered");
    assert_eq!(completed, expected);
}

#[test]
fn a_class_of_failure_that_is_new_is_read_as_internal() {
    let answer = DONE.replace(
        r#""data": null,"#,
        r#""error": {"class":"eaten","kind":"k","message":"a bear"},"#,
    );
    let completed = run(&answering(&answer, 99), json!({})).expect("it is answered");
    let error = completed.error.expect("it failed");
    assert_eq!(
        (error.class, error.message.as_str()),
        (ErrorClass::Internal, "a bear")
    );
}

#[test]
fn a_refusal_says_that_nothing_ran() {
    let answer = r#"{"format":1,"error":{"class":"not_found","message":"there is no tool `x`",
        "causes":["because"],"hint":"`tool list` shows all."}}"#;
    let error = run(&answering(answer, 4), json!({})).expect_err("it is refused");
    assert_eq!(error.to_string(), "there is no tool `x`");
    let CallError::Refused(refusal) = error else {
        panic!("it is another error: {error}");
    };
    assert_eq!(
        refusal,
        Refusal {
            class: ErrorClass::NotFound,
            message: "there is no tool `x`".to_owned(),
            causes: vec!["because".to_owned()],
            hint: Some("`tool list` shows all.".to_owned()),
        }
    );
}

#[test]
fn an_answer_that_is_none_is_told_with_how_the_framework_ended() {
    for (lines, told) in [
        (
            "exit 70",
            "the framework's answer is not understood, it ended with 70\n\
             EOF while parsing a value at line 1 column 0",
        ),
        (
            "echo '{'; kill -9 $$",
            "the framework was ended by a signal before it answered\n\
             EOF while parsing an object at line 2 column 0",
        ),
        (
            "echo '{}'",
            "the framework's answer is not understood, it ended with 0\nmissing field `error`",
        ),
    ] {
        let error = run(lines, json!({})).expect_err("it is no answer");
        assert_eq!(chain(&error), told);
    }
}

#[test]
fn neither_side_waits_for_the_other_with_a_full_pipe() {
    let large = "x".repeat(1_048_576);
    let data = serde_json::to_string(&large).expect("a text is JSON");
    let answer = DONE.replace("null", &data);
    // Answers in full before it reads its input, which no pipe holds either.
    let lines = answering(&answer, 0).replacen("cat > /dev/null\n", "", 1);
    let late = lines.replace("exit 0", "cat > /dev/null; exit 0");
    for lines in [lines, late] {
        let completed = run(&lines, json!({ "text": large })).expect("it is answered");
        assert_eq!(completed.data, Some(Value::String(large.clone())));
    }
}

#[test]
fn an_answer_without_end_is_ended_at_the_limit() {
    let script = Script::that_greets("exec yes");
    let limits = Limits {
        answer_bytes: 1000,
        ..Limits::default()
    };
    let error = connect(&script, limits)
        .run(script.path(), &call(json!({})))
        .expect_err("it never ends");
    assert_eq!(
        chain(&error),
        "the framework gave no answer\nit wrote more than 1000 bytes"
    );
}

#[test]
fn a_command_is_handed_over_with_its_exit_code() {
    let script = Script::that_greets("echo \"$*\" > asked; [ \"$1\" = die ] && kill -9 $$; exit 4");
    let framework = connect(&script, Limits::default());
    let ended = framework.hand_over(script.path(), &["tool", "list"]);
    assert_eq!(ended.expect("it is started"), Some(4));
    assert_eq!(script.read("asked"), "tool list\n");
    let ended = framework.hand_over(script.path(), &["die"]);
    assert_eq!(ended.expect("it is started"), None);
    let gone = script.path().join("gone");
    assert!(framework.hand_over(&gone, &[]).is_err());
}
