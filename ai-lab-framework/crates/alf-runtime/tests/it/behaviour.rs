//! Each way to misbehave ends within its limit, named, with nothing left.

use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use alf_policy::RunLimits;
use alf_runtime::{Exit, RunError, Stop, run};
use alf_secrets::HandOverPlan;

use crate::scene::{
    LIMITS, SUPERVISOR, alone, in_company, plan, run_plan, run_script, still_running,
};

const SHORT: RunLimits = RunLimits {
    run: Duration::from_millis(200),
    ..LIMITS
};

/// What ended it, what it wrote, what it left; and that nothing runs any more.
fn check(script: &str, limits: RunLimits) -> (Exit, Option<Stop>, String, Vec<String>) {
    let (plan, report) = run_script(script, limits);
    assert_eq!(
        still_running(&plan),
        Vec::<String>::new(),
        "left by {script}"
    );
    let names = report
        .left_behind
        .iter()
        .map(|process| process.name.clone())
        .collect();
    (
        report.exit,
        report.stop,
        String::from_utf8_lossy(&report.output).into_owned(),
        names,
    )
}

const NOBODY: Vec<String> = Vec::new();

#[test]
fn a_line_goes_in_and_a_line_comes_out() {
    let plan = plan("read line; echo \"got $line\"; echo note >&2", LIMITS);
    let report = run_plan(&plan, b"{\"a\":1}\n").expect("a shell starts");
    assert_eq!(
        (
            report.exit,
            report.stop,
            report.output,
            report.log,
            report.log_bytes,
            report.left_behind
        ),
        (
            Exit::Code(0),
            None,
            b"got {\"a\":1}\n".to_vec(),
            b"note\n".to_vec(),
            5,
            Vec::new()
        )
    );
}

#[test]
fn a_hang_ends_at_the_limit() {
    let called = Instant::now();
    assert_eq!(
        check("sleep 1000", SHORT),
        (Exit::Signal(15), Some(Stop::Timeout), String::new(), NOBODY)
    );
    assert!(called.elapsed() >= SHORT.run);
}

#[test]
fn who_ignores_sigterm_is_killed_after_the_grace() {
    // The shell itself must wait, for a child would be killed by the signal to the group.
    assert_eq!(
        check(
            "trap '' TERM; echo deaf; while :; do read x </dev/null; done",
            SHORT
        ),
        (
            Exit::Signal(9),
            Some(Stop::Timeout),
            "deaf\n".into(),
            NOBODY
        )
    );
}

#[test]
fn who_ends_within_the_grace_was_still_too_late() {
    let grace = RunLimits {
        grace: Duration::from_mins(1),
        ..SHORT
    };
    assert_eq!(
        check(
            "trap 'echo bye; exit 0' TERM; while :; do read x </dev/null; done",
            grace
        ),
        (Exit::Code(0), Some(Stop::Timeout), "bye\n".into(), NOBODY)
    );
}

#[test]
fn a_flood_ends_at_the_byte() {
    let (exit, stop, output, left) = check(
        "while :; do echo 0123456789abcdef0123456789abcdef; done",
        LIMITS,
    );
    assert_eq!(
        (exit, stop, output.len(), left),
        (
            Exit::Signal(9),
            Some(Stop::OutputLimit),
            LIMITS.output_bytes,
            NOBODY
        )
    );
}

#[test]
fn output_of_exactly_the_limit_is_no_flood() {
    let limits = RunLimits {
        output_bytes: 5,
        ..LIMITS
    };
    assert_eq!(
        check("echo four", limits),
        (Exit::Code(0), None, "four\n".into(), NOBODY)
    );
    assert_eq!(
        check("printf 123456", limits).1,
        Some(Stop::OutputLimit),
        "one byte more is a flood, also when the program has ended meanwhile"
    );
}

#[test]
fn a_flood_of_logs_is_counted_and_cut() {
    let (_, report) = run_script("head -c 500000 /dev/zero >&2; echo done", LIMITS);
    assert_eq!(
        (
            report.exit,
            report.log.len(),
            report.log_bytes,
            report.output
        ),
        (Exit::Code(0), LIMITS.log_bytes, 500_000, b"done\n".to_vec())
    );
}

#[test]
fn silence_crashes_and_half_lines_are_reported_as_they_are() {
    assert_eq!(
        check("exit 0", LIMITS),
        (Exit::Code(0), None, String::new(), NOBODY)
    );
    assert_eq!(
        check("exit 3", LIMITS),
        (Exit::Code(3), None, String::new(), NOBODY)
    );
    assert_eq!(
        check("kill -SEGV $$", LIMITS),
        (Exit::Signal(11), None, String::new(), NOBODY)
    );
    assert_eq!(
        check("printf '{\"data\":'", LIMITS),
        (Exit::Code(0), None, "{\"data\":".into(), NOBODY)
    );
}

