//! Long-lived processes: shared, bounded, replaced, ended; each way to misbehave is named and leaves nothing.

use std::io::Write as _;
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use ai_lab_contract::{CONTRACT, Context, ErrorClass, Health, Request};
use alf_policy::{Kind, RunLimits, RunPlan, WorkerPlan};
use alf_runtime::{Exit, Lines, Order, RunError, RunReport, Stop, WorkerBounds, Workers};
use serde_json::{Map, json};

use crate::scene::{LIMITS, SUPERVISOR, in_company, plan};

/// Answers each line with its number, the process's id and the action; `$id` holds the call's execution id.
const COUNTS: &str = r#"n=0
while IFS= read -r line; do
  n=$((n+1)); id=${line#*execution_id\":\"}; id=${id%%\"*}; action=${line#*action\":\"}; action=${action%%\"*}
  echo "log $n" >&2
  BEFORE
  echo "{\"data\":\"$n $action\"}"
done"#;

static COUNT: AtomicU32 = AtomicU32::new(0);

const KEPT: WorkerPlan = WorkerPlan {
    in_flight: 1,
    processes: 1,
    idle: Duration::from_mins(1),
    max_calls: 1_000,
    start: Duration::from_secs(20),
    cancels: false,
    health: None,
};

/// One tool of kind `worker` with a pool of its own.
struct Scene {
    workers: Workers,
    plan: RunPlan,
    kept: WorkerPlan,
    folder: PathBuf,
    /// A line for each call that [`HOLDS`] holds.
    held: tempfile::NamedTempFile,
}

fn bounds() -> WorkerBounds {
    WorkerBounds {
        first_backoff: Duration::from_millis(1),
        longest_backoff: Duration::from_millis(4),
        ..WorkerBounds::default()
    }
}

impl Scene {
    fn new(script: &str, kept: WorkerPlan, limits: RunLimits) -> Self {
        Self::bounded(script, kept, limits, bounds())
    }

    fn bounded(script: &str, kept: WorkerPlan, limits: RunLimits, bounds: WorkerBounds) -> Self {
        let mut plan = plan(script, limits);
        plan.kind = Kind::Worker(kept.clone());
        let folder = plan.folder.clone();
        let held = tempfile::NamedTempFile::new().expect("a file");
        let place = held.path().to_str().expect("text").to_owned();
        plan.environment.insert("HELD".into(), place);
        Self {
            workers: Workers::new(&SUPERVISOR, bounds, None),
            plan,
            kept,
            folder,
            held,
        }
    }

    fn counting(before: &str, kept: WorkerPlan, limits: RunLimits) -> Self {
        Self::new(&COUNTS.replace("BEFORE", before), kept, limits)
    }

    fn try_call(&self, action: &str) -> Result<RunReport, RunError> {
        self.call_from("digest", action, None)
    }

    fn call(&self, action: &str) -> RunReport {
        self.try_call(action).expect("the program starts")
    }

    fn call_from(
        &self,
        origin: &str,
        action: &str,
        cancel: Option<&std::io::PipeReader>,
    ) -> Result<RunReport, RunError> {
        let _company = in_company();
        let order = Order {
            secrets: &alf_secrets::HandOverPlan::default(),
            plan: &self.plan,
            request: &request(action),
            origin,
        };
        let engine = std::sync::Arc::new(Lines) as std::sync::Arc<dyn alf_runtime::Engine>;
        self.workers.run(
            order,
            (&self.kept, None),
            &engine,
            cancel.map(|pipe| pipe.as_fd()),
        )
    }

    /// Waits until so many calls are in the hands of the process.
    fn wait_for_held(&self, count: usize) {
        let held = || std::fs::read_to_string(self.held.path()).expect("text");
        eventually("the calls are held", || held().lines().count() >= count);
    }

    /// The output of a call that succeeds.
    fn said(&self, action: &str) -> String {
        let report = self.call(action);
        assert_eq!(
            (report.exit, &report.stop),
            (Exit::Lives, &None),
            "{report:?}"
        );
        String::from_utf8(report.output).expect("text")
    }
}

fn request(action: &str) -> Request {
    let id = format!("call-{}", COUNT.fetch_add(1, Ordering::Relaxed));
    Request {
        contract: CONTRACT,
        execution_id: id.parse().expect("a valid id"),
        correlation_id: id.parse().expect("a valid id"),
        action: action.parse().expect("a valid name"),
        input: json!({}),
        config: Map::new(),
        context: Context::default(),
    }
}

fn class(report: &RunReport) -> Option<(ErrorClass, &str)> {
    match &report.stop {
        Some(Stop::Failed { class, why }) => Some((*class, why)),
        Some(Stop::Timeout | Stop::Cancelled | Stop::OutputLimit) | None => None,
    }
}

fn short() -> RunLimits {
    RunLimits {
        run: Duration::from_millis(150),
        ..LIMITS
    }
}

/// Processes that this test process's long-lived processes are, by their mark and the text in their arguments.
fn alive(text: &str) -> Vec<String> {
    let mark = format!("AI_LAB_EXECUTION_ID=worker:{}:", std::process::id());
    running(&mark, text)
}

fn running(mark: &str, text: &str) -> Vec<String> {
    std::fs::read_dir("/proc")
        .expect("/proc is mounted")
        .flatten()
        .filter(|entry| {
            let read = |name| std::fs::read(entry.path().join(name)).unwrap_or_default();
            contains(&read("environ"), mark.as_bytes())
                && contains(&read("cmdline"), text.as_bytes())
        })
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Waits for what another thread brings about.
fn eventually(what: &str, holds: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < until, "never: {what}");
        std::thread::yield_now();
    }
}

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

