//! The gate from the command line: closed around a command, met by every way to call, freed by a kill.

use std::process::Child;
use std::time::{Duration, Instant};

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::mcp::agent::Agent;
use crate::scene::Lab;

/// A lab whose gate another process keeps closed, and that process.
fn closed() -> (Lab, Child) {
    let lab = Lab::new();
    lab.tool("waits", "echo >../../../begun; exec sleep 1000", "");
    lab.shell("mkfifo ../begun ../closed ../opens");
    let closes = lab
        .start("ai-lab-framework gate close -- sh -c 'echo >../closed; read x <../opens; exit 41'");
    assert!(lab.shell("read x <../closed").status.success());
    (lab, closes)
}

#[test]
fn it_is_closed_while_a_command_runs_whose_exit_code_is_ours() {
    let (lab, mut closes) = closed();
    assert_snapshot!(lab.play("
        ai-lab-framework gate status
        ai-lab-framework gate status --json
        ai-lab-framework tool run probe.look host=nas --timeout 0.2
        ai-lab-framework tool run probe.look host=nas --timeout 0.2 --json
        ai-lab-framework tool run --background probe.look host=nas --timeout 0.2
        ai-lab-framework gate close --wait 0 -- true
        ai-lab-framework execution list
        ai-lab-framework tool list
        echo >../opens
    "), @r#"
    $ ai-lab-framework gate status
    closed: nothing runs
    exit 0

    $ ai-lab-framework gate status --json
    {
      "format": 1,
      "state": "closed",
      "gate": "/home/.ai-lab/gate",
      "turnstile": "/home/.ai-lab/gate.turnstile",
      "running": []
    }
    exit 0

    $ ai-lab-framework tool run probe.look host=nas --timeout 0.2
    2> error: the framework is being updated: nothing runs until that is done
    2> hint: Call again in a moment; `ai-lab-framework gate status` says whether it is done.
    exit 21

    $ ai-lab-framework tool run probe.look host=nas --timeout 0.2 --json
    {
      "format": 1,
      "error": {
        "class": "unavailable",
        "message": "the framework is being updated: nothing runs until that is done",
        "causes": [],
        "hint": "Call again in a moment; `ai-lab-framework gate status` says whether it is done."
      }
    }
    exit 21

    $ ai-lab-framework tool run --background probe.look host=nas --timeout 0.2
    2> error: the framework is being updated: nothing runs until that is done
    2> hint: Call again in a moment; `ai-lab-framework gate status` says whether it is done.
    exit 21

    $ ai-lab-framework gate close --wait 0 -- true
    2> error: somebody else keeps the gate closed
    2> hint: An update is under way: `ai-lab framework status` shows it.
    exit 5

    $ ai-lab-framework execution list
    2> error: cannot open the framework's database
    2>   because there is no framework database at /home/.ai-lab/framework.db
    2> hint: Run a tool first: `ai-lab-framework tool run TOOL.ACTION`.
    exit 4

    $ ai-lab-framework tool list
    tool   version  profile   actions      from    description
    probe  1.2.3    standard  forget look  global  Looks at hosts.
    waits  0.1.0    standard  go           global  Plays waits.
    exit 0

    $ echo >../opens
    exit 0
    "#);
    assert_eq!(closes.wait().expect("a child").code(), Some(41));
    assert_snapshot!(lab.play("
        ai-lab-framework gate status
        ai-lab-framework gate close -- sh -c 'kill -TERM $$'
        ai-lab-framework gate close -- ./no-such-program
        ai-lab-framework gate close
        ai-lab-framework tool run probe.look host=nas > /dev/null 2>&1
        stat -c '%a %n' ../home/.ai-lab/gate ../home/.ai-lab/gate.turnstile
    "), @r#"
    $ ai-lab-framework gate status
    open
    exit 0

    $ ai-lab-framework gate close -- sh -c 'kill -TERM $$'
    exit 143

    $ ai-lab-framework gate close -- ./no-such-program
    2> error: cannot start `./no-such-program`
    2>   because No such file or directory (os error 2)
    exit 8

    $ ai-lab-framework gate close
    2> error: the following required arguments were not provided:
    2>   <COMMAND>...
    2> 
    2> Usage: ai-lab-framework gate close -- <COMMAND>...
    2> 
    2> For more information, try '--help'.
    exit 2

    $ ai-lab-framework tool run probe.look host=nas > /dev/null 2>&1
    exit 0

    $ stat -c '%a %n' ../home/.ai-lab/gate ../home/.ai-lab/gate.turnstile
    600 ../home/.ai-lab/gate
    600 ../home/.ai-lab/gate.turnstile
    exit 0
    "#);
}

#[test]
fn every_way_to_call_is_refused_in_the_bound() {
    let (lab, mut closes) = closed();
    let mut agent = Agent::connect(&lab, &[]);
    let began = Instant::now();
    let asked = agent.send(
        "tools/call",
        json!({ "name": "probe_look", "arguments": { "host": "nas" } }),
    );
    let background = lab.start("ai-lab-framework tool run --background probe.look host=nas --json");
    let called = lab.shell("ai-lab-framework tool run probe.look host=nas --json");
    let background = background.wait_with_output().expect("a child");
    let answer = agent.answer(asked);
    let took = began.elapsed();
    assert!(
        Duration::from_secs(10) <= took && took < Duration::from_secs(40),
        "{took:?}"
    );
    let refused = "the framework is being updated: nothing runs until that is done";
    for output in [&called, &background] {
        let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(
            (&told["error"]["message"], &told["error"]["class"]),
            (&json!(refused), &json!("unavailable"))
        );
        assert_eq!(output.status.code(), Some(21));
    }
    assert_eq!(answer["result"]["isError"], json!(true), "{answer}");
    let text = Agent::text(&answer["result"]);
    assert!(text.contains(refused), "{text}");
    lab.shell("echo >../opens");
    assert_eq!(closes.wait().expect("a child").code(), Some(41));
    let result = agent.call("probe_look", json!({ "host": "nas" }));
    assert_eq!(result["isError"], json!(false), "{result}");
}

#[test]
fn whoever_is_killed_lets_go() {
    let (lab, mut closes) = closed();
    closes.kill().expect("a child");
    closes.wait().expect("a child");
    assert_snapshot!(lab.play("
        ai-lab-framework gate status
        ai-lab-framework tool run waits.go > /dev/null 2>&1 & echo $! > ../pid; read x <../begun
        ai-lab-framework gate close --wait 0 -- true 2>&1 | sed 's/process [0-9]*/process PID/'
        kill -KILL $(cat ../pid)
        ai-lab-framework gate close --wait 30 -- echo closed
        echo >../opens
    "), @r#"
    $ ai-lab-framework gate status
    open
    exit 0

    $ ai-lab-framework tool run waits.go > /dev/null 2>&1 & echo $! > ../pid; read x <../begun
    exit 0

    $ ai-lab-framework gate close --wait 0 -- true 2>&1 | sed 's/process [0-9]*/process PID/'
    error: after TIME there still runs waits.go (ID, process PID)
    hint: `ai-lab-framework execution cancel ID` withdraws a call in the background; `--wait SECONDS` waits longer.
    exit 0

    $ kill -KILL $(cat ../pid)
    exit 0

    $ ai-lab-framework gate close --wait 30 -- echo closed
    closed
    exit 0

    $ echo >../opens
    exit 0
    "#);
}
