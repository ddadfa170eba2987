//! What is written runs at once.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use ai_lab_contract::Profile;
use alf_generator::{Kind, Language, NewTool, plan_new_tool, write_new_tool};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A tool written into a folder of its own.
fn written(language: Language, profile: Profile) -> (TempDir, PathBuf) {
    let root = tempfile::tempdir().expect("a temporary folder");
    let folder = root.path().join("good-notes");
    let files = plan_new_tool(&NewTool {
        name: "good-notes".parse().expect("a good name"),
        language,
        kind: Kind::Exec,
        profile,
        description: r#"Keeps "notes", and \ 'more' $HOME `x`."#.to_owned(),
    })
    .expect("it can be planned");
    write_new_tool(&folder, &files).expect("it can be written");
    (root, folder)
}

fn ran(folder: &Path, command: &[&str], sdk: bool, input: &str) -> Output {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../python");
    #[expect(
        clippy::disallowed_methods,
        reason = "the test starts what was written"
    )]
    let mut starting = Command::new(command[0]);
    starting
        .args(&command[1..])
        .current_dir(folder)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if sdk {
        starting.env("PYTHONPATH", python);
    }
    let mut child = starting.spawn().expect("the program is on the path");
    let mut stdin = child.stdin.take().expect("it is piped");
    let _gone = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("the child ends")
}

fn request(action: &str, input: &Value) -> String {
    let line = json!({
        "contract": 1, "execution_id": "e", "correlation_id": "c", "action": action, "input": input,
        "config": {}, "context": {"data": {}},
    });
    line.to_string() + "\n"
}

fn answers(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).expect("answers are text");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("every line is JSON"))
        .collect()
}

/// The tool's own answers to a good, a bad and an unknown call.
fn check_answers(language: Language, command: &[&str]) {
    let (_root, folder) = written(language, Profile::Standard);
    let lines = request("hello", &json!({"name": "Ada \"Байрон\"\n"}))
        + &request("hello", &json!({}))
        + &request("hello", &json!({"name": ""}))
        + &request("hello", &json!({"name": 7}))
        + &request("absent", &json!({}))
        + "nonsense";
    let output = ran(&folder, command, true, &lines);
    let told = answers(&output);
    let errors: Vec<_> = told[2..]
        .iter()
        .map(|answer| answer["error"]["kind"].as_str())
        .collect();
    assert_eq!(output.status.code(), Some(0));
    let names: Vec<_> = told[..2]
        .iter()
        .map(|answer| &answer["data"]["text"])
        .collect();
    // The shell drops line breaks at a text's end: a limit of `$(…)`.
    let ada = match language {
        Language::Shell => "Hello, Ada \"Байрон\".",
        Language::Python | Language::Rust => "Hello, Ada \"Байрон\"\n.",
    };
    assert_eq!(names, [&json!(ada), &json!("Hello, world.")]);
    let kinds = [
        "nameless_guest",
        "invalid_input",
        "unknown_action",
        "malformed_request",
    ];
    assert_eq!(errors, kinds.map(Some));
}

fn check_own_test(language: Language, command: &[&str]) {
    let (_root, folder) = written(language, Profile::Production);
    let output = ran(&folder, command, true, "");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_new_python_tool_answers() {
    check_answers(Language::Python, &["./tool.py"]);
}

#[test]
fn a_new_shell_tool_answers() {
    check_answers(Language::Shell, &["sh", "tool.sh"]);
}

#[test]
fn a_new_python_tool_passes_its_own_tests() {
    check_own_test(
        Language::Python,
        &["python3", "-m", "unittest", "discover", "-s", "tests"],
    );
    check_own_test(Language::Python, &["python3", "tests/faults.py"]);
}

#[test]
fn a_new_shell_tool_passes_its_own_tests() {
    check_own_test(Language::Shell, &["bash", "tests/test.sh"]);
    check_own_test(Language::Shell, &["sh", "tests/faults.sh"]);
}

#[test]
fn a_python_tool_without_the_package_says_what_to_install() {
    let (_root, folder) = written(Language::Python, Profile::Standard);
    // `-I` leaves out what the machine's own Python may have installed for the person.
    let output = ran(&folder, &["python3", "-I", "-S", "tool.py"], false, "");
    assert_eq!(
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).as_ref()
        ),
        (
            Some(1),
            "the package ai_lab_framework is missing: pip install ai-lab-framework\n"
        )
    );
}

#[test]
fn no_mark_of_a_template_is_left() {
    for language in [Language::Rust, Language::Python, Language::Shell] {
        for profile in Profile::ALL {
            let (_root, folder) = written(language, profile);
            let manifest = std::fs::read_to_string(folder.join("tool.toml")).expect("a manifest");
            assert!(
                manifest.contains(r#"description = "Keeps \"notes\", and \\ 'more' $HOME `x`.""#),
                "{manifest}"
            );
            for mark in ["@if", "@end", "@name", "@type", "@profile", "description@"] {
                assert!(!manifest.contains(mark), "{mark} in {manifest}");
            }
        }
    }
}