#[test]
fn a_grandchild_is_ended_and_named() {
    assert_eq!(
        check(
            "sleep 1000 & while [ \"$(ps -o comm= -p $!)\" != sleep ]; do :; done; echo ok",
            LIMITS
        ),
        (Exit::Code(0), None, "ok\n".into(), vec!["sleep".to_owned()])
    );
}

#[test]
fn a_daemon_in_its_own_session_is_found_and_named() {
    let daemon = "setsid sh -c 'exec sleep 1000' </dev/null >/dev/null 2>&1 & ";
    let settled = "while [ \"$(ps -o comm= -p $!)\" != sleep ]; do :; done; echo ok";
    let (exit, stop, output, left) = check(&format!("{daemon}{settled}"), LIMITS);
    assert_eq!(
        (exit, stop, output),
        (Exit::Code(0), None, "ok\n".to_owned())
    );
    assert_eq!(left, ["sleep"]);
}

#[test]
fn a_daemon_that_holds_the_pipes_does_not_hold_the_answer() {
    let script =
        "setsid sleep 1000 & while [ \"$(ps -o comm= -p $!)\" != sleep ]; do :; done; echo ok";
    let called = Instant::now();
    let (exit, _, output, left) = check(script, LIMITS);
    assert_eq!(
        (exit, output, left),
        (Exit::Code(0), "ok\n".to_owned(), vec!["sleep".to_owned()])
    );
    assert!(called.elapsed() < LIMITS.run);
}

#[test]
fn a_daemon_without_the_marker_is_found_all_the_same() {
    let script = "env -i /usr/bin/setsid /bin/sleep 998 & \
         while [ \"$(ps -o comm= -p $!)\" != sleep ]; do :; done; echo $!";
    let _alone = alone();
    let plan = plan(script, LIMITS);
    let report =
        run(&plan, &HandOverPlan::default(), b"", &SUPERVISOR, None).expect("a shell starts");
    let pid = String::from_utf8_lossy(&report.output).trim().to_owned();
    let left: Vec<(String, &str)> = report
        .left_behind
        .iter()
        .map(|p| (p.pid.to_string(), p.name.as_str()))
        .collect();
    assert_eq!(left, [(pid.clone(), "sleep")]);
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
}

#[test]
fn a_tool_that_reads_nothing_may_still_answer() {
    let plan = plan("exec 0<&-; echo fine", LIMITS);
    let report = run_plan(&plan, &vec![b'x'; 10 << 20]).expect("a shell starts");
    assert_eq!(
        (report.exit, report.output),
        (Exit::Code(0), b"fine\n".to_vec())
    );
}

#[test]
fn ten_mebibytes_go_through_a_pipe_both_ways() {
    let limits = RunLimits {
        output_bytes: 20 << 20,
        ..LIMITS
    };
    let plan = plan("cat", limits);
    let line = vec![b'x'; 10 << 20];
    let report = run_plan(&plan, &line).expect("a shell starts");
    assert!(
        report.output == line,
        "{} of {} bytes came back",
        report.output.len(),
        line.len()
    );
}

#[test]
fn a_withdrawn_call_ends_the_tool() {
    let plan = plan("echo begun; sleep 1000", LIMITS);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    // Withdrawn before it starts is withdrawn all the same.
    std::io::Write::write_all(&mut &writer, b"x").expect("a pipe takes a byte");
    let _company = in_company();
    let report = run(
        &plan,
        &HandOverPlan::default(),
        b"",
        &SUPERVISOR,
        Some(reader.as_fd()),
    )
    .expect("a shell starts");
    assert_eq!(report.stop, Some(Stop::Cancelled));
    assert_eq!(still_running(&plan), Vec::<String>::new());
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let mut plan = plan("", LIMITS);
    plan.program = "/nowhere/tool".into();
    let error = run_plan(&plan, b"").expect_err("because there is no such program");
    assert!(matches!(error, RunError::Start { .. }));
    assert_eq!(error.to_string(), "cannot start `/nowhere/tool`");
}

#[test]
fn many_runs_at_once_do_not_end_each_other() {
    let answers: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|number| {
                scope.spawn(move || {
                    (0..5)
                        .map(|_| check(&format!("(exit 0) & wait; echo {number}"), LIMITS).2)
                        .collect::<String>()
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    let expected: Vec<String> = (0..8)
        .map(|number| format!("{number}\n").repeat(5))
        .collect();
    assert_eq!(answers, expected);
}
