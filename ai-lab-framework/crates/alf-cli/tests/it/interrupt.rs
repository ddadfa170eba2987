//! Ctrl-C, and a framework that is killed.

use insta::assert_snapshot;

use crate::scene::Lab;

/// A lab whose tool leaves a daemon, which tells through the pipe `../begun` that it runs, and then never ends.
fn slow_lab() -> Lab {
    let lab = Lab::new();
    lab.tool(
        "slow",
        "setsid sh -c 'echo >../../../begun; exec sleep 1000' & exec sleep 1000",
        "",
    );
    lab.shell("mkfifo ../begun");
    lab
}

/// The tools whose processes name the lab's newest execution.
const LEFT: &str = "grep -l -z AI_LAB_EXECUTION_ID=$(ai-lab-framework execution list slow --json | sed -n 's/.*\"execution_id\": \"\\(.*\\)\".*/\\1/p') /proc/[0-9]*/environ 2>/dev/null | wc -l";

#[test]
fn ctrl_c_ends_the_tool_and_is_recorded() {
    let lab = slow_lab();
    for signal in ["INT", "TERM", "HUP"] {
        let line = format!(
            "ai-lab-framework tool run slow.go & read x <../begun; kill -{signal} $!; wait $!"
        );
        let output = lab.shell(&line);
        assert_eq!(output.status.code(), Some(18), "{signal}");
    }
    assert_snapshot!(lab.play(&format!("
        ai-lab-framework tool run slow.go & read x <../begun; kill -INT $!; wait $!
        {LEFT}
        ai-lab-framework execution list
        ai-lab-framework execution list --status started
    ")), @r#"
    $ ai-lab-framework tool run slow.go & read x <../begun; kill -INT $!; wait $!
    2> ✗ slow.go: the call was withdrawn (cancelled)  recorded as ID
    exit 18

    $ grep -l -z AI_LAB_EXECUTION_ID=$(ai-lab-framework execution list slow --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p') /proc/[0-9]*/environ 2>/dev/null | wc -l
    0
    exit 0

    $ ai-lab-framework execution list
    execution  action  status  took  when  what
    ID  slow.go  failed  TIME  0 s ago  cancelled: the call was withdrawn
    ID  slow.go  failed  TIME  0 s ago  cancelled: the call was withdrawn
    ID  slow.go  failed  TIME  0 s ago  cancelled: the call was withdrawn
    ID  slow.go  failed  TIME  0 s ago  cancelled: the call was withdrawn
    2> 4 of 4
    exit 0

    $ ai-lab-framework execution list --status started
    execution  action  status  took  when  what
    2> 0 of 0
    exit 0
    "#);
}

#[test]
fn the_next_run_sets_right_what_a_killed_framework_left() {
    let lab = slow_lab();
    assert_snapshot!(lab.play(&format!("
        ai-lab-framework tool run slow.go & read x <../begun; kill -KILL $!; wait $! 2>/dev/null
        {LEFT}
        ai-lab-framework execution list
        PATH= ai-lab-framework doctor | grep -A 1 executions
        ai-lab-framework tool run probe.look host=nas >/dev/null 2>&1
        {LEFT}
        ai-lab-framework execution list
        ai-lab-framework logs --level warn
        ai-lab-framework execution verify
    ")), @r#"
    $ ai-lab-framework tool run slow.go & read x <../begun; kill -KILL $!; wait $! 2>/dev/null
    exit 137

    $ grep -l -z AI_LAB_EXECUTION_ID=$(ai-lab-framework execution list slow --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p') /proc/[0-9]*/environ 2>/dev/null | wc -l
    1
    exit 0

    $ ai-lab-framework execution list
    execution  action  status  took  when  what
    ID  slow.go  started        0 s ago
    2> 1 of 1
    exit 0

    $ PATH= ai-lab-framework doctor | grep -A 1 executions
    ✓ database    /home/.ai-lab/framework.db (schema 1.5, SQLite VERSION, executions: 1)
    ! executions  1 still running, or interrupted
                  The next `tool run` closes those whose framework is gone.
    exit 0

    $ ai-lab-framework tool run probe.look host=nas >/dev/null 2>&1
    exit 0

    $ grep -l -z AI_LAB_EXECUTION_ID=$(ai-lab-framework execution list slow --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p') /proc/[0-9]*/environ 2>/dev/null | wc -l
    0
    exit 0

    $ ai-lab-framework execution list
    execution  action  status  took  when  what
    ID  probe.look  succeeded  TIME  0 s ago
    ID  slow.go  interrupted  TIME  0 s ago  interrupted: the framework ended before the tool did
    2> 2 of 2
    exit 0

    $ ai-lab-framework logs --level warn
    2026-11-23 02:00:00 warn  slow: the framework ended before the tool did; ended what was left: sleep (PID)
    exit 0

    $ ai-lab-framework execution verify
    ✓ 4 links, none touched; head HASH
    exit 0
    "#);
}
