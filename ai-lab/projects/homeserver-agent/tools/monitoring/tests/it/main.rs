//! The built program, as the framework calls it, against this very machine.

mod agreement;
mod alerts;
mod caller;
mod containers;
mod why_slow;

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn answered(input: &Value) -> (Output, Value) {
    let request = json!({
        "contract": 1, "execution_id": "e", "correlation_id": "c", "action": "host", "input": input,
    });
    #[expect(clippy::disallowed_methods, reason = "the test starts what it tests")]
    let mut child = Command::new(env!("CARGO_BIN_EXE_monitoring"))
        .env_clear()
        // Where a measured program writes its coverage; nothing in a usual run.
        .envs(std::env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    writeln!(stdin, "{request}").expect("the program reads");
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    let line = std::str::from_utf8(&output.stdout).expect("an answer is text");
    assert_eq!(line.matches('\n').count(), 1, "one line: {line}");
    let answer = serde_json::from_str(line).expect("an answer is JSON");
    (output, answer)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).expect("a Linux machine has it")
}

#[test]
fn this_machine_is_told_as_proc_tells_it() {
    let (output, answer) = answered(&json!({"interval_ms": 100, "top": 2, "loopback": true}));
    assert_eq!(output.status.code(), Some(0));
    let data = &answer["data"];
    assert_eq!(
        data["hostname"],
        read("/proc/sys/kernel/hostname").trim_end()
    );
    assert_eq!(
        data["kernel"],
        read("/proc/sys/kernel/osrelease").trim_end()
    );
    let cores = read("/proc/stat")
        .lines()
        .filter(|line| line.starts_with("cpu"))
        .count()
        - 1;
    assert_eq!(data["cpu"]["cores"], cores);
    assert_eq!(
        data["cpu"]["per_core_percent"].as_array().map(Vec::len),
        Some(cores)
    );
    let total = read("/proc/meminfo").lines().next().map(|line| {
        line.trim_matches(|c: char| !c.is_ascii_digit())
            .parse::<u64>()
            .expect("a number")
            * 1024
    });
    assert_eq!(data["memory"]["total_bytes"].as_u64(), total);
    let interval = data["interval_ms"].as_u64().expect("a number");
    assert!((100..5000).contains(&interval), "{interval}");
    let used = data["cpu"]["used_percent"].as_f64().expect("ticks passed");
    assert!((0.0..=100.0).contains(&used), "{used}");
    let names: Vec<_> = data["network"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|interface| interface["name"].as_str().expect("a name").to_owned())
        .collect();
    assert!(names.contains(&"lo".to_owned()), "{names:?}");
    let top = data["processes"]["top_memory"].as_array().expect("a list");
    assert_eq!(top.len(), 2);
    let sizes: Vec<_> = top
        .iter()
        .map(|process| process["rss_bytes"].as_u64())
        .collect();
    assert!(sizes.is_sorted_by(|a, b| a >= b), "{sizes:?}");
}

#[test]
fn an_input_out_of_range_is_refused_by_name() {
    let (output, answer) = answered(&json!({"interval_ms": 10}));
    assert_eq!(
        (output.status.code(), answer),
        (
            Some(0),
            json!({"error": {
                "kind": "invalid_input", "message": "the input does not fit: 10 is outside 50 to 5000",
                "retryable": false,
            }})
        )
    );
}
