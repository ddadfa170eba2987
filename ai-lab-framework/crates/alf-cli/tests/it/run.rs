//! `tool run`.

use insta::assert_snapshot;

use crate::scene::Lab;

#[test]
fn an_input_is_given_by_fields_by_json_by_file_or_by_pipe() {
    let lab = Lab::new();
    lab.write("lab/input.json", r#"{"host": "router"}"#);
    assert_snapshot!(lab.play(r#"
        ai-lab-framework tool run probe.look host=nas top=5
        ai-lab-framework tool run probe.look --input '{"host": "nas"}'
        ai-lab-framework tool run probe.look --input @input.json
        echo '{"host": "printer"}' | ai-lab-framework tool run probe.look --input -
    "#), @r#"
    $ ai-lab-framework tool run probe.look host=nas top=5
    free bytes  2.0 KiB
    seen
      host  nas
      top   5
    2> ✓ probe.look in TIME  recorded as ID
    exit 0

    $ ai-lab-framework tool run probe.look --input '{"host": "nas"}'
    free bytes  2.0 KiB
    seen
      host  nas
    2> ✓ probe.look in TIME  recorded as ID
    exit 0

    $ ai-lab-framework tool run probe.look --input @input.json
    free bytes  2.0 KiB
    seen
      host  router
    2> ✓ probe.look in TIME  recorded as ID
    exit 0

    $ echo '{"host": "printer"}' | ai-lab-framework tool run probe.look --input -
    free bytes  2.0 KiB
    seen
      host  printer
    2> ✓ probe.look in TIME  recorded as ID
    exit 0
    "#);
}

#[test]
fn a_program_gets_one_json_document() {
    let lab = Lab::new();
    lab.tool("torn", "exit 3", "");
    assert_snapshot!(lab.play("
        ai-lab-framework tool run probe.look host=nas --json
        ai-lab-framework tool run torn.go --json
        ai-lab-framework tool run probe.gone --json
    "), @r#"
    $ ai-lab-framework tool run probe.look host=nas --json
    {
      "format": 1,
      "execution_id": "ID",
      "correlation_id": "ID",
      "tool": "probe",
      "action": "look",
      "profile": "standard",
      "data": {
        "free_bytes": 2048,
        "seen": {
          "host": "nas"
        }
      },
      "durations": {
        "queue_us": TIME,
        "record_us": TIME,
        "start_us": TIME,
        "run_us": TIME
      }
    }
    exit 0

    $ ai-lab-framework tool run torn.go --json
    {
      "format": 1,
      "execution_id": "ID",
      "correlation_id": "ID",
      "tool": "torn",
      "action": "go",
      "profile": "standard",
      "error": {
        "class": "crashed",
        "kind": "crashed",
        "message": "the tool ended with exit code 3",
        "retryable": true,
        "detail": {
          "exit": "exit 3"
        }
      },
      "durations": {
        "queue_us": TIME,
        "record_us": TIME,
        "start_us": TIME,
        "run_us": TIME
      }
    }
    exit 15

    $ ai-lab-framework tool run probe.gone --json
    {
      "format": 1,
      "error": {
        "class": "not_found",
        "message": "tool `probe` has no action `gone`",
        "causes": [],
        "hint": "It has: forget, look."
      }
    }
    exit 4
    "#);
}

#[test]
fn an_input_that_cannot_be_used_says_what_is_wrong_with_it() {
    let lab = Lab::new();
    lab.write("lab/broken.json", r#"{"host": "#);
    assert_snapshot!(lab.play(r#"
        ai-lab-framework tool run probe.look
        ai-lab-framework tool run probe.look hots=nas
        ai-lab-framework tool run probe.look host=7
        ai-lab-framework tool run probe.look host=nas top=0
        ai-lab-framework tool run probe.look nas
        ai-lab-framework tool run probe.look host=a host=b
        ai-lab-framework tool run probe.look --input '{"host": NaN}'
        ai-lab-framework tool run probe.look --input '{"host": 1, "host": 2}'
        ai-lab-framework tool run probe.look --input @broken.json
        ai-lab-framework tool run probe.look --input @absent.json
        ai-lab-framework tool run probe.look --input - <&-
        ai-lab-framework tool run probe.look host=a --input '{}'
        ai-lab-framework tool run probe.look host=nas --timeout=-1
    "#), @r#"
    $ ai-lab-framework tool run probe.look
    2> ✗ probe.look: the input does not fit: missing key `host` (invalid_input)  recorded as ID
    exit 11

    $ ai-lab-framework tool run probe.look hots=nas
    2> ✗ probe.look: the input does not fit at /hots: unknown key `hots`; did you mean `host` (and 1 more) (invalid_input)  recorded as ID
    exit 11

    $ ai-lab-framework tool run probe.look host=7
    2> ✗ probe.look: the input does not fit at /host: expected text, found the number 7 (invalid_input)  recorded as ID
    exit 11

    $ ai-lab-framework tool run probe.look host=nas top=0
    2> ✗ probe.look: the input does not fit at /top: 0 is less than 1 (invalid_input)  recorded as ID
    exit 11

    $ ai-lab-framework tool run probe.look nas
    2> error: `nas` is no KEY=VALUE
    2> hint: Give fields as `top=5`, or the whole input with --input.
    exit 2

    $ ai-lab-framework tool run probe.look host=a host=b
    2> error: `host` is given twice
    exit 2

    $ ai-lab-framework tool run probe.look --input '{"host": NaN}'
    2> error: --input holds no JSON to use
    2>   because `NaN` is no JSON number (line 1, column 10)
    exit 11

    $ ai-lab-framework tool run probe.look --input '{"host": 1, "host": 2}'
    2> error: --input holds no JSON to use
    2>   because the key `host` is there twice (line 1, column 18)
    exit 11

    $ ai-lab-framework tool run probe.look --input @broken.json
    2> error: broken.json holds no JSON to use
    2>   because the JSON ends in the middle (line 1, column 10)
    exit 11

    $ ai-lab-framework tool run probe.look --input @absent.json
    2> error: cannot read absent.json
    2>   because No such file or directory (os error 2)
    exit 2

    $ ai-lab-framework tool run probe.look --input - <&-
    2> error: standard input holds no JSON to use
    2>   because no JSON: there is nothing but white space (line 1, column 1)
    exit 11

    $ ai-lab-framework tool run probe.look host=a --input '{}'
    2> error: the argument '[KEY=VALUE]...' cannot be used with '--input <JSON>'
    2> 
    2> Usage: ai-lab-framework tool run <TOOL.ACTION> <KEY=VALUE>...
    2> 
    2> For more information, try '--help'.
    exit 2

    $ ai-lab-framework tool run probe.look host=nas --timeout=-1
    2> error: -1 is no time to wait
    2> hint: Give seconds, such as 2.5.
    exit 2
    "#);
}

#[test]
fn what_is_not_there_is_told_with_the_nearest_word() {
    let lab = Lab::new();
    assert_snapshot!(lab.play("
        ai-lab-framework tool run probe
        ai-lab-framework tool run prob
        ai-lab-framework tool run prob.look
        ai-lab-framework tool run probe.lok
        ai-lab-framework tool run probe.walk
        ai-lab-framework tool run Probe.look
        ai-lab-framework tool run zebra.go
        cd / && ai-lab-framework tool run zebra.go
    "), @r"
    $ ai-lab-framework tool run probe
    2> error: `probe` is a tool; name one of its actions
    2> hint: It has `probe.forget`, `probe.look`.
    exit 2

    $ ai-lab-framework tool run prob
    2> error: there is no tool `prob`
    2> hint: Did you mean `probe`?
    exit 4

    $ ai-lab-framework tool run prob.look
    2> error: there is no tool `prob`
    2> hint: Did you mean `probe`?
    exit 4

    $ ai-lab-framework tool run probe.lok
    2> error: tool `probe` has no action `lok`
    2> hint: Did you mean `probe.look`?
    exit 4

    $ ai-lab-framework tool run probe.walk
    2> error: tool `probe` has no action `walk`
    2> hint: It has: forget, look.
    exit 4

    $ ai-lab-framework tool run Probe.look
    2> error: cannot tell which action is meant
    2>   because `Probe` is no tool name: 1 to 32 of a-z, 0-9, `_`, `-`, a letter first
    exit 2

    $ ai-lab-framework tool run zebra.go
    2> error: there is no tool `zebra`
    2> hint: `ai-lab-framework tool list` shows the tools there are.
    exit 4

    $ cd / && ai-lab-framework tool run zebra.go
    2> error: there is no tool `zebra`
    2> hint: This folder belongs to no lab: go to one, or make one with `ai-lab init DIR`.
    exit 4
    ");
}

#[test]
fn each_way_to_fail_has_its_word_and_its_exit_code() {
    let lab = Lab::empty();
    lab.tool(
        "hangs",
        "sleep 1000",
        "limits = { run_ms = 200, grace_ms = 100 }",
    );
    lab.tool("is-still", "echo '{\"data\":{}}'", "");
    lab.tool("waits", "sleep 1000", "");
    lab.tool(
        "floods",
        "while :; do echo 0123456789; done",
        "limits = { output_bytes = 1000 }",
    );
    lab.tool("crashes", "echo 'no route to host' >&2; exit 3", "");
    lab.tool("says-nothing", "exit 0", "");
    lab.tool("babbles", "echo hello", "");
    lab.tool("gives-wrong", "echo '{\"data\":7}'", "");
    let busy = r#"{"error":{"kind":"busy","message":"the router is busy","retryable":true}}"#;
    lab.tool("is-busy", &format!("echo '{busy}'"), "");
    lab.tool("secretive", "", "grants = { secrets = [\"token\"] }");
    lab.tool("newer", "", "framework = \">=9\"");
    assert_snapshot!(lab.play("
        ai-lab-framework tool run hangs.go
        ai-lab-framework tool run waits.go --timeout 0.2
        ai-lab-framework tool run floods.go
        ai-lab-framework tool run crashes.go
        ai-lab-framework tool run says-nothing.go
        ai-lab-framework tool run babbles.go
        ai-lab-framework tool run gives-wrong.go
        ai-lab-framework tool run is-busy.go
        ai-lab-framework tool run is-still.go
        ai-lab-framework tool run secretive.go
        ai-lab-framework tool run newer.go
        ai-lab-framework execution list --limit 3
    "), @r"
    $ ai-lab-framework tool run hangs.go
    2> ✗ hangs.go: the tool was still running at its time limit (timeout)  recorded as ID
    exit 13

    $ ai-lab-framework tool run waits.go --timeout 0.2
    2> ✗ waits.go: the tool was still running at its time limit (timeout)  recorded as ID
    exit 13

    $ ai-lab-framework tool run floods.go
    2> ✗ floods.go: the tool wrote more than its output limit allows (output_limit)  recorded as ID
    exit 14

    $ ai-lab-framework tool run crashes.go
    2> ✗ crashes.go: the tool ended with exit code 3; its last log line: no route to host (crashed)  recorded as ID
    exit 15

    $ ai-lab-framework tool run says-nothing.go
    2> ✗ says-nothing.go: the tool ended well and wrote no result line (no_result)  recorded as ID
    exit 16

    $ ai-lab-framework tool run babbles.go
    2> ✗ babbles.go: the tool wrote a line that is no result: no JSON: expected value (line 1, column 1) (malformed_result)  recorded as ID
    exit 17

    $ ai-lab-framework tool run gives-wrong.go
    2> ✗ gives-wrong.go: the tool's data does not fit its output schema: expected an object, found the number 7 (invalid_output)  recorded as ID
    exit 12

    $ ai-lab-framework tool run is-busy.go
    2> ✗ is-busy.go: the router is busy (tool_failed)  recorded as ID
    exit 7

    $ ai-lab-framework tool run is-still.go
    –
    2> ✓ is-still.go in TIME  recorded as ID
    exit 0

    $ ai-lab-framework tool run secretive.go
    2> ✗ secretive.go: tool `secretive` asks for the secret `token`, which is not kept here; next: `ai-lab-framework secret set token` (refused)  recorded as ID
    exit 6

    $ ai-lab-framework tool run newer.go
    2> ✗ newer.go: tool `newer` needs framework >=9, this is 0.1.0 (incompatible)  recorded as ID
    exit 9

    $ ai-lab-framework execution list --limit 3
    execution  action  status  took  when  what
    ID  newer.go  failed  TIME  0 s ago  incompatible: tool `newer` needs framework >=9, this is 0.1.0
    ID  secretive.go  failed  TIME  0 s ago  refused: tool `secretive` asks for the secret `token`, which is not kept here; next: `ai-lab-framework secret set token`
    ID  is-still.go  succeeded  TIME  0 s ago
    2> 3 of 11; go on with --before 17
    exit 0
    ");
}

#[test]
fn a_session_keeps_context_from_run_to_run() {
    let lab = Lab::empty();
    let script = r#"read -r line
data=${line##*'"data":'}
printf '{"data":{"before":%s},"context_patch":{"host":"nas"}}\n' "${data%'}}'}"
"#;
    lab.tool("recall", script, "");
    assert_snapshot!(lab.play("
        ai-lab-framework tool run recall.go --session evening
        ai-lab-framework tool run recall.go --session evening
        ai-lab-framework tool run recall.go
        ai-lab-framework execution list --session evening
        ai-lab-framework tool run recall.go --session '../etc'
    "), @r"
    $ ai-lab-framework tool run recall.go --session evening
    before  {}
    2> ✓ recall.go in TIME  recorded as ID
    exit 0

    $ ai-lab-framework tool run recall.go --session evening
    before
      host  nas
    2> ✓ recall.go in TIME  recorded as ID
    exit 0

    $ ai-lab-framework tool run recall.go
    before  {}
    2> ✓ recall.go in TIME  recorded as ID
    exit 0

    $ ai-lab-framework execution list --session evening
    execution  action  status  took  when  what
    ID  recall.go  succeeded  TIME  0 s ago
    ID  recall.go  succeeded  TIME  0 s ago
    2> 2 of 2
    exit 0

    $ ai-lab-framework tool run recall.go --session '../etc'
    2> error: invalid value '../etc' for '--session <ID>': `../etc` is no session id: 1 to 128 of letters, digits, `-`, `_`, `.`, `:`
    2> 
    2> For more information, try '--help'.
    exit 2
    ");
}

#[test]
fn any_answer_is_laid_out_for_a_person() {
    let lab = Lab::empty();
    let data = serde_json::json!({
        "up": true, "down": false, "nothing": null, "load_percent": 12.345, "mean": 0.5,
        "disk_bytes": 1_500_000_000_u64, "read_bytes_per_s": 2048, "names": ["nas", "router"], "none": [],
        "hosts": [{ "name": "nas", "ms": 3 }, { "name": "router", "ms": 12 }],
        "mixed": [1, { "a": { "b": [1] } }, [2, 3]],
        "deep": { "a": { "b": { "c": { "d": { "e": { "f": { "g": 1 } } } } } } },
    });
    lab.tool(
        "report",
        &format!("echo '{}'", serde_json::json!({ "data": data })),
        "",
    );
    assert_snapshot!(lab.play("ai-lab-framework tool run report.go"), @r#"
    $ ai-lab-framework tool run report.go
    disk bytes        1.4 GiB
    down              no
    load percent      12.3 %
    mean              0.50
    names             nas, router
    none              –
    nothing           –
    read bytes per s  2.0 KiB/s
    up                yes
    deep
      a
        b
          c
            d
              e
                f
                  {"g":1}
    hosts
      name    ms
      nas      3
      router  12
    mixed
      - 1
      -
        a
          b  1
      - 2, 3
    2> ✓ report.go in TIME  recorded as ID
    exit 0
    "#);
}
