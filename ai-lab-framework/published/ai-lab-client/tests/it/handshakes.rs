//! The greeting.

use std::path::Path;
use std::time::Duration;

use ai_lab_client::{Framework, Greeting, HandshakeError, Limits};

use crate::{GREETING, Script, chain};

fn refused(lines: &str, limits: Limits) -> HandshakeError {
    let script = Script::new(lines);
    Framework::connect(&script.program, limits).expect_err("it is no framework to call")
}

#[test]
fn a_framework_of_this_contract_is_greeted() {
    let script = Script::new(&format!(
        "echo \"$*\" > \"${{0%/*}}/asked\"; echo '{GREETING}'"
    ));
    let framework =
        Framework::connect(&script.program, Limits::default()).expect("it speaks this contract");
    assert_eq!(
        *framework.greeting(),
        Greeting {
            format: 1,
            name: "ai-lab-framework".to_owned(),
            version: "0.1.0".to_owned(),
            contract: 1,
            schema: "1.1".to_owned(),
        }
    );
    assert_eq!(framework.program(), script.program);
    assert_eq!(script.read("asked"), "version --json\n");
}

#[test]
fn what_a_newer_minor_adds_is_passed_over() {
    let newer = GREETING.replace('}', r#","new":[1]}"#);
    let script = Script::new(&format!("echo '{newer}'"));
    assert!(Framework::connect(&script.program, Limits::default()).is_ok());
}

#[test]
fn another_major_of_the_contract_is_refused_by_name_whatever_else_it_says() {
    let answer = r#"{"name":"ai-lab-framework","version":"2.0.0","contract":2}"#;
    let error = refused(&format!("echo '{answer}'"), Limits::default());
    assert!(matches!(
        &error,
        HandshakeError::OtherContract { theirs: 2, .. }
    ));
    assert_eq!(
        chain(&error),
        "framework 2.0.0 speaks contract 2, contract 1 is needed"
    );
}

#[test]
fn a_program_that_is_something_else_is_refused_by_name() {
    for (lines, told) in [
        (
            r#"echo '{"name":"cat\u001b","contract":1}'"#,
            "the program is `cat\\u{1b}`, not `ai-lab-framework`",
        ),
        (
            "echo usage; exit 2",
            "the framework's greeting is not understood, it ended with 2\n\
             expected value at line 1 column 1",
        ),
        (
            "kill -9 $$",
            "the framework was ended by a signal as it was greeted\n\
             EOF while parsing a value at line 1 column 0",
        ),
        (
            r#"echo '{"name":"ai-lab-framework","contract":1}'"#,
            "the framework's greeting is not understood, it ended with 0\n\
             missing field `format` at line 1 column 40",
        ),
    ] {
        assert_eq!(chain(&refused(lines, Limits::default())), told);
    }
}

#[test]
fn a_program_that_says_nothing_is_ended_at_the_limit() {
    let limits = Limits {
        handshake: Duration::from_millis(50),
        ..Limits::default()
    };
    assert_eq!(
        chain(&refused("exec sleep 1000", limits)),
        "the framework does not answer\nit said nothing within 50ms"
    );
}

#[test]
fn a_program_that_never_stops_talking_is_ended_at_the_limit() {
    assert_eq!(
        chain(&refused("exec yes", Limits::default())),
        "the framework does not answer\nit wrote more than 65536 bytes"
    );
}

#[test]
fn a_program_that_is_gone_is_named() {
    let error = Framework::connect(Path::new("/nowhere/x"), Limits::default())
        .expect_err("there is nothing");
    assert_eq!(
        chain(&error),
        "the framework does not answer\n\
         cannot start `/nowhere/x`\n\
         No such file or directory (os error 2)"
    );
}
