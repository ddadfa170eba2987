//! `execution replay`: what a recorded call answers today.

use insta::assert_snapshot;

use crate::scene::Lab;

/// A tool whose answer, and whether it only reads, can be changed.
const TOOL: &str = r#"contract = 1
name = "probe"
version = "1.0.0"
description = "Looks."
[run]
command = ["sh", "run.sh"]
[actions.look]
description = "Looks."
read_only = true
input = { type = "object", properties = { host = { type = "string" } } }
output = { type = "object", properties = { n = { type = "integer" }, load = { x-volatile = true } } }
[actions.mend]
description = "Mends."
input = { type = "object" }
output = { type = "object" }
[actions.wipe]
description = "Wipes."
destructive = true
input = { type = "object" }
output = { type = "object" }
"#;

fn lab() -> Lab {
    let lab = Lab::empty();
    lab.write("lab/tools/probe/tool.toml", TOOL);
    answers(
        &lab,
        r#"{"data":{"n":1,"load":0.5,"at":"2026-11-23T02:00:00Z"}}"#,
    );
    lab
}

fn answers(lab: &Lab, line: &str) {
    lab.write("lab/tools/probe/run.sh", format!("echo '{line}'\n"));
}

/// The id of the first execution.
const FIRST: &str = "$(ai-lab-framework execution list --json | sed -n 's/.*\"execution_id\": \"\\(.*\\)\".*/\\1/p' | tail -n 1)";

