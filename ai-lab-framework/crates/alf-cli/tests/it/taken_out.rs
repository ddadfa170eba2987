//! What is taken out of the record: exports, figures, lines as they come.

use insta::assert_snapshot;

use crate::scene::Lab;

#[test]
fn executions_are_exported_as_spans_a_piece_of_work_a_trace() {
    let lab = Lab::new();
    lab.tool("sly", r#"echo '{"error":{"kind":"k","message":"no"}}'"#, "");
    let spans = "import sys,json\n\
        for line in sys.stdin:\n  \
          for span in json.loads(line)[\"resourceSpans\"][0][\"scopeSpans\"][0][\"spans\"]:\n    \
            print(span[\"name\"], len(span[\"traceId\"]), len(span[\"spanId\"]), span[\"status\"])\n    \
            print([a[\"key\"] for a in span[\"attributes\"]])\n";
    lab.write("spans.py", spans);
    assert_snapshot!(lab.play("
        ai-lab-framework tool run probe.look host=nas --session s >/dev/null 2>&1
        ai-lab-framework tool run sly.go >/dev/null 2>&1
        ai-lab-framework execution export --format otlp | python3 ../spans.py
        ai-lab-framework metrics --objective 99.5 | grep probe | head -n 1 | awk '{print $1, $NF}'
        ai-lab-framework metrics --objective 101
        ai-lab-framework metrics --alert-rules
        ai-lab-framework metrics --objective 99.5 --alert-rules | grep -c alert:
    "), @r#"
    $ ai-lab-framework tool run probe.look host=nas --session s >/dev/null 2>&1
    exit 0

    $ ai-lab-framework tool run sly.go >/dev/null 2>&1
    exit 7

    $ ai-lab-framework execution export --format otlp | python3 ../spans.py
    execute_tool sly.go 32 16 {'code': 2, 'message': 'no'}
    ['gen_ai.operation.name', 'gen_ai.tool.name', 'ai_lab.execution.id', 'ai_lab.tool.version', 'ai_lab.profile', 'ai_lab.sandbox', 'ai_lab.attempt', 'ai_lab.client.name', 'error.type']
    execute_tool probe.look 32 16 {'code': 1}
    ['gen_ai.operation.name', 'gen_ai.tool.name', 'ai_lab.execution.id', 'ai_lab.tool.version', 'ai_lab.profile', 'ai_lab.sandbox', 'ai_lab.attempt', 'ai_lab.client.name', 'session.id']
    exit 0

    $ ai-lab-framework metrics --objective 99.5 | grep probe | head -n 1 | awk '{print $1, $NF}'
    probe.look 0.0×
    exit 0

    $ ai-lab-framework metrics --objective 101
    2> error: invalid value '101' for '--objective <PERCENT>': an objective is a percentage from 50 to below 100, such as 99.5
    2> 
    2> For more information, try '--help'.
    exit 2

    $ ai-lab-framework metrics --alert-rules
    2> error: the following required arguments were not provided:
    2>   --objective <PERCENT>
    2> 
    2> Usage: ai-lab-framework metrics --objective <PERCENT> --alert-rules
    2> 
    2> For more information, try '--help'.
    exit 2

    $ ai-lab-framework metrics --objective 99.5 --alert-rules | grep -c alert:
    3
    exit 0
    "#);
}

#[test]
fn executions_are_exported_as_lines_or_as_a_table() {
    let lab = Lab::new();
    lab.tool(
        "sly",
        r#"echo '{"error":{"kind":"=cmd()","message":"a, \"b\""}}'"#,
        "",
    );
    assert_snapshot!(lab.play("
        ai-lab-framework tool run probe.look host=nas >/dev/null 2>&1
        ai-lab-framework tool run sly.go >/dev/null 2>&1
        ai-lab-framework execution export --format csv | cut -d , -f 5-12
        ai-lab-framework execution export probe.look | grep -c 'host.*nas'
        ai-lab-framework execution export -o all.jsonl
        wc -l <all.jsonl
        ai-lab-framework execution export -o all.jsonl
        ai-lab-framework execution export --status started --format csv -o all.jsonl --force
        wc -l <all.jsonl
    "), @r#"
    $ ai-lab-framework tool run probe.look host=nas >/dev/null 2>&1
    exit 0

    $ ai-lab-framework tool run sly.go >/dev/null 2>&1
    exit 7

    $ ai-lab-framework execution export --format csv | cut -d , -f 5-12
    tool,tool_version,action,profile,status,error_class,error_kind,error_message
    sly,0.1.0,go,standard,failed,tool_failed,'=cmd(),"a
    probe,1.2.3,look,standard,succeeded,,,
    exit 0

    $ ai-lab-framework execution export probe.look | grep -c 'host.*nas'
    1
    exit 0

    $ ai-lab-framework execution export -o all.jsonl
    2> ✓ all.jsonl: 2 executions
    exit 0

    $ wc -l <all.jsonl
    2
    exit 0

    $ ai-lab-framework execution export -o all.jsonl
    2> error: all.jsonl is there already
    2> hint: Name another file, or replace it with --force.
    exit 5

    $ ai-lab-framework execution export --status started --format csv -o all.jsonl --force
    2> ✓ all.jsonl: 0 executions
    exit 0

    $ wc -l <all.jsonl
    1
    exit 0
    "#);
}

#[test]
fn figures_are_told_by_day_and_for_a_prometheus_server() {
    let lab = Lab::new();
    lab.tool("torn", "exit 1", "");
    assert_snapshot!(lab.play("
        ai-lab-framework tool run probe.look host=nas >/dev/null 2>&1
        ai-lab-framework tool run torn.go >/dev/null 2>&1
        ai-lab-framework metrics --by day
        ai-lab-framework metrics --by hour --tool torn --json | grep -e _at_ms -e count -e by
        ai-lab-framework metrics --by day --since 2026-11-24T00:00:00Z
        ai-lab-framework metrics --prometheus | grep -v seconds
        ai-lab-framework metrics --prometheus | grep -c duration_seconds
        ai-lab-framework metrics --prometheus --since 1h
    "), @r#"
    $ ai-lab-framework tool run probe.look host=nas >/dev/null 2>&1
    exit 0

    $ ai-lab-framework tool run torn.go >/dev/null 2>&1
    exit 15

    $ ai-lab-framework metrics --by day
    from  action  runs  failed  p50  p95  p99  max
    2026-11-23 00:00:00  probe.look  1  0.0 %  TIME  TIME  TIME  TIME
    2026-11-23 00:00:00  torn.go  1  100.0 %  TIME  TIME  TIME  TIME
    exit 0

    $ ai-lab-framework metrics --by hour --tool torn --json | grep -e _at_ms -e count -e by
      "by": "hour",
          "starts_at_ms": 1795399200000,
          "ends_at_ms": 1795402800000,
          "count": 1,
          "last_at_ms": 1795399200000
    exit 0

    $ ai-lab-framework metrics --by day --since 2026-11-24T00:00:00Z
    2> nothing has run in that time
    exit 0

    $ ai-lab-framework metrics --prometheus | grep -v seconds
    # HELP ai_lab_framework_build_info The framework that wrote this page.
    # TYPE ai_lab_framework_build_info gauge
    ai_lab_framework_build_info{version="0.1.0"} 1
    # HELP ai_lab_tool_executions_total Executions that have ended, by how they ended.
    # TYPE ai_lab_tool_executions_total counter
    ai_lab_tool_executions_total{tool="probe",action="look",status="failed"} 0
    ai_lab_tool_executions_total{tool="probe",action="look",status="interrupted"} 0
    ai_lab_tool_executions_total{tool="probe",action="look",status="succeeded"} 1
    ai_lab_tool_executions_total{tool="torn",action="go",status="failed"} 1
    ai_lab_tool_executions_total{tool="torn",action="go",status="interrupted"} 0
    ai_lab_tool_executions_total{tool="torn",action="go",status="succeeded"} 0
    # HELP ai_lab_tool_measured_last The last value that a tool measured.
    # TYPE ai_lab_tool_measured_last gauge
    ai_lab_tool_measured_last{tool="probe",action="look",name="hops",unit="hops"} 3
    # HELP ai_lab_tool_measured_sum The sum of the values that a tool measured.
    # TYPE ai_lab_tool_measured_sum gauge
    ai_lab_tool_measured_sum{tool="probe",action="look",name="hops",unit="hops"} 3
    # HELP ai_lab_tool_measured_total How many values a tool measured.
    # TYPE ai_lab_tool_measured_total counter
    ai_lab_tool_measured_total{tool="probe",action="look",name="hops",unit="hops"} 1
    exit 0

    $ ai-lab-framework metrics --prometheus | grep -c duration_seconds
    12
    exit 0

    $ ai-lab-framework metrics --prometheus --since 1h
    2> error: the argument '--prometheus' cannot be used with '--since <TIME>'
    2> 
    2> Usage: ai-lab-framework metrics --prometheus
    2> 
    2> For more information, try '--help'.
    exit 2
    "#);
}

#[test]
fn new_lines_are_followed_until_somebody_says_stop() {
    let lab = Lab::new();
    lab.tool(
        "talk",
        "echo \"said $AI_LAB_EXECUTION_ID\" | cut -c 1-4 >&2; echo '{\"data\":{}}'",
        "",
    );
    lab.shell("mkfifo ../seen");
    assert_snapshot!(lab.play("
        ai-lab-framework tool run talk.go >/dev/null 2>&1
        ai-lab-framework logs --follow >../seen & exec 3<../seen; read -r a <&3; ai-lab-framework tool run talk.go >/dev/null 2>&1; read -r b <&3; echo \"$a\"; echo \"$b\"; kill -INT $!; wait $!
        ai-lab-framework logs --follow --tool talk --json --limit 1 >../seen & exec 3<../seen; read -r a <&3; echo \"$a\" | grep -c said; exec 3<&-; wait $!
    "), @r#"
    $ ai-lab-framework tool run talk.go >/dev/null 2>&1
    exit 0

    $ ai-lab-framework logs --follow >../seen & exec 3<../seen; read -r a <&3; ai-lab-framework tool run talk.go >/dev/null 2>&1; read -r b <&3; echo "$a"; echo "$b"; kill -INT $!; wait $!
    2026-11-23 02:00:00 info  talk: said
    2026-11-23 02:00:00 info  talk: said
    exit 0

    $ ai-lab-framework logs --follow --tool talk --json --limit 1 >../seen & exec 3<../seen; read -r a <&3; echo "$a" | grep -c said; exec 3<&-; wait $!
    1
    exit 0
    "#);
}
