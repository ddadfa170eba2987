//! Floods, large lines, and what is left when the framework ends or is killed.

use std::path::{Path, PathBuf};

use alf_policy::RunLimits;
use alf_runtime::{Lines, Order, Workers};
use serde_json::json;

use super::{KEPT, Scene, bounds, request, running};
use crate::scene::{LIMITS, SUPERVISOR};

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
        .args(["--exact", "--nocapture", "workers::ends::play_a_framework"])
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