#[test]
fn a_call_is_made_once_more_and_compared() {
    let lab = lab();
    assert_snapshot!(lab.play(&format!("
        ai-lab-framework tool run probe.look host=nas >/dev/null 2>&1
        ai-lab-framework execution replay {FIRST}
        ai-lab-framework execution replay {FIRST} --dry
        ai-lab-framework execution list --json | grep -c 'parent_id\": \"'
    ")), @r#"
    $ ai-lab-framework tool run probe.look host=nas >/dev/null 2>&1
    exit 0

    $ ai-lab-framework execution replay $(ai-lab-framework execution list --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p' | tail -n 1)
    same nothing ran
    exit 0

    $ ai-lab-framework execution replay $(ai-lab-framework execution list --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p' | tail -n 1) --dry
    same ran again as ID
    exit 0

    $ ai-lab-framework execution list --json | grep -c 'parent_id": "'
    1
    exit 0
    "#);
    answers(
        &lab,
        r#"{"data":{"n":1,"load":0.7,"at":"2026-11-23T03:00:00Z"}}"#,
    );
    assert_snapshot!(lab.play(&format!("
        ai-lab-framework execution replay {FIRST} --dry
    ")), @r#"
    $ ai-lab-framework execution replay $(ai-lab-framework execution list --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p' | tail -n 1) --dry
    cosmetic ran again as ID
      /at: "2026-11-23T02:00:00Z" → "2026-11-23T03:00:00Z"
      /load: 0.5 → 0.7
    what it rests on has changed
      tool digest: sha256:HASH → sha256:HASH
    exit 0
    "#);
    answers(&lab, r#"{"data":{"n":2,"load":0.7,"at":"never"}}"#);
    assert_snapshot!(lab.play(&format!("
        ai-lab-framework execution replay {FIRST} --dry
        ai-lab-framework execution replay {FIRST} --dry --volatile /n --volatile /at --json
        ai-lab-framework execution list probe.look
    ")), @r#"
    $ ai-lab-framework execution replay $(ai-lab-framework execution list --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p' | tail -n 1) --dry
    changed ran again as ID
      /at: "2026-11-23T02:00:00Z" → "never"
      /load: 0.5 → 0.7
      /n: 1 → 2
    what it rests on has changed
      tool digest: sha256:HASH → sha256:HASH
    exit 5

    $ ai-lab-framework execution replay $(ai-lab-framework execution list --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p' | tail -n 1) --dry --volatile /n --volatile /at --json
    {
      "format": 1,
      "execution_id": "ID",
      "replayed_as": "ID",
      "mode": "dry",
      "old": {
        "data": {
          "at": "2026-11-23T02:00:00Z",
          "load": 0.5,
          "n": 1
        }
      },
      "new": {
        "data": {
          "at": "never",
          "load": 0.7,
          "n": 2
        }
      },
      "likeness": "cosmetic",
      "differences": [
        {
          "pointer": "/at",
          "cosmetic": true,
          "old": "2026-11-23T02:00:00Z",
          "new": "never"
        },
        {
          "pointer": "/load",
          "cosmetic": true,
          "old": 0.5,
          "new": 0.7
        },
        {
          "pointer": "/n",
          "cosmetic": true,
          "old": 1,
          "new": 2
        }
      ],
      "more": 0,
      "moved": [
        {
          "what": "tool_digest",
          "old": "sha256:HASH",
          "new": "sha256:HASH"
        }
      ]
    }
    exit 0

    $ ai-lab-framework execution list probe.look
    execution  action  status  took  when  what
    ID  probe.look  succeeded  TIME  0 s ago
    ID  probe.look  succeeded  TIME  0 s ago
    ID  probe.look  succeeded  TIME  0 s ago
    ID  probe.look  succeeded  TIME  0 s ago
    ID  probe.look  succeeded  TIME  0 s ago
    2> 5 of 5
    exit 0
    "#);
    answers(&lab, r#"{"error":{"kind":"busy","message":"no route"}}"#);
    assert_snapshot!(lab.play(&format!("
        ai-lab-framework execution replay {FIRST} --dry
    ")), @r#"
    $ ai-lab-framework execution replay $(ai-lab-framework execution list --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p' | tail -n 1) --dry
    new error ran again as ID
      now: tool_failed: no route
    what it rests on has changed
      tool digest: sha256:HASH → sha256:HASH
    exit 7
    "#);
    lab.write(
        "lab/tools/probe/tool.toml",
        TOOL.replace("n = { type = \"integer\" }", "n = { type = \"string\" }"),
    );
    assert_snapshot!(lab.play(&format!("
        ai-lab-framework execution replay {FIRST}
    ")), @r#"
    $ ai-lab-framework execution replay $(ai-lab-framework execution list --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p' | tail -n 1)
    new error nothing ran
      now: invalid_output: the tool's data does not fit its output schema at /n: expected text, found the number 1
    what it rests on has changed
      tool digest: sha256:HASH → sha256:HASH
    exit 12
    "#);
}

#[test]
fn what_may_change_something_is_asked_for_twice() {
    let lab = lab();
    assert_snapshot!(lab.play(&format!("
        ai-lab-framework tool run probe.mend >/dev/null 2>&1
        ai-lab-framework execution replay {FIRST} --dry
        ai-lab-framework execution replay {FIRST} --live
        ai-lab-framework execution replay {FIRST} --live --yes
        ai-lab-framework execution replay {FIRST} --live --dry
    ")), @r#"
    $ ai-lab-framework tool run probe.mend >/dev/null 2>&1
    exit 0

    $ ai-lab-framework execution replay $(ai-lab-framework execution list --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p' | tail -n 1) --dry
    2> error: `probe.mend` may change something: it is not read-only
    2> hint: --mock judges the recorded answer; --live --yes runs it for real.
    exit 6

    $ ai-lab-framework execution replay $(ai-lab-framework execution list --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p' | tail -n 1) --live
    2> error: a live replay runs the call again for real
    2> hint: Say that you mean it: --live --yes
    exit 6

    $ ai-lab-framework execution replay $(ai-lab-framework execution list --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p' | tail -n 1) --live --yes
    same ran again as ID
    exit 0

    $ ai-lab-framework execution replay $(ai-lab-framework execution list --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p' | tail -n 1) --live --dry
    2> error: the argument '--live' cannot be used with '--dry'
    2> 
    2> Usage: ai-lab-framework execution replay --live <ID>
    2> 
    2> For more information, try '--help'.
    exit 2
    "#);
    let lab = self::lab();
    assert_snapshot!(lab.play(&format!("
        ai-lab-framework tool run probe.wipe >/dev/null 2>&1
        ai-lab-framework execution replay {FIRST} --live --yes
        ai-lab-framework execution replay {FIRST} --live --yes --repeat {FIRST}
    ")), @r#"
    $ ai-lab-framework tool run probe.wipe >/dev/null 2>&1
    exit 0

    $ ai-lab-framework execution replay $(ai-lab-framework execution list --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p' | tail -n 1) --live --yes
    2> error: `probe.wipe` may destroy something
    2> hint: Say that you mean it: --live --yes --repeat ID
    exit 6

    $ ai-lab-framework execution replay $(ai-lab-framework execution list --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p' | tail -n 1) --live --yes --repeat $(ai-lab-framework execution list --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p' | tail -n 1)
    same ran again as ID
    exit 0
    "#);
}

#[test]
fn what_the_record_no_longer_has_is_named() {
    let lab = lab();
    assert_snapshot!(lab.play(&format!("
        ai-lab-framework tool run probe.look 'host=[secret:router]' >/dev/null 2>&1
        ai-lab-framework execution replay {FIRST}
        ai-lab-framework execution replay zzz
    ")), @r#"
    $ ai-lab-framework tool run probe.look 'host=[secret:router]' >/dev/null 2>&1
    exit 0

    $ ai-lab-framework execution replay $(ai-lab-framework execution list --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p' | tail -n 1)
    2> error: execution ID cannot be replayed: its input held a secret, which is not in the record
    2> hint: Make the call anew with `ai-lab-framework tool run`.
    exit 6

    $ ai-lab-framework execution replay zzz
    2> error: cannot find that execution
    2>   because no execution has an id that begins with `zzz`
    2> hint: `ai-lab-framework execution list` shows the newest.
    exit 4
    "#);
    let lab = self::lab();
    assert_snapshot!(lab.play(&format!("
        ai-lab-framework tool run probe.look host=7 >/dev/null 2>&1
        ai-lab-framework execution replay {FIRST}
        sed -i 's/host = {{ type = .string. }}/host = {{}}/' tools/probe/tool.toml; ai-lab-framework execution replay {FIRST}
        ai-lab-framework execution replay {FIRST} --dry
    ")), @r#"
    $ ai-lab-framework tool run probe.look host=7 >/dev/null 2>&1
    exit 11

    $ ai-lab-framework execution replay $(ai-lab-framework execution list --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p' | tail -n 1)
    same nothing ran
    exit 0

    $ sed -i 's/host = { type = .string. }/host = {}/' tools/probe/tool.toml; ai-lab-framework execution replay $(ai-lab-framework execution list --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p' | tail -n 1)
    2> error: execution ID gave no answer to judge again
    2> hint: --dry runs it again if it only reads; --live --yes runs it in any case.
    exit 6

    $ ai-lab-framework execution replay $(ai-lab-framework execution list --json | sed -n 's/.*"execution_id": "\(.*\)".*/\1/p' | tail -n 1) --dry
    fixed ran again as ID
      then: invalid_input: the input does not fit at /host: expected text, found the number 7
    what it rests on has changed
      tool digest: sha256:HASH → sha256:HASH
      policy digest: sha256:HASH → sha256:HASH
      configuration digest: sha256:HASH → sha256:HASH
      sandbox: none → l1
    exit 5
    "#);
}
