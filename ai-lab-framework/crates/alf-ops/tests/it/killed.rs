//! The framework is killed, and the next one sets things right.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ai_lab_contract::{ErrorClass, ExecutionId};
use alf_ops::{Framework, list_executions, run_tool, verify_executions};
use alf_store::{Execution, ExecutionFilter, Status, Store as _};
use serde_json::json;

use crate::scene::{Lab, NamedPipe, SETTLED, WELL, call, data, read, still_running};

/// Names the lab and the tool to run in it, for the process that is going to be killed.
const PLAY: &str = "ALF_OPS_TEST_PLAYS_THE_FRAMEWORK";

/// Far above what the end of a killed process may take, for a loaded machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Not a test by itself: what [`framework_process`] starts. Runs one tool over and over and prints the id of each
/// execution once it has its answer.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the door of the process that is going to be killed"
)]
fn plays_the_framework() {
    let Ok(told) = std::env::var(PLAY) else {
        return;
    };
    let (root, tool) = told.split_once('\n').expect("a folder and a tool");
    let framework = Lab::at(PathBuf::from(root)).framework();
    loop {
        let completed = run_tool(&framework, &call(tool, json!({})), None).expect("it runs");
        let mut stdout = std::io::stdout().lock();
        writeln!(stdout, "answered {}", completed.execution_id).expect("somebody reads");
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "starts the process that is going to be killed"
)]
fn framework_process(lab: &Lab, tool: &str) -> Child {
    let this = std::env::current_exe().expect("the test's own program");
    Command::new(this)
        .args(["--exact", "killed::plays_the_framework", "--nocapture"])
        .env(PLAY, format!("{}\n{tool}", lab.path("").display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts")
}

/// A script's end: says that it has come so far, and waits for what never comes.
fn hangs(begun: &NamedPipe) -> String {
    let pipe = begun.path.display();
    // Opened for both, so that the end never comes; read by the shell itself, so that there is no other process.
    format!("mkfifo {pipe}.$$\necho >{pipe}\nread x <>{pipe}.$$\n")
}

/// What the log of an interrupted execution has to say, as the process table tells it before it is closed.
fn told_of(row: &Execution) -> Vec<String> {
    let mut pids: Vec<u32> = still_running(row.start.execution_id.as_str())
        .iter()
        .map(|pid| pid.parse().expect("a number"))
        .collect();
    pids.sort_unstable();
    let process = |pid: &u32| {
        let name = read(format!("/proc/{pid}/comm").as_ref());
        format!("{} ({pid})", name.trim())
    };
    let names: Vec<String> = pids.iter().map(process).collect();
    let text = "the framework ended before the tool did";
    if names.is_empty() {
        return vec![text.to_owned()];
    }
    vec![format!("{text}; ended what was left: {}", names.join(", "))]
}

/// The tool itself ends with its framework; waits until only so many of what it started are left.
fn await_left(row: &Execution, count: usize) {
    let begun = Instant::now();
    while still_running(row.start.execution_id.as_str()).len() != count {
        assert!(
            begun.elapsed() < PATIENCE,
            "the tool outlives its framework"
        );
        std::thread::yield_now();
    }
}

fn log_lines(framework: &Framework, row: &Execution) -> Vec<String> {
    let id = row.start.execution_id.as_str();
    let shown = alf_ops::show_execution(framework, id).expect("it is recorded");
    shown
        .logs
        .into_iter()
        .map(|entry| entry.line.text)
        .collect()
}

fn kill(mut process: Child) {
    process
        .kill()
        .and_then(|()| process.wait())
        .expect("it was started here");
}

fn rows(lab: &Lab) -> Vec<Execution> {
    let filter = ExecutionFilter {
        limit: 1000,
        ..ExecutionFilter::default()
    };
    list_executions(&lab.framework(), &filter)
        .expect("it can be read")
        .executions
}

#[test]
fn the_next_start_closes_what_a_killed_framework_left_open_and_ends_its_processes() {
    let lab = Lab::alone();
    let mut begun = lab.pipe("begun");
    let daemon = format!("setsid sleep 1000 </dev/null >/dev/null 2>&1 &\n{SETTLED}");
    lab.tool("slow", &format!("{daemon}{}", hangs(&begun)));
    lab.tool("probe", WELL);
    let process = framework_process(&lab, "slow");
    begun.wait();
    kill(process);
    let [open] = rows(&lab).try_into().expect("one call is one row");
    let id = open.start.execution_id.clone();
    assert_eq!(open.status, Status::Started);
    await_left(&open, 1);
    let expected = told_of(&open);

    let framework = lab.framework();
    assert_eq!(
        data(&framework, &call("probe", json!({}))),
        json!({ "ok": true })
    );

    assert_eq!(still_running(id.as_str()), Vec::<String>::new());
    let closed = alf_ops::show_execution(&framework, id.as_str()).expect("it is recorded");
    let error = closed
        .execution
        .ended
        .as_ref()
        .and_then(|ended| ended.error.clone())
        .expect("it failed");
    assert_eq!(
        (
            closed.execution.status,
            error.class,
            error.message.as_str(),
            error.retryable
        ),
        (
            Status::Interrupted,
            ErrorClass::Interrupted,
            "the framework ended before the tool did",
            true
        )
    );
    assert_eq!(log_lines(&framework, &open), expected);
    assert_eq!(
        verify_executions(&framework)
            .expect("it can be read")
            .findings,
        []
    );
}

#[test]
fn a_row_whose_framework_still_runs_is_left_alone() {
    let lab = Lab::alone();
    let mut begun = lab.pipe("begun");
    lab.tool("slow", &hangs(&begun));
    let process = framework_process(&lab, "slow");
    begun.wait();
    let before = rows(&lab);
    // A start that writes closes what is interrupted first.
    lab.framework().store().map(drop).expect("it opens");
    let after = rows(&lab);
    let id = before[0].start.execution_id.clone();
    let running = still_running(id.as_str()).len();
    kill(process);
    lab.framework().store().map(drop).expect("it opens");

    assert_eq!((after, running), (before, 1));
    assert_eq!(rows(&lab)[0].status, Status::Interrupted);
    assert_eq!(still_running(id.as_str()), Vec::<String>::new());
}

#[test]
fn each_interrupted_execution_names_its_own_processes_only() {
    let lab = Lab::alone();
    let mut begun = lab.pipe("begun");
    lab.tool("one", &hangs(&begun));
    lab.tool(
        "other",
        &format!("sleep 1000 &\n{SETTLED}{}", hangs(&begun)),
    );
    let processes = ["one", "other"].map(|tool| framework_process(&lab, tool));
    begun.wait();
    begun.wait();
    for process in processes {
        kill(process);
    }
    let open = rows(&lab);
    for row in &open {
        let daemons = usize::from(row.start.tool.as_str() == "other");
        await_left(row, daemons);
    }
    let expected: Vec<Vec<String>> = open.iter().map(told_of).collect();
    let framework = lab.framework();
    framework.store().map(drop).expect("it opens");
    let told: Vec<Vec<String>> = open.iter().map(|row| log_lines(&framework, row)).collect();
    let mut processes: Vec<usize> = told
        .iter()
        .map(|lines| lines[0].matches('(').count())
        .collect();
    processes.sort_unstable();
    assert_eq!((told, processes), (expected, vec![0, 1]));
}

#[test]
fn what_was_answered_is_in_the_record_whenever_the_framework_is_killed() {
    let lab = Lab::alone();
    lab.tool("probe", WELL);
    let answer = |line: &str| Some(line.split_once("answered ")?.1.parse().expect("a valid id"));
    // Where the blow falls: after so many answers, somewhere in the next run. Two frameworks write at once.
    for (first, second) in [
        (1, 2),
        (2, 1),
        (3, 5),
        (5, 4),
        (8, 13),
        (13, 8),
        (4, 1),
        (1, 6),
    ] {
        let playing = [first, second].map(|answers| {
            let mut process = framework_process(&lab, "probe");
            let stdout = process.stdout.take().expect("it is piped");
            (process, BufReader::new(stdout).lines(), answers)
        });
        let mut answered: Vec<ExecutionId> = Vec::new();
        for (process, mut lines, answers) in playing {
            let before = answered.len();
            while answered.len() < before + answers {
                let line = lines.next().expect("it goes on").expect("UTF-8");
                answered.extend(answer(&line));
            }
            kill(process);
            answered.extend(lines.map_while(Result::ok).filter_map(|line| answer(&line)));
        }
        let framework = lab.framework();
        let store = framework.store().expect("it opens after any kill");
        for id in &answered {
            let row = store.execution(id).expect("it can be read");
            let status = row.map(|row| row.status);
            assert_eq!(status, Some(Status::Succeeded), "{id} was answered");
        }
        assert_eq!(store.unfinished().expect("it can be read"), []);
        let report = verify_executions(&framework).expect("it can be read");
        assert_eq!(report.findings, []);
        let closed = ExecutionFilter {
            status: Some(Status::Interrupted),
            ..ExecutionFilter::default()
        };
        for row in store
            .executions(&closed)
            .expect("it can be read")
            .executions
        {
            assert_eq!(
                still_running(row.start.execution_id.as_str()),
                Vec::<String>::new()
            );
        }
    }
}
