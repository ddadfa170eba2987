//! What stands around an execution: retries, the breaker, stand-ins.

use std::time::Duration;

use ai_lab_contract::ErrorClass;
use alf_ops::{
    Call, Clock, Completed, Framework, StandIn, StoodIn, close_breaker, list_breakers,
    list_executions,
};
use alf_store::{Answered, Execution, ExecutionFilter};
use serde_json::{Value, json};

use crate::scene::{Lab, NOW_MS, call, manifest, read, run, shown};

/// Counts its calls in `state/count`, and answers well from the call on whose number stands in `state/well`.
const COUNTS: &str = "n=$(($(cat state/count) + 1)); echo $n >state/count\n\
    if [ $n -ge \"$(cat state/well)\" ]; then echo '{\"data\":{\"ok\":true,\"n\":'$n'}}'; \
    else echo '{\"error\":{\"kind\":\"away\",\"message\":\"not there\",\"retryable\":true}}'; fi\n";

const RETRY: &str = "retry = { attempts = 3, backoff_ms = 1, max_backoff_ms = 2 }\n";
const BREAKER: &str = "breaker = { failures = 2, window_s = 60, open_s = 30 }\n";
const LAST_GOOD: &str = "fallback = { last_good_s = 60 }\n";
const WRITES: &str = "grants = { write = [\"state\"] }\n";

/// A tool that answers well from its nth call on; `annotation` is its action's.
fn counting(lab: &Lab, well_from: u32, more: &str, annotation: &str) {
    let text = manifest("counter", &format!("{more}{WRITES}"));
    let annotated = format!("description = \"Goes.\"\n{annotation}");
    let text = text.replace("description = \"Goes.\"", &annotated);
    lab.write("lab/tools/counter/tool.toml", text);
    lab.write("lab/tools/counter/run.sh", COUNTS);
    lab.write("lab/tools/counter/state/count", "0\n");
    lab.write("lab/tools/counter/state/well", format!("{well_from}\n"));
}

fn calls_made(lab: &Lab) -> String {
    read(&lab.path("lab/tools/counter/state/count"))
        .trim()
        .to_owned()
}

/// Every execution there is, the first first.
fn recorded(framework: &Framework) -> Vec<Execution> {
    let page = list_executions(framework, &ExecutionFilter::default()).expect("it can be read");
    page.executions.into_iter().rev().collect()
}

fn at(lab: &Lab, seconds: i64) -> Framework {
    let mut surroundings = lab.surroundings();
    surroundings.clock = Clock::fixed(NOW_MS + seconds * 1_000);
    Framework::new(surroundings)
}

fn class(completed: &Completed) -> Option<ErrorClass> {
    completed.error.as_ref().map(|error| error.class)
}

#[test]
fn a_retryable_failure_of_an_idempotent_action_is_tried_again_and_every_try_is_recorded() {
    let lab = Lab::new();
    counting(&lab, 3, RETRY, "idempotent = true");
    let framework = lab.framework();
    let completed = run(&framework, &call("counter", json!({}))).expect("it runs");
    assert_eq!(
        (completed.data.clone(), completed.attempts),
        (Some(json!({ "ok": true, "n": 3 })), 3)
    );
    let rows = recorded(&framework);
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.start.attempt, row.status.as_str()))
        .collect();
    assert_eq!(told, [(1, "failed"), (2, "failed"), (3, "succeeded")]);
    let parents: Vec<_> = rows.iter().map(|row| row.start.parent_id.clone()).collect();
    let ids: Vec<_> = rows
        .iter()
        .map(|row| Some(row.start.execution_id.clone()))
        .collect();
    assert_eq!(parents, [None, ids[0].clone(), ids[1].clone()]);
    assert!(
        rows.iter()
            .all(|row| row.start.correlation_id == completed.correlation_id)
    );
}

