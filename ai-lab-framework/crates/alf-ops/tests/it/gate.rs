//! The gate: calls pass side by side, and nobody passes while it is closed.

use std::os::fd::AsFd as _;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use ai_lab_contract::ErrorClass;
use alf_ops::{
    Call, Failure, GateState, close_gate, gate_status, list_executions, refuse_call, run_tool,
};
use alf_store::ExecutionFilter;
use rustix::event::{EventfdFlags, eventfd};
use serde_json::json;

use crate::scene::{Lab, WELL, call, data, told};

/// Tells that it runs, and answers when it is told to.
const WAITS: &str =
    "echo >../../../pipes/begun\nread x <../../../pipes/go\necho '{\"data\":{\"ok\":true}}'\n";

/// A time in which every call that may run has long begun.
const ENOUGH: Duration = Duration::from_mins(1);

fn within(patience: Duration) -> Call {
    Call {
        patience: Some(patience),
        ..call("probe", json!({}))
    }
}

fn count(lab: &Lab) -> usize {
    let page = list_executions(&lab.framework(), &ExecutionFilter::default());
    page.expect("a record").executions.len()
}

#[test]
fn a_closed_gate_is_waited_for_within_the_bound_and_then_refuses_what_may_be_called_again() {
    let lab = Lab::new();
    lab.tool("probe", WELL);
    let framework = lab.framework();
    data(&framework, &call("probe", json!({})));
    let closed = close_gate(&framework, ENOUGH, &mut |_| ()).expect("nothing runs");
    let status = gate_status(&framework).expect("it is there");
    assert_eq!(
        (status.state, status.running),
        (GateState::Closed, Vec::new())
    );

    let patience = Duration::from_millis(200);
    let began = Instant::now();
    let refused = run_tool(&framework, &within(patience), None).expect_err("it is closed");
    let took = began.elapsed();
    assert!(patience <= took && took < ENOUGH, "{took:?}");
    assert_eq!(
        told(&lab, &refused),
        (
            ErrorClass::Unavailable,
            vec!["the framework is being updated: nothing runs until that is done".to_owned()],
            "Call again in a moment; `ai-lab-framework gate status` says whether it is done."
                .to_owned()
        )
    );
    assert!(refused.class.is_retryable());
    let not_refused = refuse_call(&framework, &within(patience), "no").expect_err("it is closed");
    assert_eq!(not_refused.class, ErrorClass::Unavailable);
    assert_eq!(count(&lab), 1, "what did not pass is not in the record");

    drop(closed);
    assert_eq!(
        gate_status(&framework).expect("it is there").state,
        GateState::Open
    );
    data(&framework, &call("probe", json!({})));
}

#[test]
fn a_call_that_waits_goes_on_when_the_gate_opens_and_can_be_withdrawn() {
    let lab = Lab::new();
    lab.tool("probe", WELL);
    let framework = lab.framework();
    let closed = close_gate(&framework, ENOUGH, &mut |_| ()).expect("nothing runs");
    let cancel = eventfd(1, EventfdFlags::empty()).expect("an event");
    let withdrawn = run_tool(&framework, &within(ENOUGH), Some(cancel.as_fd()));
    assert_eq!(
        withdrawn.expect_err("it was withdrawn").class,
        ErrorClass::Cancelled
    );
    let (tell, begins) = channel();
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| {
            tell.send(()).expect("somebody listens");
            run_tool(&framework, &call("probe", json!({})), None)
        });
        begins.recv().expect("it begins");
        drop(closed);
        let completed = waits.join().expect("no panic").expect("it runs");
        assert_eq!(completed.error, None);
    });
}

#[test]
fn who_closes_waits_for_what_runs_keeps_new_calls_out_and_names_who_it_waits_for() {
    let lab = Lab::new();
    lab.tool("slow", WAITS);
    lab.tool("probe", WELL);
    let mut begun = lab.pipe("begun");
    let mut go = lab.pipe("go");
    let framework = lab.framework();
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| run_tool(&lab.framework(), &call("slow", json!({})), None));
        begun.wait();
        let running = gate_status(&framework).expect("it is there").running;
        let [only] = &running[..] else {
            panic!("{running:?}");
        };
        let named = format!("slow.go ({}, process {})", only.execution_id, only.pid);
        assert_eq!(only.pid, std::process::id());

        let refused = close_gate(&framework, Duration::ZERO, &mut |_| ()).expect_err("it runs");
        assert_eq!(
            told(&lab, &refused),
            (
                ErrorClass::Conflict,
                vec![format!("after 0 s there still runs {named}")],
                "`ai-lab-framework execution cancel ID` withdraws a call in the background; `--wait SECONDS` waits longer."
                    .to_owned()
            )
        );
        data(&framework, &call("probe", json!({})));

        let (tell, waiting) = channel();
        let closer = lab.framework();
        let closing = scope.spawn(move || {
            close_gate(&closer, ENOUGH, &mut |running| {
                let _nobody_listens = tell.send(running.to_vec());
            })
        });
        assert_eq!(waiting.recv().expect("it waits"), running);
        let state = gate_status(&framework).expect("it is there").state;
        assert_eq!(state, GateState::Closing);
        let refused = run_tool(&framework, &within(Duration::ZERO), None);
        assert_eq!(class_of(refused), ErrorClass::Unavailable);
        go.tell();
        let completed = slow.join().expect("no panic").expect("it ran");
        assert_eq!((completed.error, completed.recorded), (None, true));
        let _closed = closing.join().expect("no panic").expect("nothing runs");
        let status = gate_status(&framework).expect("it is there");
        assert_eq!(
            (status.state, status.running),
            (GateState::Closed, Vec::new())
        );
        let second = close_gate(&framework, Duration::ZERO, &mut |_| ());
        assert_eq!(second.expect_err("it is taken").class, ErrorClass::Conflict);
    });
}

fn class_of<T: std::fmt::Debug>(result: Result<T, Failure>) -> ErrorClass {
    result.expect_err("it is refused").class
}
