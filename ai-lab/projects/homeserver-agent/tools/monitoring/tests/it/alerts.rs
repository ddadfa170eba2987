//! Alerts of this very machine: its memory is always in use by more than nothing.

use std::fs::File;
use std::io::Write;
use std::net::TcpListener;

use serde_json::{Value, json};

use crate::caller::{Caller, answer};

/// Memory left is bad below this, in percent; nothing else is looked at.
fn only_memory(warning: f64) -> Value {
    let off = [
        "disk_used",
        "inodes_used",
        "disk_stuck",
        "swap_used",
        "cpu_used",
        "pressure_cpu",
        "pressure_memory",
        "pressure_io",
        "load_per_core",
        "temperature",
        "raid_degraded",
        "smart_failing",
        "unit_failed",
        "container_unhealthy",
        "check_failed",
        "certificate",
    ];
    let mut thresholds: Value = off
        .map(|rule| (rule.to_owned(), json!({"on": false})))
        .into_iter()
        .collect();
    thresholds["memory_available"] = json!({
        "warning": warning, "critical": 0.01, "clears_at": warning + 0.01, "for_s": 0, "clear_for_s": 0,
    });
    json!({ "thresholds": thresholds })
}

const QUICK: &str = r#"{"interval_ms": 50}"#;

fn quick() -> Value {
    serde_json::from_str(QUICK).expect("it is JSON")
}

#[test]
fn an_alert_fires_stays_one_and_ends_when_the_value_is_well() {
    let mut caller = Caller::new(only_memory(100.0));
    let told = caller.data("alerts", &quick());
    let [alert] = told["alerts"].as_array().expect("a list").as_slice() else {
        panic!("one alert: {told}");
    };
    assert_eq!(told["format"], 1);
    assert_eq!(
        [
            &alert["key"],
            &alert["state"],
            &alert["severity"],
            &alert["times_fired"]
        ],
        [
            &json!("memory_available:machine"),
            &json!("firing"),
            &json!("warning"),
            &json!(1)
        ]
    );
    let sentence = alert["sentence"].as_str().expect("a sentence");
    assert!(sentence.contains("% of the memory"), "{sentence}");
    let again = caller.data("alerts", &quick());
    assert_eq!(
        [
            &again["alerts"][0]["since"],
            &again["alerts"][0]["times_fired"]
        ],
        [&alert["since"], &json!(1)]
    );
    caller.config = only_memory(0.02);
    let over = caller.data("alerts", &quick());
    assert_eq!(over["alerts"][0]["state"], "resolved");
    assert_eq!(over["alerts"][0]["resolved_at"], over["at"]);
    assert_eq!(over["alerts"].as_array().map(Vec::len), Some(1));
}

#[test]
fn runs_at_once_make_one_alert_and_lose_none() {
    let caller = Caller::new(only_memory(100.0));
    let running: Vec<_> = (0..4).map(|_| caller.begin("alerts", &quick())).collect();
    for child in running {
        let told = answer(child);
        assert_eq!(told["data"]["alerts"][0]["times_fired"], 1, "{told}");
    }
    let told = caller.data("alerts", &quick());
    assert_eq!(told["alerts"].as_array().map(Vec::len), Some(1));
}

#[test]
fn what_is_remembered_and_cannot_be_read_is_told_and_left_as_it_is() {
    let caller = Caller::new(only_memory(100.0));
    caller.data("alerts", &quick());
    let broken = caller.remembered("alerts.json").replace('}', "");
    File::create(caller.state("alerts.json"))
        .and_then(|mut file| file.write_all(broken.as_bytes()))
        .expect("it is written");
    let (kind, message) = caller.failed("alerts", &quick());
    assert_eq!(kind, "no_memory");
    assert!(
        message.starts_with("cannot use .state/alerts.json: ")
            && message.ends_with("move it away to begin anew"),
        "{message}"
    );
    assert_eq!(caller.remembered("alerts.json"), broken);
}

#[test]
fn thresholds_that_contradict_each_other_are_refused_before_anything_is_looked_at() {
    let caller = Caller::new(json!({"thresholds": {"disk_used": {"warning": 50}}}));
    let (kind, message) = caller.failed("alerts", &quick());
    assert_eq!(kind, "invalid_config");
    assert!(
        message.contains("thresholds.disk_used: `clears_at` (85)"),
        "{message}"
    );
    assert!(!caller.state("alerts.json").exists());
}

/// Nothing but checks is looked at, and this is the one.
fn only_check(port: u16) -> Value {
    let mut config = only_memory(1.0);
    config["thresholds"]["memory_available"] = json!({"on": false});
    config["thresholds"]["check_failed"] = json!({"on": true});
    config["checks"] =
        json!([{"name": "ssh", "probe": {"kind": "tcp", "host": "127.0.0.1", "port": port}}]);
    config
}

#[test]
fn a_check_that_fails_twice_on_end_fires_and_ends_once_it_succeeds() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it has one");
    drop(listener);
    let caller = Caller::new(only_check(address.port()));
    let listed = || caller.data("alerts", &quick())["alerts"].take();
    assert_eq!(listed(), json!([]));
    let firing = listed();
    assert_eq!(
        [
            &firing[0]["key"],
            &firing[0]["state"],
            &firing[0]["sentence"]
        ],
        [
            &json!("check_failed:ssh"),
            &json!("firing"),
            &json!(format!(
                "check ssh: {address}: the machine is there, and nothing listens on the port (2 times on end)"
            ))
        ]
    );
    let _open = TcpListener::bind(address).expect("it is free again");
    let over = listed();
    assert_eq!(over[0]["state"], "resolved");
    let checks = caller.data("checks", &json!({"only": ["ssh"]}));
    assert_eq!(
        [
            &checks["failed"],
            &checks["checks"][0]["outcome"],
            &checks["through_proxy"]
        ],
        [&json!(0), &json!("ok"), &json!(false)]
    );
    let (kind, message) = caller.failed("checks", &json!({"only": ["shh"]}));
    assert_eq!(
        (kind.as_str(), message.as_str()),
        ("invalid_input", "there is no check `shh`; there are: ssh")
    );
}