#[test]
fn what_may_not_be_repeated_is_tried_once() {
    for (more, annotation) in [
        (RETRY.to_owned(), ""),
        (
            format!("profile = \"experimental\"\n{RETRY}"),
            "idempotent = true",
        ),
        (String::new(), "idempotent = true"),
    ] {
        let lab = Lab::new();
        counting(&lab, 3, &more, annotation);
        let completed = run(&lab.framework(), &call("counter", json!({}))).expect("it runs");
        assert_eq!(
            (
                class(&completed),
                completed.attempts,
                calls_made(&lab).as_str()
            ),
            (Some(ErrorClass::ToolFailed), 1, "1"),
            "{more}{annotation}"
        );
    }
}

#[test]
fn tries_end_with_the_callers_patience() {
    let lab = Lab::new();
    let retry = "retry = { attempts = 3, backoff_ms = 60_000, max_backoff_ms = 60_000 }\n";
    counting(&lab, 3, retry, "idempotent = true");
    let hasty = Call {
        patience: Some(Duration::from_secs(20)),
        ..call("counter", json!({}))
    };
    let completed = run(&lab.framework(), &hasty).expect("it runs");
    assert_eq!(
        (class(&completed), completed.attempts),
        (Some(ErrorClass::ToolFailed), 1)
    );
}

#[test]
fn a_breaker_is_one_for_all_processes_and_lets_one_call_try_when_its_time_is_over() {
    let lab = Lab::new();
    counting(&lab, 3, BREAKER, "");
    let called = |seconds| run(&at(&lab, seconds), &call("counter", json!({}))).expect("it runs");
    assert_eq!(
        [0, 1].map(|seconds| class(&called(seconds))),
        [Some(ErrorClass::ToolFailed); 2]
    );
    let open = called(2).error.expect("it is open");
    assert_eq!(
        (
            open.class,
            open.message.as_str(),
            open.retryable,
            open.detail
        ),
        (
            ErrorClass::Unavailable,
            "`counter` failed too often; it is called again in 29 s",
            true,
            json!({ "retry_after_s": 29 })
        )
    );
    assert_eq!(calls_made(&lab), "2");
    // The trial succeeds, and with it the breaker closes.
    assert_eq!(called(31).data, Some(json!({ "ok": true, "n": 3 })));
    assert_eq!(called(32).data, Some(json!({ "ok": true, "n": 4 })));
}

#[test]
fn a_person_closes_a_breaker_and_calls_go_through() {
    let lab = Lab::new();
    counting(&lab, 3, BREAKER, "");
    let framework = lab.framework();
    let tool = "counter".parse().expect("a name");
    let nothing = close_breaker(&framework, &tool).expect_err("because nothing failed yet");
    assert_eq!(nothing.class, ErrorClass::NotFound);
    for _ in 0..2 {
        run(&framework, &call("counter", json!({}))).expect("it runs");
    }
    let states = || -> Vec<_> {
        let list = list_breakers(&framework).expect("it can be read");
        list.breakers
            .iter()
            .map(|breaker| (breaker.state.as_str(), breaker.failures))
            .collect()
    };
    assert_eq!(states(), [("open", 0)]);
    close_breaker(&framework, &tool).expect("it is open");
    assert_eq!(states(), [("closed", 0)]);
    let completed = run(&framework, &call("counter", json!({}))).expect("it runs");
    assert_eq!(completed.data, Some(json!({ "ok": true, "n": 3 })));
}

#[test]
fn a_call_that_an_open_breaker_turns_away_is_recorded() {
    let lab = Lab::new();
    counting(&lab, 9, BREAKER, "");
    let framework = lab.framework();
    for _ in 0..3 {
        run(&framework, &call("counter", json!({}))).expect("it runs");
    }
    let classes: Vec<_> = recorded(&framework)
        .iter()
        .map(|row| {
            row.ended
                .as_ref()
                .and_then(|ended| Some(ended.error.as_ref()?.class))
        })
        .collect();
    assert_eq!(
        classes,
        [
            ErrorClass::ToolFailed,
            ErrorClass::ToolFailed,
            ErrorClass::Unavailable
        ]
        .map(Some)
    );
}

