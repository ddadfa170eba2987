//! `execution`, `logs`, `metrics`.

use insta::assert_snapshot;

use crate::scene::Lab;

#[test]
fn before_the_first_run_there_is_nothing_to_look_at() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        ai-lab-framework execution list
        ai-lab-framework execution verify --json
        ai-lab-framework logs
        ai-lab-framework metrics
        ls ../home
    "), @r#"
    $ ai-lab-framework execution list
    2> error: cannot open the framework's database
    2>   because there is no framework database at /home/.ai-lab/framework.db
    2> hint: Run a tool first: `ai-lab-framework tool run TOOL.ACTION`.
    exit 4

    $ ai-lab-framework execution verify --json
    {
      "format": 1,
      "error": {
        "class": "not_found",
        "message": "cannot open the framework's database",
        "causes": [
          "there is no framework database at /home/.ai-lab/framework.db"
        ],
        "hint": "Run a tool first: `ai-lab-framework tool run TOOL.ACTION`."
      }
    }
    exit 4

    $ ai-lab-framework logs
    2> error: cannot open the framework's database
    2>   because there is no framework database at /home/.ai-lab/framework.db
    2> hint: Run a tool first: `ai-lab-framework tool run TOOL.ACTION`.
    exit 4

    $ ai-lab-framework metrics
    2> error: cannot open the framework's database
    2>   because there is no framework database at /home/.ai-lab/framework.db
    2> hint: Run a tool first: `ai-lab-framework tool run TOOL.ACTION`.
    exit 4

    $ ls ../home
    exit 0
    "#);
}

