//! The example tool as a process: what the framework and a person see.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

/// The example beside this test; cargo builds both.
fn greeter() -> PathBuf {
    let mut path = std::env::current_exe().expect("a test knows its place");
    path.pop();
    path.pop();
    path.join("examples/greeter")
}

fn run(arguments: &[&str], input: &str) -> Output {
    #[expect(clippy::disallowed_methods, reason = "the test starts what it tests")]
    let mut child = Command::new(greeter())
        .args(arguments)
        .env_clear()
        // Where a measured program writes its coverage; nothing in a usual run.
        .envs(std::env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the example is built");
    let mut stdin = child.stdin.take().expect("it is piped");
    // A tool that is asked to describe itself does not read: its end of the pipe may be gone.
    let _gone = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("the child ends")
}

fn line(action: &str, name: &str) -> String {
    let request = json!({
        "contract": 1, "execution_id": "e", "correlation_id": "c",
        "action": action, "input": {"name": name},
    });
    request.to_string() + "\n"
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    std::str::from_utf8(bytes)
        .expect("lines are text")
        .lines()
        .map(|line| serde_json::from_str(line).expect("every line is JSON"))
        .collect()
}

#[test]
fn standard_output_carries_answers_and_nothing_else() {
    let output = run(&[], &(line("hello", "Ada") + &line("hello", "")));
    assert_eq!(
        (output.status.code(), lines(&output.stdout)),
        (
            Some(0),
            vec![
                json!({"data": {"text": "Good day, Ada."}, "context_patch": {"last_guest": "Ada"}}),
                json!({"error": {
                    "kind": "nameless_guest", "message": "the guest has no name", "retryable": false,
                }}),
            ]
        )
    );
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(told.matches("a stray print\n").count(), 2, "{told}");
    let logged =
        r#"{"level":"info","message":"a guest has come","execution_id":"e","correlation_id":"c"}"#;
    assert_eq!(told.matches(logged).count(), 2, "{told}");
}

#[test]
fn a_panic_is_one_whole_answer_line() {
    let output = run(&[], &line("stumble", "mind the step"));
    assert_eq!(
        (output.status.code(), lines(&output.stdout)),
        (
            Some(0),
            vec![json!({"error": {
                "kind": "panic", "message": "the action panicked: mind the step", "retryable": false,
            }})]
        )
    );
}

#[test]
fn a_person_can_describe_and_call() {
    let described: Value = serde_json::from_slice(&run(&["--describe"], "").stdout).expect("JSON");
    let actions: Vec<_> = described["actions"]
        .as_object()
        .expect("a map")
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        (&described["name"], actions),
        (&json!("greeter"), vec!["admit", "hello", "stumble"])
    );

    let called = run(&["--call", "hello", r#"{"name":"Ada"}"#], "");
    let answer: Value = serde_json::from_slice(&called.stdout).expect("JSON");
    assert_eq!(
        (called.status.code(), &answer["data"]),
        (Some(0), &json!({"text": "Good day, Ada."}))
    );

    let codes = [
        &["--call", "hello", "{}"][..],
        &["--call", "absent"],
        &["--call", "hello", "{"],
        &["--x"],
    ]
    .map(|arguments| run(arguments, "").status.code());
    assert_eq!(codes, [Some(7), Some(7), Some(2), Some(2)]);
}

/// Answers of the example to these names, with descriptor 3 as the shell opens it.
fn admitted(opened: &str, variable: Option<&str>, names: &[&str]) -> Vec<Value> {
    #[expect(clippy::disallowed_methods, reason = "the test starts what it tests")]
    let mut child = Command::new("/bin/sh")
        .args(["-c", &format!("exec \"$0\" {opened}")])
        .arg(greeter())
        .env_clear()
        .envs(variable.map(|number| ("AI_LAB_SECRETS_FD", number)))
        .envs(std::env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("there is a shell");
    let mut stdin = child.stdin.take().expect("it is piped");
    for name in names {
        stdin
            .write_all(line("admit", name).as_bytes())
            .expect("it reads");
    }
    drop(stdin);
    lines(&child.wait_with_output().expect("the child ends").stdout)
}

#[test]
fn a_secret_comes_from_the_descriptor_that_the_framework_names() {
    let refused = |why: &str| {
        let message = format!("the secret was not handed over: {why}");
        json!({"error": {"kind": "missing_secret", "message": message, "retryable": false}})
    };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        #[expect(clippy::disallowed_methods, reason = "a file of this test alone")]
        std::fs::write(&path, text).expect("room on the disk");
        format!("3<'{}'", path.display())
    };
    let good = file("good.json", r#"{"other":"x","password":"open \"sesame"}"#);
    let other = file("other.json", r#"{"other":"x"}"#);
    let none = file("none.json", "open sesame");
    let opened = "open \"sesame";
    assert_eq!(
        admitted(&good, Some("3"), &[opened, "wrong", opened]),
        [
            json!({"data": {"text": "Come in."}}),
            json!({"error": {"kind": "wrong_password", "message": "that is not the password", "retryable": false}}),
            json!({"data": {"text": "Come in."}}),
        ]
    );
    let told = [
        admitted(&good, None, &[opened]),
        admitted(&other, Some("3"), &[opened]),
        admitted(&none, Some("3"), &[opened]),
    ];
    assert_eq!(
        told.concat(),
        [
            refused("`password` is not in `grants.secrets`"),
            refused("`password` is not in `grants.secrets`"),
            refused("the descriptor 3 holds no names and values"),
        ]
    );
}
