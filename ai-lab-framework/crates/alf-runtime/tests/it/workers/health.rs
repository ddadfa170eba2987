//! How a process is asked whether it is well.

use std::time::Duration;

use ai_lab_contract::{ErrorClass, Health};
use alf_policy::WorkerPlan;
use alf_runtime::{Exit, WorkerBounds};
use serde_json::Map;

use super::{COUNTS, KEPT, Scene, bounds, class};
use crate::scene::LIMITS;

fn with_health(kept: &WorkerPlan) -> WorkerPlan {
    WorkerPlan {
        health: Some(Health {
            action: "health".parse().expect("a valid name"),
            input: Map::new(),
        }),
        ..kept.clone()
    }
}

#[test]
fn a_new_process_is_asked_how_it_is_before_it_gets_a_call() {
    let scene = Scene::counting("", with_health(&KEPT), LIMITS);
    let first = scene.call("one");
    assert_eq!(
        (first.output, first.log),
        (b"{\"data\":\"2 one\"}".to_vec(), b"log 1\nlog 2\n".to_vec())
    );
    assert_eq!(scene.said("two"), "{\"data\":\"3 two\"}");
}

#[test]
fn a_process_that_was_idle_for_long_is_asked_again() {
    let at_once = WorkerBounds {
        probe_after_idle: Duration::ZERO,
        ..bounds()
    };
    let scene = Scene::bounded(
        &COUNTS.replace("BEFORE", ""),
        with_health(&KEPT),
        LIMITS,
        at_once,
    );
    assert_eq!(
        [scene.said("one"), scene.said("two")],
        ["{\"data\":\"2 one\"}", "{\"data\":\"4 two\"}"]
    );
}

#[test]
fn a_process_that_is_not_well_is_ended_and_says_why() {
    let cases = [
        (
            "echo '{\"error\":{\"kind\":\"k\",\"message\":\"no router\"}}'; continue",
            "the tool says that it is not well: no router",
        ),
        (
            "echo '{}'; continue",
            "the tool's answer to its health action is no result",
        ),
        (
            "sleep 1000",
            "the tool did not say that it is well within 60ms",
        ),
    ];
    for (before, told) in cases {
        let kept = with_health(&KEPT);
        let start = if before.starts_with("sleep") {
            Duration::from_millis(60)
        } else {
            KEPT.start
        };
        let scene = Scene::counting(before, WorkerPlan { start, ..kept }, LIMITS);
        let report = scene.call("one");
        assert_eq!(class(&report), Some((ErrorClass::Crashed, told)));
        assert_ne!(report.exit, Exit::Lives);
    }
}

#[test]
fn a_slow_start_is_waited_for() {
    let script = format!(
        "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; {}",
        COUNTS.replace("BEFORE", "")
    );
    let scene = Scene::new(&script, with_health(&KEPT), LIMITS);
    assert_eq!(scene.said("one"), "{\"data\":\"2 one\"}");
}
