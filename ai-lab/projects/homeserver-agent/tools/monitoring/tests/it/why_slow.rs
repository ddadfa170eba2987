//! Why it is slow, asked of this very machine, a stand-in of a router and a port that is closed.

use std::net::TcpListener;

use fritzbox_standin::{FritzBox, Standin};
use serde_json::{Value, json};

use crate::caller::Caller;

fn quick() -> Value {
    json!({"interval_ms": 50, "max_bytes": 1024})
}

/// The kinds of causes that the machine itself has no part in: it may be busy while it is tested.
fn of_network(told: &Value) -> Vec<&str> {
    let kinds = told["causes"].as_array().expect("a list").iter();
    let kinds = kinds.filter_map(|cause| cause["kind"].as_str());
    kinds
        .filter(|kind| ["line_down", "target_down", "router_silent"].contains(kind))
        .collect()
}

#[test]
fn machine_router_and_checks_become_one_answer_within_its_bytes() {
    let mut fritz_box = FritzBox::default();
    fritz_box.line.status = "Disconnected".into();
    let router = Standin::start(fritz_box).expect("two ports are free");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let closed = listener.local_addr().expect("it has one").port();
    drop(listener);
    let caller = Caller::new(json!({
        "router": {"host": "127.0.0.1", "port": router.port()},
        "checks": [{"name": "nas", "probe": {"kind": "tcp", "host": "127.0.0.1", "port": closed}}],
    }));
    let told = caller.data("why_slow", &json!({"interval_ms": 50, "max_bytes": 16384}));
    assert_eq!(of_network(&told), ["line_down", "target_down"], "{told}");
    assert_eq!(told["looked_at"], json!(["machine", "router", "1 checks"]));
    assert_eq!(router.asked().len(), 1);
    router.with(|fritz_box| fritz_box.line.status = "Connected".into());
    let told = caller.data("why_slow", &quick());
    assert!(!of_network(&told).contains(&"line_down"), "{told}");
    let length = told.to_string().len();
    assert!(length <= 1024, "{length}");
}

#[test]
fn a_history_is_kept_by_each_run_of_alerts() {
    let caller = Caller::new(json!({}));
    let none = caller.data("history", &json!({}));
    assert_eq!(
        none["notes"],
        json!(["nothing is kept yet: each run of `alerts` adds its values"])
    );
    caller.data("alerts", &json!({"interval_ms": 50}));
    let told = caller.data("history", &json!({"series": "memory_available:"}));
    let row = &told["series"][0];
    assert_eq!(
        [&row["key"], &row["unit"], &row["points"], &row["fills"]],
        [
            &json!("memory_available:machine"),
            &json!("percent"),
            &json!(1),
            &Value::Null
        ]
    );
    assert_eq!(row["min"], row["last"]);
    let disks = caller.data("history", &json!({"series": "disk_available:"}));
    let states: Vec<&Value> = disks["series"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| &row["fills"]["state"])
        .collect();
    assert!(
        states.iter().all(|state| *state == "too_little_history"),
        "{states:?}"
    );
}