/// Takes any number of calls; answers only at `go`, all at once; a cancelled one at once.
const HOLDS: &str = r#"held=
while IFS= read -r line; do
  id=${line#*execution_id\":\"}; id=${id%%\"*}
  case $line in
    '{"cancel"'*) c=${line#*:\"}; c=${c%%\"*}; [ "$DEAF" ] || echo "{\"data\":0,\"execution_id\":\"$c\"}"
      kept=; for one in $held; do [ $one = $c ] || kept="$one $kept"; done; held=$kept; continue;;
    *'"action":"die"'*) kill -9 $$;;
    *'"action":"anonymous"'*) echo '{"data":1}';;
    *'"action":"go"'*) for one in $held $id; do echo "{\"level\":\"info\",\"message\":\"m\",\"execution_id\":\"$one\"}" >&2; echo "{\"data\":1,\"execution_id\":\"$one\"}"; done; held=;;
    *) held="$id $held"; echo held >&2; echo "$id" >>"$HELD";;
  esac
done"#;

fn several(in_flight: usize, cancels: bool) -> WorkerPlan {
    WorkerPlan {
        in_flight,
        cancels,
        ..KEPT
    }
}

#[test]
fn several_calls_are_in_flight_and_answered_in_any_order() {
    let scene = Scene::new(HOLDS, several(4, false), LIMITS);
    std::thread::scope(|scope| {
        let held: Vec<_> = (0..3).map(|_| scope.spawn(|| scene.call("hold"))).collect();
        scene.wait_for_held(3);
        let last = scene.call("go");
        assert_eq!((last.exit, last.stop), (Exit::Lives, None));
        for thread in held {
            let report = thread.join().expect("no panic");
            assert_eq!((report.exit, report.stop), (Exit::Lives, None));
            let log = String::from_utf8_lossy(&report.log).into_owned();
            let answer: serde_json::Value = serde_json::from_slice(&report.output).expect("JSON");
            let own = answer["execution_id"]
                .as_str()
                .expect("it says whose it is");
            assert!(log.contains(own), "{log} is not of {own}");
        }
    });
    assert_eq!(scene.workers.open(), 1);
}

#[test]
fn answers_that_come_in_one_piece_are_told_apart_though_logs_are_read_between() {
    let scene = Scene::new(
        &HOLDS.replace("echo held >&2", "head -c 20000 /dev/zero | tr '\\0' x >&2"),
        several(8, false),
        LIMITS,
    );
    std::thread::scope(|scope| {
        let held: Vec<_> = (0..7).map(|_| scope.spawn(|| scene.call("hold"))).collect();
        scene.wait_for_held(7);
        assert_eq!(scene.call("go").stop, None);
        for thread in held {
            assert_eq!(thread.join().expect("no panic").stop, None);
        }
    });
}

#[test]
fn an_answer_without_an_id_is_no_answer_where_several_may_be_out() {
    let scene = Scene::new(HOLDS, several(2, false), LIMITS);
    let report = scene.call("anonymous");
    let why = "the tool wrote an answer without the `execution_id` that tells whose it is";
    assert_eq!(class(&report), Some((ErrorClass::MalformedResult, why)));
}

