//! O25 to O60 of the catalogue of bad input: what a tool may write and do, with real processes.

use ai_lab_contract::ErrorClass;
use alf_ops::{Completed, list_executions};
use alf_store::{Execution, ExecutionFilter, Status};
use serde_json::{Value, json};

use crate::catalogue::{Row, assert_page, tree};
use crate::scene::{HASTY, Lab, NARROW, SETTLED, call, log_of, run, shown};

/// Limits for a tool that may write much and answers well.
const WIDE: &str = "limits = { run_ms = 30_000, output_bytes = 8_388_608 }";

/// What becomes of a call.
enum Fate {
    /// It fails so; the message holds this.
    Fails(ErrorClass, &'static str),
    /// It is answered with what this looks for in the data.
    Answers(fn(&Value) -> bool),
    /// It is answered, and the log tells this.
    Tells(&'static str),
}

use Fate::{Answers, Fails, Tells};

/// A number of the catalogue, what the tool does, its script and limits, and its fate.
type Case = (&'static str, &'static str, &'static str, &'static str, Fate);

const MALFORMED: ErrorClass = ErrorClass::MalformedResult;
const HANGS: Fate = Fails(ErrorClass::Timeout, "still running at its time limit");

const CASES: &[Case] = &[
    (
        "25",
        "nothing, exit code 0",
        "exit 0",
        NARROW,
        Fails(ErrorClass::NoResult, "wrote no result line"),
    ),
    (
        "26",
        "only spaces",
        "printf '  \\n \\n'",
        NARROW,
        Fails(ErrorClass::NoResult, "wrote no result line"),
    ),
    (
        "27",
        "text before the JSON",
        "printf 'here: '; echo '{\"data\":{\"ok\":true}}'",
        NARROW,
        Fails(MALFORMED, "no JSON: expected value"),
    ),
    (
        "27",
        "text after the JSON",
        "echo '{\"data\":{\"ok\":true}} done'",
        NARROW,
        Fails(MALFORMED, "more follows after the JSON's end"),
    ),
    (
        "28",
        "two objects",
        "echo '{\"data\":{\"ok\":true}}{\"data\":{\"ok\":true}}'",
        NARROW,
        Fails(MALFORMED, "more follows after the JSON's end"),
    ),
    (
        "29",
        "half an object, then a hang",
        "printf '{\"data\":'; exec sleep 1000",
        HASTY,
        HANGS,
    ),
    (
        "30",
        "half an object, then the end",
        "printf '{\"data\":'",
        NARROW,
        Fails(MALFORMED, "half a line: the JSON ends in the middle"),
    ),
    (
        "31",
        "bytes that are no UTF-8",
        "printf '{\"data\":{\"text\":\"\\377\"}}\\n'",
        NARROW,
        Fails(MALFORMED, "the JSON is not UTF-8"),
    ),
    (
        "32",
        "a lone surrogate",
        "echo '{\"data\":{\"text\":\"\\ud800\"}}'",
        NARROW,
        Fails(MALFORMED, "no JSON: unexpected end of hex escape"),
    ),
    (
        "33",
        "a byte order mark",
        "printf '\\357\\273\\277{\"data\":{\"ok\":true}}\\n'",
        NARROW,
        Fails(MALFORMED, "begins with a byte order mark"),
    ),
    (
        "34",
        "`NaN`",
        "echo '{\"data\":{\"ok\":true,\"n\":NaN}}'",
        NARROW,
        Fails(MALFORMED, "`NaN` is no JSON number"),
    ),
    (
        "34",
        "`-Infinity`",
        "echo '{\"data\":{\"ok\":true,\"n\":-Infinity}}'",
        NARROW,
        Fails(MALFORMED, "`-Infinity` is no JSON number"),
    ),
    (
        "35",
        "`1e999`",
        "echo '{\"data\":{\"ok\":true,\"n\":1e999}}'",
        NARROW,
        Fails(MALFORMED, "the number 1e999 is out of range"),
    ),
    (
        "36",
        "a whole number beyond 64 bits",
        "echo '{\"data\":{\"ok\":true,\"n\":18446744073709551616}}'",
        NARROW,
        Fails(MALFORMED, "would be changed by reading it: send it as text"),
    ),
    (
        "37",
        "2^53 + 1",
        "echo '{\"data\":{\"ok\":true,\"n\":9007199254740993}}'",
        NARROW,
        Answers(|data| data["n"] == json!(9_007_199_254_740_993_u64)),
    ),
    (
        "38",
        "0.999… of a million digits",
        "printf '{\"data\":{\"ok\":true,\"n\":0.'; head -c 1000000 /dev/zero | tr '\\0' 9; echo '}}'",
        WIDE,
        Fails(MALFORMED, "a number has more than 400 characters"),
    ),
    (
        "39",
        "a whole number of a million digits",
        "printf '{\"data\":{\"ok\":true,\"n\":'; head -c 1000000 /dev/zero | tr '\\0' 9; echo '}}'",
        WIDE,
        Fails(MALFORMED, "a number has more than 400 characters"),
    ),
    (
        "40",
        "a key twice",
        "echo '{\"data\":{\"ok\":false,\"ok\":true}}'",
        NARROW,
        Fails(MALFORMED, "the key `ok` is there twice"),
    ),
    (
        "41",
        "127 levels",
        "printf '{\"data\":{\"ok\":true,\"n\":'; head -c 125 /dev/zero | tr '\\0' '['; head -c 125 /dev/zero | tr '\\0' ']'; echo '}}'",
        NARROW,
        Answers(|data| data["n"].is_array()),
    ),
    (
        "41",
        "128 levels",
        "printf '{\"data\":{\"ok\":true,\"n\":'; head -c 126 /dev/zero | tr '\\0' '['; head -c 126 /dev/zero | tr '\\0' ']'; echo '}}'",
        NARROW,
        Fails(MALFORMED, "nest deeper than 127 levels"),
    ),
    (
        "42",
        "a NUL inside a text",
        "printf '{\"data\":{\"ok\":true,\"text\":\"a\\\\u0000b\"}}\\n'",
        NARROW,
        Answers(|data| data["text"] == json!("a\0b")),
    ),
    (
        "43",
        "a scalar on top",
        "echo 7",
        NARROW,
        Fails(MALFORMED, "a line that is no result"),
    ),
    (
        "43",
        "a list on top",
        "echo '[]'",
        NARROW,
        Fails(MALFORMED, "neither `data` nor `error`"),
    ),
    (
        "44",
        "data that breaks its schema",
        "echo '{\"data\":{\"ok\":\"yes\"}}'",
        NARROW,
        Fails(
            ErrorClass::InvalidOutput,
            "at /ok: expected true or false, found the text `yes`",
        ),
    ),
    (
        "45",
        "300,000 keys",
        "printf '{\"data\":{\"ok\":true'; seq -f ',\"k%.0f\":1' 300000 | tr -d '\\n'; echo '}}'",
        WIDE,
        Answers(|data| data.as_object().is_some_and(|keys| keys.len() == 300_001)),
    ),
    (
        "46",
        "1 GiB without a line's end",
        "head -c 1073741824 /dev/zero",
        WIDE,
        Fails(ErrorClass::OutputLimit, "more than its output limit allows"),
    ),
    (
        "47",
        "3 million lines",
        "yes | head -n 3000000",
        NARROW,
        Fails(ErrorClass::OutputLimit, "more than its output limit allows"),
    ),
    (
        "48",
        "a flood on standard error",
        "head -c 5000000 /dev/zero | tr '\\0' x >&2\necho '{\"data\":{\"ok\":true}}'",
        NARROW,
        Tells("the tool wrote 5000000 bytes of log, 1024 are kept"),
    ),
    (
        "49",
        "a byte every 50 ms",
        "while :; do printf ' '; sleep 0.05; done",
        HASTY,
        HANGS,
    ),
    (
        "50",
        "standard output closed, still running",
        "exec >&-; exec sleep 1000",
        HASTY,
        HANGS,
    ),
    (
        "51",
        "standard output held by a grandchild",
        "sleep 1000 &\nSETTLED\necho '{\"data\":{\"ok\":true}}'",
        "",
        Tells("ended a process the tool left behind: sleep (PID)"),
    ),
    (
        "52",
        "a good answer, exit code 3",
        "echo '{\"data\":{\"ok\":true}}'; exit 3",
        NARROW,
        Fails(ErrorClass::Crashed, "ended with exit code 3"),
    ),
    (
        "53",
        "a death by signal",
        "kill -SEGV $$",
        NARROW,
        Fails(ErrorClass::Crashed, "ended by signal 11"),
    ),
    (
        "54",
        "a daemon in a session of its own",
        "setsid sleep 1000 </dev/null >/dev/null 2>&1 &\nSETTLED\necho '{\"data\":{\"ok\":true}}'",
        "",
        Tells("ended a process the tool left behind: sleep (PID)"),
    ),
    (
        "55",
        "SIGSTOP to itself",
        "kill -STOP $$; echo '{\"data\":{\"ok\":true}}'",
        HASTY,
        HANGS,
    ),
    (
        "56",
        "SIGTERM ignored",
        "trap '' TERM; while :; do read x </dev/null; done",
        HASTY,
        HANGS,
    ),
    (
        "57",
        "10 MiB of input not read",
        "exec 0<&-; echo '{\"data\":{\"ok\":true}}'",
        WIDE,
        Answers(|data| data["ok"] == json!(true)),
    ),
    (
        "58",
        "control and direction characters",
        "printf '{\"data\":{\"ok\":true,\"text\":\"\\\\u001b[2J\\342\\200\\256\"}}\\n'",
        NARROW,
        Answers(|data| data["text"] == json!("\u{1b}[2J\u{202e}")),
    ),
    (
        "59",
        "HTML",
        "echo '{\"data\":{\"ok\":true,\"text\":\"<script>alert(1)</script>\"}}'",
        NARROW,
        Answers(|data| data["text"] == json!("<script>alert(1)</script>")),
    ),
    (
        "60",
        "what looks like JSON-RPC",
        "echo '{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}'",
        NARROW,
        Fails(MALFORMED, "unknown field `id`"),
    ),
];

/// Runs the case in a lab of its own: one row, nothing left running, nothing changed. Gives what became of it.
fn play(case: &Case) -> String {
    let (number, sent, script, limits, fate) = case;
    let context = format!("{number}: {sent}");
    let lab = Lab::new();
    lab.tool_with("rogue", &script.replace("SETTLED\n", SETTLED), limits);
    let before = tree(&lab.path("lab"));
    let framework = lab.framework();
    let text = if *number == "57" {
        "x".repeat(10 << 20)
    } else {
        String::new()
    };
    // `run` looks for what is left in the process table.
    let completed = run(&framework, &call("rogue", json!({ "text": text }))).expect(&context);
    let filter = ExecutionFilter::default();
    let rows = list_executions(&framework, &filter)
        .expect("it can be read")
        .executions;
    let [row] = rows.try_into().expect("one call is one row");
    assert_eq!(tree(&lab.path("lab")), before, "{context}");
    assert_recorded(&context, &completed, &row);
    match (fate, &completed.error, &completed.data) {
        (Fails(class, part), Some(error), None) => {
            assert_eq!(error.class, *class, "{context}: {}", error.message);
            assert!(error.message.contains(part), "{context}: {}", error.message);
            format!("`{}` ({}): {part}", class.as_str(), class.exit_code())
        }
        (Answers(is_right), None, Some(data)) => {
            assert!(is_right(data), "{context}");
            "answered as it is".to_owned()
        }
        (Tells(line), None, Some(_)) => {
            let log = log_of(&shown(&framework, &completed));
            assert_eq!(
                log.last().map(|(_, text)| text.as_str()),
                Some(*line),
                "{context}"
            );
            format!("answered; the log tells: {line}")
        }
        (Fails(..) | Answers(_) | Tells(_), error, _) => {
            assert_eq!(
                error.as_ref().map(|error| &error.message),
                None,
                "{context}"
            );
            unreachable!("{context}: an answer without data")
        }
    }
}

/// The row says what the answer said.
fn assert_recorded(context: &str, completed: &Completed, row: &Execution) {
    let status = match completed.error {
        None => Status::Succeeded,
        Some(_) => Status::Failed,
    };
    let ended = row.ended.as_ref().expect("it has ended");
    assert_eq!(
        (
            &row.start.execution_id,
            row.status,
            ended
                .error
                .as_ref()
                .map(|error| (error.class, &error.message))
        ),
        (
            &completed.execution_id,
            status,
            completed
                .error
                .as_ref()
                .map(|error| (error.class, &error.message))
        ),
        "{context}"
    );
}

#[test]
fn whatever_a_tool_writes_or_does_ends_with_its_name_and_one_row() {
    let rows: Vec<Row> = CASES
        .iter()
        .map(|case| Row {
            number: case.0,
            sent: case.1,
            becomes: play(case),
        })
        .collect();
    let test = "alf-ops bad_output::whatever_a_tool_writes_or_does_ends_with_its_name_and_one_row";
    assert_page("tool-output.md", "Bad output of a tool", test, &rows);
}