#[test]
fn another_action_stands_in_and_the_record_says_for_what() {
    let lab = Lab::new();
    counting(&lab, 9, "fallback = { action = \"spare\" }\n", "");
    let more = "\n[actions.spare]\ndescription = \"Stands in.\"\ninput = { type = \"object\" }\noutput = { type = \"object\" }\n";
    let path = lab.path("lab/tools/counter/tool.toml");
    lab.write("lab/tools/counter/tool.toml", read(&path) + more);
    lab.write(
        "lab/tools/counter/run.sh",
        "read -r line\ncase $line in *'\"action\":\"spare\"'*) echo '{\"data\":{\"spare\":1}}';; *) exit 3;; esac\n",
    );
    let framework = lab.framework();
    let completed = run(&framework, &call("counter", json!({}))).expect("it runs");
    let rows = recorded(&framework);
    let failed = rows[0].start.execution_id.clone();
    assert_eq!(completed.data, Some(json!({ "spare": 1 })));
    let stood_in = completed.fallback.clone().expect("it stands in");
    assert_eq!(
        (stood_in.by, stood_in.failed, stood_in.error.class),
        (
            StandIn::Action("spare".parse().expect("a name")),
            failed.clone(),
            ErrorClass::Crashed
        )
    );
    let detail = shown(&framework, &completed).execution;
    assert_eq!(detail.start.parent_id, Some(failed.clone()));
    assert_eq!(
        detail.ended.and_then(|ended| ended.answered),
        Some(Answered::InPlaceOf(failed))
    );
}

/// Well at the first call, away afterwards.
fn once_good(lab: &Lab, annotation: &str) -> Completed {
    counting(lab, 1, LAST_GOOD, annotation);
    let good = run(&at(lab, 0), &call("counter", json!({ "n": 1 }))).expect("it runs");
    assert_eq!(good.error, None);
    lab.write("lab/tools/counter/state/well", "99\n");
    good
}

#[test]
fn the_last_good_answer_to_the_same_input_stands_in_marked_stale() {
    let lab = Lab::new();
    let good = once_good(&lab, "read_only = true");
    let later = at(&lab, 50);
    let stale = run(&later, &call("counter", json!({ "n": 1 }))).expect("it runs");
    assert_eq!((stale.data.clone(), class(&stale)), (good.data, None));
    let Some(StoodIn { by, failed, .. }) = stale.fallback.clone() else {
        unreachable!("it stands in");
    };
    let by_good = StandIn::Stale {
        execution_id: good.execution_id.clone(),
        age_s: 50,
    };
    assert_eq!((by, failed), (by_good, stale.execution_id.clone()));
    let detail = shown(&later, &stale).execution;
    assert_eq!(
        (
            detail.status.as_str(),
            detail.ended.and_then(|ended| ended.answered)
        ),
        ("failed", Some(Answered::Stale(good.execution_id)))
    );
}

#[test]
fn an_old_answer_does_not_stand_in_for_another_input_another_time_or_another_deed() {
    let failed = |annotation: &str, seconds: i64, input: Value| {
        let lab = Lab::new();
        once_good(&lab, annotation);
        class(&run(&at(&lab, seconds), &call("counter", input)).expect("it runs"))
    };
    let same = json!({ "n": 1 });
    assert_eq!(failed("read_only = true", 1, same.clone()), None);
    let away = Some(ErrorClass::ToolFailed);
    assert_eq!(failed("read_only = true", 1, json!({ "n": 2 })), away);
    assert_eq!(failed("read_only = true", 61, same.clone()), away);
    assert_eq!(failed("", 1, same.clone()), away);
    // The caller's own mistake is told, whatever there is to stand in.
    let wrong = failed("read_only = true", 1, json!({ "n": "x" }));
    assert_eq!(wrong, Some(ErrorClass::InvalidInput));
}
