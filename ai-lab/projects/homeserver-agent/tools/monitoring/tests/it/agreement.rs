//! What is told agrees with what other programs say of this machine. One that is not there is said to be missing.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::{Value, json};

use crate::caller::Caller;

/// What a program prints. `None`, and a sentence, where it is not there or says that it cannot.
fn printed(program: &str, arguments: &[&str]) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the test asks another program")]
    let output = Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C")
        .output();
    match output {
        Ok(output) if output.status.success() => {
            Some(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        Ok(output) => {
            let why = String::from_utf8_lossy(&output.stderr).into_owned();
            say(&format!("NOT COMPARED with {program}: {why}"));
            None
        }
        Err(why) => {
            say(&format!("NOT COMPARED with {program}: {why}"));
            None
        }
    }
}

/// That something is not compared must be seen.
#[expect(
    clippy::print_stdout,
    reason = "a test that passes over something says so"
)]
fn say(what: &str) {
    println!("{what}");
}

fn told(action: &str, input: &Value) -> Value {
    Caller::new(json!({})).data(action, input)
}

/// Whether two counts differ by less than one in twenty.
fn is_near(one: u64, other: u64) -> bool {
    one.abs_diff(other) <= one.max(other) / 20
}

#[test]
fn the_roots_room_is_what_df_says() {
    let Some(text) = printed(
        "df",
        &["--block-size=1", "--output=size,used,avail,ipcent", "/"],
    ) else {
        return;
    };
    let line = text.lines().nth(1).expect("df has a line for the root");
    let figures: Vec<u64> = line
        .split_ascii_whitespace()
        .map(|figure| figure.trim_end_matches('%').parse().unwrap_or_default())
        .collect();
    let host = told("host", &json!({"interval_ms": 50, "top": 0}));
    let disks = host["disks"].as_array().expect("a list");
    let Some(root) = disks.iter().find(|disk| disk["mount_point"] == "/") else {
        println!("NOT COMPARED with df: the root lies on no disk here");
        return;
    };
    let shown = |key: &str| root[key].as_u64().expect("a number");
    assert_eq!(shown("total_bytes"), figures[0]);
    assert!(is_near(shown("used_bytes"), figures[1]), "{root} {line}");
    assert!(
        is_near(shown("available_bytes"), figures[2]),
        "{root} {line}"
    );
    if let Some(inodes) = root["inodes_used_percent"].as_f64() {
        let df = f64::from(u32::try_from(figures[3]).expect("a share"));
        assert!((inodes - df).abs() <= 1.0, "{root} {line}");
    }
}

#[test]
fn the_interfaces_are_those_that_ip_lists() {
    let Some(text) = printed("ip", &["-json", "link"]) else {
        return;
    };
    let links: Value = serde_json::from_str(&text).expect("ip prints JSON");
    let names = |list: &Value, key: &str| -> BTreeSet<String> {
        let rows = list.as_array().expect("a list").iter();
        rows.map(|row| row[key].as_str().expect("a name").to_owned())
            .collect()
    };
    let host = told(
        "host",
        &json!({"interval_ms": 50, "top": 0, "loopback": true}),
    );
    assert_eq!(names(&host["network"], "name"), names(&links, "ifname"));
}

#[test]
fn systemd_is_seen_where_it_runs_and_its_absence_is_said_elsewhere() {
    let units = told("units", &json!({"interval_ms": 50}));
    let notes = units["notes"].to_string();
    assert!(notes.contains("what failed is not known"), "{notes}");
    let listed = printed(
        "systemctl",
        &[
            "list-units",
            "--type=service",
            "--state=running",
            "--plain",
            "--no-legend",
        ],
    );
    let running = units["count"]["running"].as_u64().expect("a number");
    match listed {
        Some(text) if running > 0 => {
            let listed = u64::try_from(text.lines().count()).expect("a count");
            assert!(running.abs_diff(listed) <= 2, "{running} {text}");
        }
        Some(_) => println!("NOT COMPARED with systemctl: the control groups show no services"),
        None => assert!(
            notes.contains("no systemd is seen here") || running > 0,
            "{notes}"
        ),
    }
}

#[test]
fn processes_and_memory_are_those_of_proc() {
    let host = told("host", &json!({"interval_ms": 50, "top": 5}));
    let entries = std::fs::read_dir("/proc").expect("a Linux machine has it");
    let listed = entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().parse::<u32>().is_ok())
        .count();
    let total = host["processes"]["total"].as_u64().expect("a number");
    let listed = u64::try_from(listed).expect("a count");
    // Others come and go meanwhile.
    assert!(
        total.abs_diff(listed) <= listed / 4 + 10,
        "{total} {listed}"
    );
    for process in host["processes"]["top_memory"].as_array().expect("a list") {
        let status = std::fs::read_to_string(format!("/proc/{}/status", process["pid"]));
        let Ok(status) = status else {
            continue;
        };
        let kib = status.lines().find_map(|line| {
            line.strip_prefix("VmRSS:")?
                .trim()
                .strip_suffix(" kB")?
                .parse()
                .ok()
        });
        let Some(kib) = kib else {
            continue;
        };
        let kib: u64 = kib;
        let shown = process["rss_bytes"].as_u64().expect("a number");
        assert!(
            shown.abs_diff(kib * 1024) <= shown / 2 + (8 << 20),
            "{process} {kib}"
        );
    }
}
