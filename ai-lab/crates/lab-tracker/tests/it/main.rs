//! The program from outside: called by hand, in the folder where a lab has it.

use std::fs;
use std::process::{Command, Output};

#[expect(clippy::disallowed_methods, reason = "the test starts what it tests")]
fn tracker(folder: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ai-lab-tracker"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program starts")
}

#[test]
fn it_finds_the_lab_above_its_own_folder() {
    let lab = tempfile::tempdir().expect("a folder is made");
    let own = lab.path().join("tools/tracker");
    fs::create_dir_all(&own).expect("a folder is made");
    fs::create_dir(lab.path().join("data")).expect("a folder is made");
    fs::File::create(lab.path().join("ai-lab.toml")).expect("the marker is made");
    let made = tracker(&own, &["--call", "create", r#"{"title":"Wet the plants"}"#]);
    let answer: serde_json::Value = serde_json::from_slice(&made.stdout).expect("it is JSON");
    assert_eq!(answer["data"]["id"], "ITEM-001", "{answer}");
    assert!(lab.path().join("data/ai_lab.db").is_file());
}

#[test]
fn without_a_lab_it_says_so() {
    let nowhere = tempfile::tempdir().expect("a folder is made");
    let told = tracker(nowhere.path(), &["--call", "prime", "{}"]);
    let answer: serde_json::Value = serde_json::from_slice(&told.stdout).expect("it is JSON");
    let message = format!(
        "no lab at {0} or above it: no folder has ai-lab.toml; the tool has to lie in a lab, as `ai-lab init` puts it",
        nowhere.path().display()
    );
    assert_eq!(answer["error"]["message"], message, "{answer}");
    assert_eq!(answer["error"]["kind"], "not_found");
}