#[test]
fn an_execution_is_listed_and_shown_with_all_that_it_rests_on() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        ai-lab-framework tool run probe.look host=nas --correlation work-7
        ai-lab-framework execution list
        ai-lab-framework execution list probe.look --correlation work-7 --since 1h
        ai-lab-framework execution show 0
        ai-lab-framework execution verify
    "), @r"
    $ ai-lab-framework tool run probe.look host=nas --correlation work-7
    free bytes  2.0 KiB
    seen
      host  nas
    2> ✓ probe.look in TIME  recorded as ID
    exit 0

    $ ai-lab-framework execution list
    execution  action  status  took  when  what
    ID  probe.look  succeeded  TIME  0 s ago
    2> 1 of 1
    exit 0

    $ ai-lab-framework execution list probe.look --correlation work-7 --since 1h
    execution  action  status  took  when  what
    ID  probe.look  succeeded  TIME  0 s ago
    2> 1 of 1
    exit 0

    $ ai-lab-framework execution show 0
    probe.look succeeded 2026-11-23 02:00:00 UTC
    execution      ID
    correlation    work-7
    session        –
    tool           probe 1.2.3 (sha256:HASH)
    profile        standard, sandbox l1
    framework      0.1.0 (sha256:HASH)
    policy         sha256:HASH
    configuration  sha256:HASH
    called by      cli 0.1.0 (cli/1)
    on             HOST, attempt 1
    input
      host  nas
    time  TIME run, TIME start, TIME queue, TIME record
    exit           exit 0
    chain          link 2 (HASH…)
    output
      free bytes  2.0 KiB
      seen
        host  nas
    log
      debug  looking
    exit 0

    $ ai-lab-framework execution verify
    ✓ 2 links, none touched; head HASH
    exit 0
    ");
    assert_snapshot!(lab.play("
        ai-lab-framework execution show 0 --json
        ai-lab-framework execution verify --json
    "), @r#"
    $ ai-lab-framework execution show 0 --json
    {
      "format": 1,
      "execution": {
        "execution_id": "ID",
        "correlation_id": "work-7",
        "parent_id": null,
        "session_id": null,
        "idempotency_key": null,
        "tool": "probe",
        "tool_version": "1.2.3",
        "tool_digest": "sha256:HASH",
        "action": "look",
        "profile": "standard",
        "framework_version": "0.1.0",
        "framework_digest": "sha256:HASH",
        "policy_digest": "sha256:HASH",
        "configuration_digest": "sha256:HASH",
        "sandbox": "l1",
        "client_name": "cli",
        "client_version": "0.1.0",
        "protocol_version": "cli/1",
        "host": "HOST",
        "owner": {
          "pid": PID,
          "start_ticks": TICKS,
          "boot_id": "ID"
        },
        "attempt": 1,
        "input": "{\"host\":\"nas\"}",
        "started_at_ms": 1795399200000,
        "queue_us": TIME,
        "link": {
          "position": 1,
          "previous_hash": "",
          "hash": "HASH"
        },
        "status": "succeeded",
        "ended": {
          "error": null,
          "output": "{\"free_bytes\":2048,\"seen\":{\"host\":\"nas\"}}",
          "output_bytes": 103,
          "log_bytes": 38,
          "exit": "exit 0",
          "ended_at_ms": 1795399200000,
          "start_us": TIME,
          "run_us": TIME,
          "record_us": TIME,
          "link": {
            "position": 2,
            "previous_hash": "HASH",
            "hash": "HASH"
          }
        }
      },
      "logs": [
        {
          "position": 1,
          "execution_id": "ID",
          "tool": "probe",
          "at_ms": 1795399200000,
          "level": "debug",
          "text": "looking"
        }
      ]
    }
    exit 0

    $ ai-lab-framework execution verify --json
    {
      "format": 1,
      "links": 2,
      "head": "HASH",
      "pruned": {
        "links": 0,
        "up_to": 0,
        "ranges": 0
      },
      "findings": [],
      "outputs": {
        "files": 0,
        "findings": []
      }
    }
    exit 0
    "#);
}

#[test]
fn a_long_record_is_read_in_pages() {
    let lab = Lab::new();
    lab.tool("torn", "echo 'first words' >&2; exit 1", "");
    assert_snapshot!(lab.play("
        ai-lab-framework tool run probe.look host=a 2>/dev/null >/dev/null
        ai-lab-framework tool run torn.go 2>/dev/null
        ai-lab-framework tool run probe.look host=b 2>/dev/null >/dev/null
        ai-lab-framework execution list --limit 2
        ai-lab-framework execution list --limit 2 --before 3
        ai-lab-framework execution list --status failed
        ai-lab-framework execution list torn
        ai-lab-framework execution list --since 2026-11-24T00:00:00Z
        ai-lab-framework execution list --since yesterday
        ai-lab-framework execution list --since 5é
        ai-lab-framework execution list --since xh
        ai-lab-framework execution list --since 99999999999999999d
        ai-lab-framework execution list 'Torn'
        ai-lab-framework execution show 0 2>&1 | head -n 1
        ai-lab-framework execution show zzz
    "), @r"
    $ ai-lab-framework tool run probe.look host=a 2>/dev/null >/dev/null
    exit 0

    $ ai-lab-framework tool run torn.go 2>/dev/null
    exit 15

    $ ai-lab-framework tool run probe.look host=b 2>/dev/null >/dev/null
    exit 0

    $ ai-lab-framework execution list --limit 2
    execution  action  status  took  when  what
    ID  probe.look  succeeded  TIME  0 s ago
    ID  torn.go  failed  TIME  0 s ago  crashed: the tool ended with exit code 1; its last log line: first words
    2> 2 of 3; go on with --before 3
    exit 0

    $ ai-lab-framework execution list --limit 2 --before 3
    execution  action  status  took  when  what
    ID  probe.look  succeeded  TIME  0 s ago
    2> 1 of 3
    exit 0

    $ ai-lab-framework execution list --status failed
    execution  action  status  took  when  what
    ID  torn.go  failed  TIME  0 s ago  crashed: the tool ended with exit code 1; its last log line: first words
    2> 1 of 1
    exit 0

    $ ai-lab-framework execution list torn
    execution  action  status  took  when  what
    ID  torn.go  failed  TIME  0 s ago  crashed: the tool ended with exit code 1; its last log line: first words
    2> 1 of 1
    exit 0

    $ ai-lab-framework execution list --since 2026-11-24T00:00:00Z
    execution  action  status  took  when  what
    2> 0 of 0
    exit 0

    $ ai-lab-framework execution list --since yesterday
    2> error: `yesterday` is no time
    2> hint: Give an instant (2026-11-23T00:00:00Z) or how long ago (30s, 10m, 2h, 7d).
    exit 2

    $ ai-lab-framework execution list --since 5é
    2> error: `5é` is no time
    2> hint: Give an instant (2026-11-23T00:00:00Z) or how long ago (30s, 10m, 2h, 7d).
    exit 2

    $ ai-lab-framework execution list --since xh
    2> error: `xh` is no time
    2> hint: Give an instant (2026-11-23T00:00:00Z) or how long ago (30s, 10m, 2h, 7d).
    exit 2

    $ ai-lab-framework execution list --since 99999999999999999d
    2> error: `99999999999999999d` is no time
    2> hint: Give an instant (2026-11-23T00:00:00Z) or how long ago (30s, 10m, 2h, 7d).
    exit 2

    $ ai-lab-framework execution list 'Torn'
    2> error: cannot tell which tool is meant
    2>   because `Torn` is no tool name: 1 to 32 of a-z, 0-9, `_`, `-`, a letter first
    exit 2

    $ ai-lab-framework execution show 0 2>&1 | head -n 1
    error: cannot find that execution
    exit 0

    $ ai-lab-framework execution show zzz
    2> error: cannot find that execution
    2>   because no execution has an id that begins with `zzz`
    2> hint: `ai-lab-framework execution list` shows the newest.
    exit 4
    ");
}

#[test]
fn logs_and_figures_add_up() {
    let lab = Lab::new();
    lab.tool("torn", "echo 'first words' >&2; exit 1", "");
    assert_snapshot!(lab.play("
        ai-lab-framework tool run probe.look host=a 2>/dev/null >/dev/null
        ai-lab-framework tool run torn.go 2>/dev/null
        ai-lab-framework logs
        ai-lab-framework logs --tool torn --level info
        ai-lab-framework logs --level warn
        ai-lab-framework logs --level loud
        ai-lab-framework logs --tool torn --json
        ai-lab-framework metrics
        ai-lab-framework metrics --tool torn
        ai-lab-framework metrics --since 2026-11-24T00:00:00Z
    "), @r#"
    $ ai-lab-framework tool run probe.look host=a 2>/dev/null >/dev/null
    exit 0

    $ ai-lab-framework tool run torn.go 2>/dev/null
    exit 15

    $ ai-lab-framework logs
    2026-11-23 02:00:00 debug probe: looking
    2026-11-23 02:00:00 info  torn: first words
    exit 0

    $ ai-lab-framework logs --tool torn --level info
    2026-11-23 02:00:00 info  torn: first words
    exit 0

    $ ai-lab-framework logs --level warn
    exit 0

    $ ai-lab-framework logs --level loud
    2> error: invalid value 'loud' for '--level <LEVEL>': debug, info, warn or error
    2> 
    2> For more information, try '--help'.
    exit 2

    $ ai-lab-framework logs --tool torn --json
    {
      "format": 1,
      "logs": [
        {
          "at_ms": 1795399200000,
          "execution_id": "ID",
          "level": "info",
          "position": 2,
          "text": "first words",
          "tool": "torn"
        }
      ]
    }
    exit 0

    $ ai-lab-framework metrics
    action  runs  failed  p50  p95  p99  max  last
    probe.look  1  0.0 %  TIME  TIME  TIME  TIME  0 s ago
    torn.go  1  100.0 %  TIME  TIME  TIME  TIME  0 s ago

    metric  of          values  least  mean  most  last  unit
    hops    probe.look       1   3.00  3.00  3.00  3.00  hops
    exit 0

    $ ai-lab-framework metrics --tool torn
    action  runs  failed  p50  p95  p99  max  last
    torn.go  1  100.0 %  TIME  TIME  TIME  TIME  0 s ago
    exit 0

    $ ai-lab-framework metrics --since 2026-11-24T00:00:00Z
    2> nothing has run yet
    exit 0
    "#);
    assert_snapshot!(lab.play("
        ai-lab-framework metrics --json
    "), @r#"
    $ ai-lab-framework metrics --json
    {
      "format": 1,
      "actions": [
        {
          "tool": "probe",
          "action": "look",
          "count": 1,
          "failed": 0,
          "interrupted": 0,
          "error_rate": 0.0,
          "sum_us": TIME,
          "p50_us": TIME,
          "p95_us": TIME,
          "p99_us": TIME,
          "max_us": TIME,
          "last_at_ms": 1795399200000
        },
        {
          "tool": "torn",
          "action": "go",
          "count": 1,
          "failed": 1,
          "interrupted": 0,
          "error_rate": 1.0,
          "sum_us": TIME,
          "p50_us": TIME,
          "p95_us": TIME,
          "p99_us": TIME,
          "max_us": TIME,
          "last_at_ms": 1795399200000
        }
      ],
      "metrics": [
        {
          "tool": "probe",
          "action": "look",
          "name": "hops",
          "unit": "hops",
          "count": 1,
          "sum": 3.0,
          "min": 3.0,
          "max": 3.0,
          "last": 3.0
        }
      ]
    }
    exit 0
    "#);
}

#[test]
fn what_a_tool_writes_cannot_tell_the_terminal_what_to_do() {
    let lab = Lab::empty();
    let script = "printf 'log \\033[2J\\n' >&2\nprintf '{\"data\":{\"text\":\"a\\\\u001b[2J\\177\\302\\233b\\342\\200\\256c\"}}\\n'\n";
    lab.tool("sly", script, "");
    assert_snapshot!(lab.play("
        ai-lab-framework tool run sly.go
        ai-lab-framework logs
        ai-lab-framework execution show 0 | grep -A 1 -e output -e log
        ai-lab-framework tool run sly.go --json | grep text
    "), @r#"
    $ ai-lab-framework tool run sly.go
    text  a\u{1b}[2J\u{7f}\u{9b}b\u{202e}c
    2> ✓ sly.go in TIME  recorded as ID
    exit 0

    $ ai-lab-framework logs
    2026-11-23 02:00:00 info  sly: log \u{1b}[2J
    exit 0

    $ ai-lab-framework execution show 0 | grep -A 1 -e output -e log
    output
      text  a\u{1b}[2J\u{7f}\u{9b}b\u{202e}c
    log
      info  log \u{1b}[2J
    exit 0

    $ ai-lab-framework tool run sly.go --json | grep text
        "text": "a\u001b[2J\u007f\u009bb\u202ec"
    exit 0
    "#);
}

#[test]
fn a_failed_execution_is_shown_with_its_error_and_a_large_one_by_its_size() {
    let lab = Lab::new();
    lab.tool("torn", "echo 'first words' >&2; exit 1", "");
    let busy = r#"{"error":{"kind":"busy","message":"the router is busy"}}"#;
    lab.tool("busy", &format!("echo '{busy}'"), "");
    lab.tool(
        "large",
        "printf '{\"data\":{\"text\":\"'; head -c 20000 /dev/zero | tr '\\0' y; echo '\"}}'",
        "",
    );
    let id = |tool: &str| {
        let output = lab.shell(&format!("ai-lab-framework tool run {tool}.go --json"));
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        let field = told
            .split("\"execution_id\": \"")
            .nth(1)
            .expect("it is recorded");
        field[..36].to_owned()
    };
    let (torn, busy, large) = (id("torn"), id("busy"), id("large"));
    assert_snapshot!(lab.play(&format!("
        ai-lab-framework execution show {torn} | tail -n 8
        ai-lab-framework execution show {busy} | grep error
        ai-lab-framework execution show {large} | tail -n 2
        ai-lab-framework logs --execution {torn}
        ai-lab-framework logs --execution zzz
    ")), @r"
    $ ai-lab-framework execution show ID | tail -n 8
    input
      –
    time  TIME run, TIME start, TIME queue, TIME record
    exit           exit 1
    chain          link 2 (HASH…)
    error          crashed: the tool ended with exit code 1; its last log line: first words
    log
      info  first words
    exit 0

    $ ai-lab-framework execution show ID | grep error
    error          busy: the router is busy (tool_failed)
    exit 0

    $ ai-lab-framework execution show ID | tail -n 2
    output
      20011 bytes; `--json` shows them
    exit 0

    $ ai-lab-framework logs --execution ID
    2026-11-23 02:00:00 info  torn: first words
    exit 0

    $ ai-lab-framework logs --execution zzz
    2> error: cannot find that execution
    2>   because no execution has an id that begins with `zzz`
    2> hint: `ai-lab-framework execution list` shows the newest.
    exit 4
    ");
}

#[test]
fn old_executions_are_found_by_their_words_and_pruned() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        ai-lab-framework tool run probe.look host=nas
        ai-lab-framework execution search 'na*' --json
        ai-lab-framework execution search '\"' NEAR '('
        ai-lab-framework execution prune --keep 0
        ai-lab-framework execution prune --older-than 2999-01-01T00:00:00Z
        printf '[retention]\\nkeep_days = 90\\nmost_artifact_bytes = 5\\n' >../home/.ai-lab/config.toml
        ai-lab-framework execution prune --older-than 2h --dry-run --json
        ai-lab-framework doctor | grep settings
        echo 'keep_day = 1' >>../home/.ai-lab/config.toml
        ai-lab-framework execution prune
        ai-lab-framework doctor | grep -A 1 settings
    "), @r#"
    $ ai-lab-framework tool run probe.look host=nas
    free bytes  2.0 KiB
    seen
      host  nas
    2> ✓ probe.look in TIME  recorded as ID
    exit 0

    $ ai-lab-framework execution search 'na*' --json
    {
      "behind": 0,
      "format": 1,
      "hits": [
        {
          "action": "look",
          "execution_id": "ID",
          "field": "output",
          "marks": [
            [
              35,
              37
            ]
          ],
          "snippet": "{\"free_bytes\":2048,\"seen\":{\"host\":\"nas\"}}",
          "started_at_ms": 1795399200000,
          "status": "succeeded",
          "tool": "probe"
        }
      ],
      "next": null
    }
    exit 0

    $ ai-lab-framework execution search '"' NEAR '('
    execution  action  status  when  in  text
    2> 0 found
    exit 0

    $ ai-lab-framework execution prune --keep 0
    0 executions pruned
    exit 0

    $ ai-lab-framework execution prune --older-than 2999-01-01T00:00:00Z
    2> error: nothing is older than a time to come
    2> hint: Give how long ago, such as 90d.
    exit 2

    $ printf '[retention]\nkeep_days = 90\nmost_artifact_bytes = 5\n' >../home/.ai-lab/config.toml
    exit 0

    $ ai-lab-framework execution prune --older-than 2h --dry-run --json
    {
      "format": 1,
      "applied": false,
      "retention": {
        "keep_for_ms": 7200000,
        "most_executions": 1000000,
        "most_bytes": 4294967296,
        "most_artifact_bytes": 5
      },
      "executions": 0,
      "kept_as_evidence": 0,
      "more": false,
      "outputs": {
        "files": 0,
        "bytes": 0
      },
      "artifacts": {
        "files": 0,
        "bytes": 0
      }
    }
    exit 0

    $ ai-lab-framework doctor | grep settings
    ✓ settings    /home/.ai-lab/config.toml
    exit 0

    $ echo 'keep_day = 1' >>../home/.ai-lab/config.toml
    exit 0

    $ ai-lab-framework execution prune
    2> error: /home/.ai-lab/config.toml is no configuration of the framework
    2>   because `retention.keep_day`: unknown key `keep_day`; did you mean `keep_days`
    2> hint: Mend it; docs/RECORD.md lists its keys. Nothing is pruned until then.
    exit 3

    $ ai-lab-framework doctor | grep -A 1 settings
    ✗ settings    /home/.ai-lab/config.toml is no configuration of the framework: `retention.keep_day`: unknown key `keep_day`; did you mean `keep_days`
                  Mend it; docs/RECORD.md lists its keys. Nothing is pruned until then.
    exit 0
    "#);
}
