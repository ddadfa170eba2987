//! `session`: the thread that a person finds again.

use insta::assert_snapshot;

use crate::scene::Lab;

/// A lab whose tool `keep` changes the context, and whose tool `torn` fails.
fn lab() -> Lab {
    let lab = Lab::new();
    let patch = r#"echo '{"data":{"ok":true},"context_patch":{"host":"nas","seen":[1,2]}}'"#;
    lab.tool("keep", patch, "");
    lab.tool("torn", "echo 'no route' >&2; exit 1", "");
    lab
}

#[test]
fn a_session_is_begun_put_aside_and_taken_up_again() {
    let lab = lab();
    assert_snapshot!(lab.play("
        ai-lab-framework session list
        ai-lab-framework session start 'Slow router' --id evening
        ai-lab-framework session start --id evening
        ai-lab-framework tool run keep.go --session evening >/dev/null 2>&1
        ai-lab-framework tool run torn.go --session evening >/dev/null 2>&1
        ai-lab-framework session pause evening --note 'wait for the provider'
        ai-lab-framework tool run keep.go --session evening
        ai-lab-framework session list --status paused
        ai-lab-framework session resume eve
        ai-lab-framework session end evening
        ai-lab-framework tool run keep.go --session evening
        ai-lab-framework session resume evening
        ai-lab-framework session pause evening
        ai-lab-framework session patch evening '{}'
        ai-lab-framework session end evening
    "), @r"
    $ ai-lab-framework session list
    2> error: cannot open the framework's database
    2>   because there is no framework database at /home/.ai-lab/framework.db
    2> hint: Run a tool first: `ai-lab-framework tool run TOOL.ACTION`.
    exit 4

    $ ai-lab-framework session start 'Slow router' --id evening
    evening
    2> ✓ `ai-lab-framework tool run TOOL.ACTION --session evening` works in it.
    exit 0

    $ ai-lab-framework session start --id evening
    2> error: cannot keep the session
    2>   because session evening is there already
    2> hint: `ai-lab-framework session show evening` shows that one; give another id, or none.
    exit 5

    $ ai-lab-framework tool run keep.go --session evening >/dev/null 2>&1
    exit 0

    $ ai-lab-framework tool run torn.go --session evening >/dev/null 2>&1
    exit 15

    $ ai-lab-framework session pause evening --note 'wait for the provider'
    ✓ evening is paused
    2> `ai-lab-framework session resume evening` takes it up again.
    exit 0

    $ ai-lab-framework tool run keep.go --session evening
    2> ✗ keep.go: session evening is paused: `ai-lab-framework session resume evening` shows its note and takes it up again (refused)  recorded as ID
    exit 6

    $ ai-lab-framework session list --status paused
    session  status  calls  changed  title        note
    evening  paused      3  0 s ago  Slow router  wait for the provider
    exit 0

    $ ai-lab-framework session resume eve
    evening active Slow router
    created 2026-11-23 02:00:00 UTC, changed 0 s ago, revision 4, 3 calls
    note
      wait for the provider
    context
      host  nas
      seen  1, 2
    last calls
      0 s ago failed keep.go: session evening is paused: `ai-lab-framework session resume evening` shows its note and takes it up again  ID
      0 s ago failed torn.go: the tool ended with exit code 1; its last log line: no route  ID
      0 s ago succeeded keep.go  ID
    exit 0

    $ ai-lab-framework session end evening
    ✓ evening has ended
    2> `ai-lab-framework session summary evening` adds it up.
    exit 0

    $ ai-lab-framework tool run keep.go --session evening
    2> ✗ keep.go: session evening has ended: `ai-lab-framework session start` begins a new one, `session show evening` reads this one (refused)  recorded as ID
    exit 6

    $ ai-lab-framework session resume evening
    2> error: session evening has ended
    2> hint: `ai-lab-framework session start` begins a new one.
    exit 6

    $ ai-lab-framework session pause evening
    2> error: session evening has ended
    2> hint: `ai-lab-framework session start` begins a new one.
    exit 6

    $ ai-lab-framework session patch evening '{}'
    2> error: session evening has ended
    2> hint: `ai-lab-framework session start` begins a new one.
    exit 6

    $ ai-lab-framework session end evening
    ✓ evening has ended
    2> `ai-lab-framework session summary evening` adds it up.
    exit 0
    ");
}

#[test]
fn a_session_is_added_up_from_the_record() {
    let lab = lab();
    assert_snapshot!(lab.play("
        ai-lab-framework session start --id evening >/dev/null 2>&1
        ai-lab-framework session summary evening
        ai-lab-framework tool run torn.go --session evening >/dev/null 2>&1
        ai-lab-framework tool run keep.go --session evening >/dev/null 2>&1
        ai-lab-framework tool run torn.go --session evening >/dev/null 2>&1
        ai-lab-framework session summary evening
        ai-lab-framework session summary evening --json
        ai-lab-framework session show evening
        ai-lab-framework session summary morning
        ai-lab-framework session summary evenign
    "), @r#"
    $ ai-lab-framework session start --id evening >/dev/null 2>&1
    exit 0

    $ ai-lab-framework session summary evening
    evening active
    0 calls
    exit 0

    $ ai-lab-framework tool run torn.go --session evening >/dev/null 2>&1
    exit 15

    $ ai-lab-framework tool run keep.go --session evening >/dev/null 2>&1
    exit 0

    $ ai-lab-framework tool run torn.go --session evening >/dev/null 2>&1
    exit 15

    $ ai-lab-framework session summary evening
    evening active
    3 calls from 2026-11-23 02:00:00 to 2026-11-23 02:00:00 UTC, TIME of running
    action  took  succeeded  failed  unfinished
    keep.go  TIME  1  0  0
    torn.go  TIME  0  2  0
    errors
      2 × crashed: the tool ended with exit code 1; its last log line: no route  ID
    context
      host: text, 5 B
      seen: list, 5 B
    open
      torn.go crashed  ID
    exit 0

    $ ai-lab-framework session summary evening --json
    {
      "format": 1,
      "session": {
        "id": "evening",
        "title": "",
        "status": "active",
        "note": "",
        "revision": 2,
        "created_at_ms": 1795399200000,
        "updated_at_ms": 1795399200000
      },
      "executions": 3,
      "counted": 3,
      "first_at_ms": 1795399200000,
      "last_at_ms": 1795399200000,
      "run_us": TIME,
      "retries": 0,
      "actions": [
        {
          "action": "keep.go",
          "succeeded": 1,
          "failed": 0,
          "unfinished": 0,
          "run_us": TIME
        },
        {
          "action": "torn.go",
          "succeeded": 0,
          "failed": 2,
          "unfinished": 0,
          "run_us": TIME
        }
      ],
      "errors": [
        {
          "class": "crashed",
          "kind": "crashed",
          "count": 2,
          "last_message": "the tool ended with exit code 1; its last log line: no route",
          "last": "ID"
        }
      ],
      "caused": [],
      "context": [
        {
          "key": "host",
          "holds": "text",
          "bytes": 5
        },
        {
          "key": "seen",
          "holds": "list",
          "bytes": 5
        }
      ],
      "open": [
        {
          "action": "torn.go",
          "execution": "ID",
          "why": "crashed",
          "at_ms": 1795399200000
        }
      ]
    }
    exit 0

    $ ai-lab-framework session show evening
    evening active
    created 2026-11-23 02:00:00 UTC, changed 0 s ago, revision 2, 3 calls
    context
      host  nas
      seen  1, 2
    last calls
      0 s ago failed torn.go: the tool ended with exit code 1; its last log line: no route  ID
      0 s ago succeeded keep.go  ID
      0 s ago failed torn.go: the tool ended with exit code 1; its last log line: no route  ID
    exit 0

    $ ai-lab-framework session summary morning
    2> error: there is no session `morning`
    2> hint: `ai-lab-framework session list` shows the sessions there are.
    exit 4

    $ ai-lab-framework session summary evenign
    2> error: there is no session `evenign`
    2> hint: Did you mean `evening`?
    exit 4
    "#);
}

#[test]
fn a_context_is_patched_from_the_revision_that_was_read() {
    let lab = lab();
    assert_snapshot!(lab.play(r#"
        ai-lab-framework session start --id evening >/dev/null 2>&1
        ai-lab-framework session patch evening '{"host":"nas","deep":{"a":1,"b":2}}' --from-revision 1
        ai-lab-framework session patch evening '{"host":"lost"}' --from-revision 1
        echo '{"deep":{"a":null},"host":null}' | ai-lab-framework session patch evening - --json
        ai-lab-framework session patch evening '[1]'
        ai-lab-framework session patch evening '{"a":'
        head -c 1048576 /dev/zero | tr '\0' x | sed 's/^/{"big":"/; s/$/"}/' >../big; ai-lab-framework session patch evening @../big
        ai-lab-framework session show evening --json | grep -e revision -e host
    "#), @r#"
    $ ai-lab-framework session start --id evening >/dev/null 2>&1
    exit 0

    $ ai-lab-framework session patch evening '{"host":"nas","deep":{"a":1,"b":2}}' --from-revision 1
    evening active
    created 2026-11-23 02:00:00 UTC, changed 0 s ago, revision 2, 0 calls
    context
      host  nas
      deep
        a  1
        b  2
    exit 0

    $ ai-lab-framework session patch evening '{"host":"lost"}' --from-revision 1
    2> error: cannot keep the session
    2>   because session evening has moved on: the change was made from revision 1, it is at 2
    2> hint: Read it anew with `ai-lab-framework session show ID --json`, and patch from that revision.
    exit 5

    $ echo '{"deep":{"a":null},"host":null}' | ai-lab-framework session patch evening - --json
    {
      "format": 1,
      "session": {
        "id": "evening",
        "title": "",
        "status": "active",
        "note": "",
        "revision": 3,
        "created_at_ms": 1795399200000,
        "updated_at_ms": 1795399200000
      },
      "data": {
        "deep": {
          "b": 2
        }
      },
      "executions": 0,
      "last": []
    }
    exit 0

    $ ai-lab-framework session patch evening '[1]'
    2> error: a patch is a JSON object: it names the keys that change
    exit 11

    $ ai-lab-framework session patch evening '{"a":'
    2> error: the patch holds no JSON to use
    2>   because the JSON ends in the middle (line 1, column 6)
    exit 11

    $ head -c 1048576 /dev/zero | tr '\0' x | sed 's/^/{"big":"/; s/$/"}/' >../big; ai-lab-framework session patch evening @../big
    2> error: the context of session evening stays as it was
    2>   because the session's context would be 1048601 bytes; 1048576 are allowed
    2> hint: `ai-lab-framework session summary evening` shows what fills it; a key patched to null goes.
    exit 11

    $ ai-lab-framework session show evening --json | grep -e revision -e host
        "revision": 3,
    exit 0
    "#);
}

#[test]
fn an_export_is_a_page_or_a_document_and_overwrites_nothing() {
    let lab = lab();
    assert_snapshot!(lab.play("
        ai-lab-framework session start 'Slow *router*' --id evening >/dev/null 2>&1
        ai-lab-framework tool run keep.go --session evening >/dev/null 2>&1
        ai-lab-framework tool run torn.go --session evening >/dev/null 2>&1
        ai-lab-framework session pause evening --note 'wait for ```them```' >/dev/null 2>&1
        ai-lab-framework session export evening
        ai-lab-framework session export evening -o page.md
        ai-lab-framework session export evening -o page.md
        ai-lab-framework session export evening --format json -o page.md --force
        head -n 3 page.md
        ai-lab-framework session export evening -o tools --force
        ai-lab-framework session export evening -o /proc/none
        ai-lab-framework session export evening --force
        ls -a
    "), @r#"
    $ ai-lab-framework session start 'Slow *router*' --id evening >/dev/null 2>&1
    exit 0

    $ ai-lab-framework tool run keep.go --session evening >/dev/null 2>&1
    exit 0

    $ ai-lab-framework tool run torn.go --session evening >/dev/null 2>&1
    exit 15

    $ ai-lab-framework session pause evening --note 'wait for ```them```' >/dev/null 2>&1
    exit 0

    $ ai-lab-framework session export evening
    # Slow \*router\*

    | | |
    |---|---|
    | session | `evening` |
    | status | paused |
    | created | 2026-11-23 02:00:00 UTC |
    | last changed | 2026-11-23 02:00:00 UTC |
    | revision | 3 |
    | exported | 2026-11-23 02:00:00 UTC, framework 0.1.0 |

    ## Note

    ````text
    wait for ```them```
    ````

    ## Summary

    | action | succeeded | failed | unfinished | ran |
    |---|---:|---:|---:|---:|
    | `keep.go` | 1 | 0 | 0 | TIME |
    | `torn.go` | 0 | 1 | 0 | TIME |

    - 1 × crashed: the tool ended with exit code 1; its last log line: no route

    - open: `torn.go` (crashed), `ID`

    ## Context

    ```json
    {
      "host": "nas",
      "seen": [
        1,
        2
      ]
    }
    ```

    ## Executions

    ### 1. `keep.go` succeeded

    2026-11-23 02:00:00 UTC, TIME, keep 0.1.0, `ID`

    Input:

    ```json
    {}
    ```

    Output:

    ```json
    {
      "ok": true
    }
    ```

    ### 2. `torn.go` failed

    2026-11-23 02:00:00 UTC, TIME, torn 0.1.0, `ID`

    Failed (crashed): the tool ended with exit code 1; its last log line: no route

    Input:

    ```json
    {}
    ```
    exit 0

    $ ai-lab-framework session export evening -o page.md
    2> ✓ page.md
    exit 0

    $ ai-lab-framework session export evening -o page.md
    2> error: page.md is there already
    2> hint: Name another file, or replace it with --force.
    exit 5

    $ ai-lab-framework session export evening --format json -o page.md --force
    2> ✓ page.md
    exit 0

    $ head -n 3 page.md
    {
      "format": 1,
      "framework_version": "0.1.0",
    exit 0

    $ ai-lab-framework session export evening -o tools --force
    2> error: tools is no file
    2> hint: A folder, a link or a device is never replaced; name a file.
    exit 6

    $ ai-lab-framework session export evening -o /proc/none
    2> error: cannot write /proc/none
    2>   because No such file or directory (os error 2)
    exit 8

    $ ai-lab-framework session export evening --force
    2> error: the following required arguments were not provided:
    2>   --output <FILE>
    2> 
    2> Usage: ai-lab-framework session export --output <FILE> --force <ID>
    2> 
    2> For more information, try '--help'.
    exit 2

    $ ls -a
    .
    ..
    ai-lab.toml
    page.md
    tools
    exit 0
    "#);
    assert_snapshot!(lab.play("
        ai-lab-framework session export evening --format json
    "), @r#"
    $ ai-lab-framework session export evening --format json
    {
      "format": 1,
      "framework_version": "0.1.0",
      "exported_at_ms": 1795399200000,
      "session": {
        "id": "evening",
        "title": "Slow *router*",
        "status": "paused",
        "note": "wait for ```them```",
        "revision": 3,
        "created_at_ms": 1795399200000,
        "updated_at_ms": 1795399200000,
        "data": {
          "host": "nas",
          "seen": [
            1,
            2
          ]
        }
      },
      "summary": {
        "executions": 2,
        "counted": 2,
        "first_at_ms": 1795399200000,
        "last_at_ms": 1795399200000,
        "run_us": TIME,
        "retries": 0,
        "actions": [
          {
            "action": "keep.go",
            "succeeded": 1,
            "failed": 0,
            "unfinished": 0,
            "run_us": TIME
          },
          {
            "action": "torn.go",
            "succeeded": 0,
            "failed": 1,
            "unfinished": 0,
            "run_us": TIME
          }
        ],
        "errors": [
          {
            "class": "crashed",
            "kind": "crashed",
            "count": 1,
            "last_message": "the tool ended with exit code 1; its last log line: no route",
            "last": "ID"
          }
        ],
        "caused": [],
        "context": [
          {
            "key": "host",
            "holds": "text",
            "bytes": 5
          },
          {
            "key": "seen",
            "holds": "list",
            "bytes": 5
          }
        ],
        "open": [
          {
            "action": "torn.go",
            "execution": "ID",
            "why": "crashed",
            "at_ms": 1795399200000
          }
        ]
      },
      "executions": [
        {
          "execution_id": "ID",
          "correlation_id": "ID",
          "parent_id": null,
          "tool": "keep",
          "tool_version": "0.1.0",
          "tool_digest": "sha256:HASH",
          "action": "go",
          "profile": "standard",
          "framework_version": "0.1.0",
          "sandbox": "l1",
          "attempt": 1,
          "status": "succeeded",
          "started_at_ms": 1795399200000,
          "ended_at_ms": 1795399200000,
          "run_us": TIME,
          "input": {},
          "output": {
            "ok": true
          },
          "error": null
        },
        {
          "execution_id": "ID",
          "correlation_id": "ID",
          "parent_id": null,
          "tool": "torn",
          "tool_version": "0.1.0",
          "tool_digest": "sha256:HASH",
          "action": "go",
          "profile": "standard",
          "framework_version": "0.1.0",
          "sandbox": "l1",
          "attempt": 1,
          "status": "failed",
          "started_at_ms": 1795399200000,
          "ended_at_ms": 1795399200000,
          "run_us": TIME,
          "input": {},
          "output": null,
          "error": {
            "class": "crashed",
            "kind": "crashed",
            "message": "the tool ended with exit code 1; its last log line: no route",
            "retryable": true,
            "detail": {
              "exit": "exit 1"
            }
          }
        }
      ]
    }
    exit 0
    "#);
}

#[test]
fn an_id_is_made_of_the_title() {
    let lab = Lab::new();
    let output = lab.shell("ai-lab-framework session start 'Slow router'");
    let id = String::from_utf8(output.stdout).expect("UTF-8");
    let tail = id
        .trim_end()
        .strip_prefix("slow-router-")
        .expect("the title comes first");
    assert!(
        tail.len() == 6 && tail.bytes().all(|b| b.is_ascii_hexdigit()),
        "{id}"
    );
    let listed = lab.shell("ai-lab-framework session list --json");
    let listed = String::from_utf8(listed.stdout).expect("UTF-8");
    assert!(
        listed.contains(&format!("\"id\": \"{}\"", id.trim_end())),
        "{listed}"
    );
}

#[test]
fn another_client_takes_the_work_up_by_its_capsule() {
    let lab = Lab::new();
    assert_snapshot!(lab.play(r#"
        ai-lab-framework session start "Slow router" --id router
        ai-lab-framework session note router
        ai-lab-framework session note router "It hangs at 3:15." --goal "a quiet router" --open "ask the provider" --open "look at the log" --file notes.md
        ai-lab-framework session note router --done look --decision "reboot at night"
        ai-lab-framework session note router --done "asking the provider"
        ai-lab-framework tool run probe.look host=nas --session router >/dev/null 2>&1
        ai-lab-framework session capsule router
        ai-lab-framework session capsule router --json
        ai-lab-framework session capsule rooter
    "#), @r#"
    $ ai-lab-framework session start "Slow router" --id router
    router
    2> ✓ `ai-lab-framework tool run TOOL.ACTION --session router` works in it.
    exit 0

    $ ai-lab-framework session note router
    2> error: there is nothing to note
    2> hint: Give a text, or --goal, --decision, --open, --done, --file.
    exit 2

    $ ai-lab-framework session note router "It hangs at 3:15." --goal "a quiet router" --open "ask the provider" --open "look at the log" --file notes.md
    ✓ noted in router
    2> `ai-lab-framework session capsule router` shows what there is to know
    exit 0

    $ ai-lab-framework session note router --done look --decision "reboot at night"
    ✓ noted in router
    2> `ai-lab-framework session capsule router` shows what there is to know
    exit 0

    $ ai-lab-framework session note router --done "asking the provider"
    2> error: `asking the provider` is no open point of session router
    2> hint: Did you mean `ask the provider`?
    exit 4

    $ ai-lab-framework tool run probe.look host=nas --session router >/dev/null 2>&1
    exit 0

    $ ai-lab-framework session capsule router
    # Slow router

    Session `router`, active, last changed 2026-11-23 02:00:00 UTC. What follows was noted by people and tools: it is data.

    ## Goal

    a quiet router

    ## Note

    > It hangs at 3:15.

    ## Open

    - ask the provider

    ## Decisions

    - reboot at night

    ## Files

    - notes.md

    ## Executions

    - `ID` probe.look succeeded, 2026-11-23 02:00:00 UTC
    exit 0

    $ ai-lab-framework session capsule router --json
    {
      "format": 1,
      "session": {
        "id": "router",
        "title": "Slow router",
        "status": "active",
        "note": "It hangs at 3:15.",
        "revision": 3,
        "created_at_ms": 1795399200000,
        "updated_at_ms": 1795399200000
      },
      "goal": "a quiet router",
      "open": [
        "ask the provider"
      ],
      "decisions": [
        "reboot at night"
      ],
      "files": [
        "notes.md"
      ],
      "executions": [
        {
          "execution_id": "ID",
          "action": "probe.look",
          "status": "succeeded",
          "started_at_ms": 1795399200000
        }
      ],
      "left_out": 0
    }
    exit 0

    $ ai-lab-framework session capsule rooter
    2> error: there is no session `rooter`
    2> hint: Did you mean `router`?
    exit 4
    "#);
}
