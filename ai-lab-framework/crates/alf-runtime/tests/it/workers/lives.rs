//! One call at a time: how a process lives, answers, fails and is replaced.

use std::io::Write as _;
use std::time::Duration;

use ai_lab_contract::ErrorClass;
use alf_policy::{RunLimits, WorkerPlan};
use alf_runtime::{Exit, RunError, RunReport, Stop, WorkerBounds};

use super::{KEPT, Scene, alive, class, eventually, short};
use crate::scene::LIMITS;

#[test]
fn one_process_serves_many_calls_each_with_its_own_log() {
    let scene = Scene::counting("", KEPT, LIMITS);
    let first = scene.call("one");
    assert_eq!(
        (
            first.exit,
            first.stop,
            first.output,
            first.log,
            first.log_bytes
        ),
        (
            Exit::Lives,
            None,
            b"{\"data\":\"1 one\"}".to_vec(),
            b"log 1\n".to_vec(),
            6
        )
    );
    let second = scene.call("two");
    assert_eq!(
        (second.output, second.log),
        (b"{\"data\":\"2 two\"}".to_vec(), b"log 2\n".to_vec())
    );
}

#[test]
fn ending_the_pool_ends_every_process_and_what_it_started() {
    let mark = format!("sleep 99{}", std::process::id());
    let scene = Scene::counting(
        &format!("[ $n = 1 ] && (setsid {mark} </dev/null >/dev/null 2>&1 &)"),
        KEPT,
        LIMITS,
    );
    scene.said("one");
    let text = mark.replace(' ', "\0");
    eventually("the daemon runs", || alive(&text).len() == 1);
    drop(scene);
    assert_eq!(alive(&text), Vec::<String>::new());
}

#[test]
fn a_hang_is_a_timeout_and_the_next_call_gets_a_new_process() {
    let scene = Scene::counting("[ $action = hang ] && sleep 1000", KEPT, short());
    assert_eq!(scene.said("ok"), "{\"data\":\"1 ok\"}");
    let hung = scene.call("hang");
    assert_eq!(
        (hung.exit, hung.stop),
        (Exit::Signal(15), Some(Stop::Timeout))
    );
    assert_eq!(hung.log, b"log 2\n");
    assert_eq!(scene.said("ok"), "{\"data\":\"1 ok\"}");
}

#[test]
fn a_flood_ends_at_the_byte() {
    let scene = Scene::counting(
        "[ $action = flood ] && head -c 200000 /dev/zero",
        KEPT,
        LIMITS,
    );
    scene.said("ok");
    let flooded = scene.call("flood");
    assert_eq!(
        (flooded.exit, flooded.stop),
        (Exit::Signal(9), Some(Stop::OutputLimit))
    );
    scene.said("ok");
}

#[test]
fn a_result_line_of_exactly_the_limit_is_no_flood() {
    let limits = RunLimits {
        output_bytes: 16,
        ..LIMITS
    };
    let scene = Scene::counting("", KEPT, limits);
    assert_eq!(scene.said("abc"), "{\"data\":\"1 abc\"}");
    assert_eq!(scene.call("abcd").stop, Some(Stop::OutputLimit));
}

#[test]
fn death_mid_call_is_told_with_how_it_ended_and_half_a_line_as_it_is() {
    let scene = Scene::counting(
        "[ $action = die ] && kill -SEGV $$; [ $action = half ] && { printf '{\"da'; exit 0; }; [ $action = quit ] && exit 3",
        KEPT,
        LIMITS,
    );
    scene.said("ok");
    let died = scene.call("die");
    assert_eq!(
        (died.exit, died.stop, died.log),
        (Exit::Signal(11), None, b"log 2\n".to_vec())
    );
    let half = scene.call("half");
    assert_eq!(
        (half.exit, half.stop, half.output),
        (Exit::Code(0), None, b"{\"da".to_vec())
    );
    assert_eq!(scene.call("quit").exit, Exit::Code(3));
    scene.said("ok");
}

#[test]
fn who_answers_nobody_or_the_wrong_one_is_ended() {
    for (before, told) in [
        (
            "echo '{\"data\":1,\"execution_id\":\"other\"}'",
            "the tool wrote an answer to no call that is out",
        ),
        ("echo hello", "the tool wrote a line that is no result"),
        ("echo", "the tool wrote a line that is no result"),
        ("echo '[]'", "the tool wrote a line that is no result"),
    ] {
        let scene = Scene::counting(before, KEPT, LIMITS);
        let report = scene.call("one");
        assert_eq!(
            class(&report),
            Some((ErrorClass::MalformedResult, told)),
            "{before}"
        );
        assert_eq!(report.exit, Exit::Signal(9));
    }
}