#[test]
fn a_process_that_dies_takes_every_call_in_it_along() {
    let scene = Scene::new(HOLDS, several(3, false), LIMITS);
    std::thread::scope(|scope| {
        let held = scope.spawn(|| scene.call("hold"));
        scene.wait_for_held(1);
        assert_eq!(scene.call("die").exit, Exit::Signal(9));
        let report = held.join().expect("no panic");
        assert_eq!((report.exit, report.stop), (Exit::Signal(9), None));
    });
}

#[test]
fn a_timeout_ends_the_others_with_the_process_unless_it_can_withdraw_one() {
    let patient = |scene: &Scene, run: u64| {
        let mut plan = scene.plan.clone();
        plan.limits.run = Duration::from_millis(run);
        plan
    };
    for cancels in [false, true] {
        let scene = Scene::new(HOLDS, several(3, cancels), LIMITS);
        let hasty = patient(&scene, 100);
        let engine = std::sync::Arc::new(Lines) as std::sync::Arc<dyn alf_runtime::Engine>;
        std::thread::scope(|scope| {
            let held = scope.spawn(|| scene.call("hold"));
            scene.wait_for_held(1);
            let order = Order {
                secrets: &alf_secrets::HandOverPlan::default(),
                plan: &hasty,
                request: &request("hold"),
                origin: "digest",
            };
            let late = scene
                .workers
                .run(order, (&scene.kept, None), &engine, None)
                .expect("it runs");
            assert_eq!(late.stop, Some(Stop::Timeout));
            if cancels {
                assert_eq!(late.exit, Exit::Lives);
                scene.call("go");
                assert_eq!(held.join().expect("no panic").stop, None);
                return;
            }
            assert_eq!(late.exit, Exit::Signal(15));
            let other = held.join().expect("no panic");
            let id = &order.request.execution_id;
            let why = format!(
                "its process was ended because another call in it, {id}, ran into its time limit"
            );
            assert_eq!(class(&other), Some((ErrorClass::Crashed, &*why)));
        });
    }
}

#[test]
fn who_does_not_withdraw_within_its_grace_is_ended() {
    let mut scene = Scene::new(HOLDS, several(2, true), short());
    scene.plan.environment.insert("DEAF".into(), "1".into());
    let report = scene.call("hold");
    assert_eq!(
        (report.exit, report.stop),
        (Exit::Signal(15), Some(Stop::Timeout))
    );
}

#[test]
fn a_full_pool_lets_callers_wait_and_no_longer_than_their_time() {
    let scene = Scene::counting("[ $action = hang ] && sleep 1000", KEPT, LIMITS);
    let mut hasty = scene.plan.clone();
    hasty.limits.run = Duration::from_millis(50);
    let engine = std::sync::Arc::new(Lines) as std::sync::Arc<dyn alf_runtime::Engine>;
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    std::thread::scope(|scope| {
        let hung = scope.spawn(|| scene.call_from("digest", "hang", Some(&reader)));
        eventually("it hangs", || scene.workers.in_flight() == 1);
        let order = Order {
            secrets: &alf_secrets::HandOverPlan::default(),
            plan: &hasty,
            request: &request("late"),
            origin: "digest",
        };
        let late = scene
            .workers
            .run(order, (&scene.kept, None), &engine, None)
            .expect("it waits");
        let why = "every process of the tool was busy until the call's time was over";
        assert_eq!(
            (late.exit, class(&late)),
            (Exit::Never, Some((ErrorClass::Timeout, why)))
        );
        let (other, mut other_writer) = std::io::pipe().expect("a pipe");
        other_writer.write_all(b"x").expect("a pipe takes a byte");
        let withdrawn = scene
            .call_from("digest", "late", Some(&other))
            .expect("it waits");
        assert_eq!(
            (withdrawn.exit, withdrawn.stop),
            (Exit::Never, Some(Stop::Cancelled))
        );
        let next = scope.spawn(|| scene.said("next"));
        eventually("one waits", || scene.workers.waiting() == 1);
        writer.write_all(b"x").expect("a pipe takes a byte");
        assert_eq!(
            hung.join().expect("no panic").expect("it ran").stop,
            Some(Stop::Cancelled)
        );
        assert_eq!(next.join().expect("no panic"), "{\"data\":\"1 next\"}");
    });
}

