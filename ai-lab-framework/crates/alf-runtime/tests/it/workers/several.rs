//! Several calls at a time in one process, and several processes.

use std::io::Write as _;
use std::time::Duration;

use ai_lab_contract::ErrorClass;
use alf_policy::WorkerPlan;
use alf_runtime::{Exit, Lines, Order, Stop};

use super::{KEPT, Scene, class, eventually, request, short};
use crate::scene::LIMITS;

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