#[test]
fn a_second_answer_never_answers_the_next_call() {
    // The script waits until the first answer has been read, then writes another one out of turn.
    let scene = Scene::counting(
        "[ $action = twice ] && echo '{\"data\":\"early\"}'",
        KEPT,
        LIMITS,
    );
    assert_eq!(scene.said("twice"), "{\"data\":\"early\"}");
    eventually("it is ended", || scene.workers.open() == 0);
    assert_eq!(scene.said("next"), "{\"data\":\"1 next\"}");
}

#[test]
fn who_ended_while_idle_costs_no_call() {
    let scene = Scene::counting(
        "[ $action = last ] && { echo '{\"data\":0}'; exit 0; }",
        KEPT,
        LIMITS,
    );
    scene.said("last");
    eventually("it is gone", || scene.workers.open() == 0);
    assert_eq!(scene.said("next"), "{\"data\":\"1 next\"}");
}

#[test]
fn ten_deaths_at_the_start_are_ten_named_failures_and_reported() {
    let scene = Scene::new("echo broken >&2; exit 7", KEPT, LIMITS);
    let reports: Vec<RunReport> = (0..10).map(|_| scene.call("one")).collect();
    assert!(
        reports
            .iter()
            .all(|report| report.exit == Exit::Code(7) && report.stop.is_none())
    );
    let last = String::from_utf8_lossy(&reports[9].log).into_owned();
    assert_eq!(
        last,
        "broken\n{\"level\":\"warn\",\"message\":\"the tool's processes ended 10 times in a row before any had answered a call\"}\n"
    );
    assert_eq!(reports[1].log, b"broken\n");
}

#[test]
fn a_call_waits_no_longer_than_its_time_for_a_tool_that_may_not_start_again_yet() {
    let long = WorkerBounds {
        first_backoff: Duration::from_mins(1),
        longest_backoff: Duration::from_mins(1),
        ..WorkerBounds::default()
    };
    let scene = Scene::bounded("exit 7", KEPT, short(), long);
    assert_eq!(scene.call("one").exit, Exit::Code(7));
    let waited = scene.call("two");
    assert_eq!(waited.exit, Exit::Never);
    let why = "the tool's processes keep ending, and the next may not start before the call's time is over";
    assert_eq!(class(&waited), Some((ErrorClass::Timeout, why)));
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let mut scene = Scene::new("", KEPT, LIMITS);
    scene.plan.program = "/nowhere/tool".into();
    let error = scene
        .try_call("one")
        .expect_err("because there is no such program");
    assert!(matches!(error, RunError::Start { .. }));
    assert_eq!(error.to_string(), "cannot start `/nowhere/tool`");
}

#[test]
fn an_idle_process_is_ended_and_the_next_call_starts_another() {
    let kept = WorkerPlan {
        idle: Duration::from_millis(30),
        ..KEPT
    };
    let scene = Scene::counting("", kept, LIMITS);
    assert_eq!(scene.said("one"), "{\"data\":\"1 one\"}");
    eventually("it is ended", || scene.workers.open() == 0);
    assert_eq!(scene.said("two"), "{\"data\":\"1 two\"}");
}

#[test]
fn a_process_is_replaced_after_its_last_call() {
    let kept = WorkerPlan {
        max_calls: 2,
        ..KEPT
    };
    let scene = Scene::counting("", kept, LIMITS);
    let said: Vec<String> = (0..5).map(|_| scene.said("a")).collect();
    let expected = [1, 2, 1, 2, 1].map(|n| format!("{{\"data\":\"{n} a\"}}"));
    assert_eq!(said, expected);
}

#[test]
fn a_changed_tool_gets_new_processes_and_the_old_ones_end() {
    let scene = Scene::counting("", KEPT, LIMITS);
    let said = |origin: &str| {
        let report = scene.call_from(origin, "a", None).expect("it starts");
        String::from_utf8_lossy(&report.output).into_owned()
    };
    assert_eq!(
        ["old", "old", "new", "new"].map(said),
        ["1", "2", "1", "2"].map(|n| format!("{{\"data\":\"{n} a\"}}"))
    );
    assert_eq!(scene.workers.open(), 1);
    assert!(scene.folder.is_dir());
}

#[test]
fn the_variables_of_a_start_are_part_of_it_and_the_execution_is_not() {
    let mut scene = Scene::counting("", KEPT, LIMITS);
    scene.said("a");
    scene
        .plan
        .environment
        .insert("AI_LAB_EXECUTION_ID".into(), "another".into());
    assert_eq!(scene.said("a"), "{\"data\":\"2 a\"}");
    scene.plan.environment.insert("TZ".into(), "UTC".into());
    assert_eq!(scene.said("a"), "{\"data\":\"1 a\"}");
}

#[test]
fn a_withdrawn_call_ends_the_process_that_cannot_withdraw() {
    let scene = Scene::counting("sleep 1000", KEPT, LIMITS);
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    writer.write_all(b"x").expect("a pipe takes a byte");
    let report = scene
        .call_from("digest", "one", Some(&reader))
        .expect("it starts");
    assert_eq!(
        (report.exit, report.stop),
        (Exit::Signal(15), Some(Stop::Cancelled))
    );
}