#[test]
fn eight_callers_share_three_processes_and_every_call_is_answered_once() {
    let kept = WorkerPlan {
        processes: 3,
        max_calls: 7,
        ..KEPT
    };
    let scene = Scene::counting("", kept, LIMITS);
    let answered: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8_u8)
            .map(|number| {
                let scene = &scene;
                scope.spawn(move || {
                    let action = format!("a{number}");
                    (0..20)
                        .filter(|_| scene.said(&action).ends_with(&format!(" {action}\"}}")))
                        .count()
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .sum()
    });
    assert_eq!(answered, 160);
    assert!(scene.workers.open() <= 3);
}

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

#[test]
fn a_flood_of_logs_is_counted_and_cut_for_its_call_alone() {
    let scene = Scene::counting(
        "[ $action = loud ] && head -c 500000 /dev/zero >&2",
        KEPT,
        LIMITS,
    );
    let loud = scene.call("loud");
    assert_eq!(
        (loud.log.len(), loud.log_bytes),
        (LIMITS.log_bytes, 500_006)
    );
    assert_eq!(scene.call("quiet").log, b"log 2\n");
}

#[test]
fn ten_mebibytes_go_both_ways() {
    let limits = RunLimits {
        output_bytes: 20 << 20,
        ..LIMITS
    };
    let scene = Scene::new("cat", KEPT, limits);
    let mut request = request("echo");
    request.input = json!("x".repeat(10 << 20));
    let order = Order {
        secrets: &alf_secrets::HandOverPlan::default(),
        plan: &scene.plan,
        request: &request,
        origin: "digest",
    };
    let engine = std::sync::Arc::new(Lines) as std::sync::Arc<dyn alf_runtime::Engine>;
    let report = scene
        .workers
        .run(order, (&scene.kept, None), &engine, None)
        .expect("it runs");
    assert!(
        report.output == serde_json::to_vec(&request).expect("JSON"),
        "{} bytes came back",
        report.output.len()
    );
}

/// Plays a framework that has a process and is killed, when the test below starts it; else there is nothing to play.
#[test]
fn play_a_framework() {
    let Some(folder) =
        std::env::args().find_map(|argument| argument.strip_prefix("marks=").map(PathBuf::from))
    else {
        return;
    };
    let mut scene = Scene::counting("", KEPT, LIMITS);
    scene.workers = Workers::new(&SUPERVISOR, bounds(), Some(folder));
    scene.said("one");
    println!("served");
    std::thread::park();
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "plays the framework that is killed"
)]
fn the_next_start_ends_the_processes_of_a_framework_that_was_killed() {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Command, Stdio};
    let folder = tempfile::tempdir().expect("a folder");
    let marks: &Path = folder.path();
    let _alone = crate::scene::alone();
    let mut framework = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "--nocapture", "workers::play_a_framework"])
        .arg(format!("marks={}", marks.display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("this program starts");
    let output = BufReader::new(framework.stdout.take().expect("a pipe"));
    let served = output
        .lines()
        .map_while(Result::ok)
        .any(|line| line.contains("served"));
    let mark = format!("AI_LAB_EXECUTION_ID=worker:{}:", framework.id());
    let left_before = alf_runtime::end_orphaned_workers(marks);
    framework
        .kill()
        .and_then(|()| framework.wait().map(drop))
        .expect("it was started here");
    alf_runtime::end_orphaned_workers(marks);
    let files = std::fs::read_dir(marks).expect("the folder").count();
    assert_eq!(
        (served, left_before.len(), running(&mark, ""), files),
        (true, 0, Vec::new(), 0)
    );
}

#[test]
fn a_framework_that_ends_well_leaves_no_mark() {
    let folder = tempfile::tempdir().expect("a folder");
    let marks = folder.path().join("workers");
    let mut scene = Scene::counting("", KEPT, LIMITS);
    scene.workers = Workers::new(&SUPERVISOR, bounds(), Some(marks.clone()));
    scene.said("one");
    let count = || std::fs::read_dir(&marks).expect("the folder").count();
    assert_eq!(count(), 1);
    drop(scene);
    assert_eq!(count(), 0);
    assert_eq!(
        alf_runtime::end_orphaned_workers(&marks.join("nowhere")),
        Vec::new()
    );
}
