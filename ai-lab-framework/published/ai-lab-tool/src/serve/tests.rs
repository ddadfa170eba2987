use std::io::{self, BufReader};
use std::sync::{Arc, Mutex};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::*;
use crate::{Action, AiTool, Effects, Level};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Pair {
    /// The first.
    a: i64,
    /// The second; 1 when absent.
    #[serde(default = "one")]
    b: i64,
}

fn one() -> i64 {
    1
}

#[derive(Serialize, JsonSchema)]
struct Quotient {
    /// `a` by `b`, rounded down.
    value: i64,
}

/// Divides; a zero is a failure of its own or, for `a` 0, a panic.
struct Divide;

impl Action for Divide {
    const NAME: &'static str = "divide";
    const DESCRIPTION: &'static str = "Divides a by b.";
    const EFFECTS: Effects = Effects::READ_ONLY;
    type Input = Pair;
    type Output = Quotient;

    fn run(&self, pair: Pair, context: &ToolContext) -> Result<Quotient, ToolFailure> {
        context.metric("operands", 2.0, "");
        context.log(Level::Debug, "dividing");
        if pair.b == 0 && pair.a != 0 {
            let detail = json!({ "a": pair.a });
            return Err(ToolFailure::new("by_zero", "b is 0").with_detail(detail));
        }
        context.patch("last", json!(pair.a));
        Ok(Quotient {
            value: pair.a / pair.b,
        })
    }
}

/// Tells all that a context can tell.
struct Tell;

impl Action for Tell {
    const NAME: &'static str = "tell";
    const DESCRIPTION: &'static str = "Tells its surroundings.";
    const EFFECTS: Effects = Effects::CHANGES.idempotent().open_world();
    type Input = Value;
    type Output = Value;

    fn run(&self, input: Value, context: &ToolContext) -> Result<Value, ToolFailure> {
        #[derive(Deserialize)]
        struct Config {
            retries: u8,
        }
        let config: Config = context.config_as()?;
        for at in 0..65 {
            context.metric("step", f64::from(at), "");
        }
        context.metric("odd", f64::NAN, "ms");
        context.patch("gone", Value::Null);
        context
            .hand_off("notes", "add", json!({ "text": "hi" }))
            .map_err(|e| ToolFailure::caused_by("name", &e))?;
        Ok(json!({
            "input": input,
            "retries": config.retries,
            "all": context.config(),
            "ids": [context.execution_id().as_str(), context.correlation_id().as_str()],
            "context": context.context(),
        }))
    }
}

/// Gives what JSON cannot hold.
struct Unspeakable;

impl Action for Unspeakable {
    const NAME: &'static str = "unspeakable";
    const DESCRIPTION: &'static str = "Gives a map whose keys are lists.";
    const EFFECTS: Effects = Effects::DESTROYS;
    type Input = Value;
    type Output = std::collections::BTreeMap<String, Odd>;

    fn run(&self, _: Value, _: &ToolContext) -> Result<Self::Output, ToolFailure> {
        Ok([(String::new(), Odd)].into())
    }
}

#[derive(JsonSchema)]
struct Odd;

impl Serialize for Odd {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("odd"))
    }
}

struct Arithmetic;

impl AiTool for Arithmetic {
    const NAME: &'static str = "arithmetic";
    const DESCRIPTION: &'static str = "Divides.";

    fn actions(self) -> Actions {
        Actions::new().with(Divide).with(Tell).with(Unspeakable)
    }
}

/// A log that the test can read.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The answers to these lines, and the log.
fn served(lines: &[u8]) -> (Vec<Value>, Vec<Value>) {
    let (kept, mut output) = (Kept::default(), Vec::new());
    let log = Log::new(kept.clone());
    serve_lines(
        &Arithmetic.actions(),
        &mut BufReader::new(lines),
        &mut output,
        &log,
    )
    .expect("memory does not fail");
    let parsed = |bytes: &[u8]| {
        let text = std::str::from_utf8(bytes).expect("lines are text");
        assert!(text.is_empty() || text.ends_with('\n'));
        text.lines()
            .map(|line| serde_json::from_str(line).expect("every line is JSON"))
            .collect()
    };
    let logged = kept.0.lock().unwrap().clone();
    (parsed(&output), parsed(&logged))
}

fn request(action: &str, input: &Value) -> Value {
    json!({
        "contract": 1, "execution_id": "e1", "correlation_id": "c1", "action": action,
        "input": input, "config": {"retries": 3},
        "context": {"user_id": "ada", "data": {"seen": 1}},
    })
}

fn answer_to(line: &Value) -> Value {
    let (mut answers, _) = served(line.to_string().as_bytes());
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}

#[test]
fn every_line_is_answered_in_order_until_the_input_ends() {
    let lines = [
        request("divide", &json!({"a": 6, "b": 3})),
        request("divide", &json!({"a": 5})),
    ]
    .map(|line| line.to_string() + "\n")
    .concat();
    let metrics = json!([{"name": "operands", "value": 2.0}]);
    assert_eq!(
        served(lines.as_bytes()),
        (
            vec![
                json!({"data": {"value": 2}, "context_patch": {"last": 6}, "metrics": metrics}),
                json!({"data": {"value": 5}, "context_patch": {"last": 5}, "metrics": metrics}),
            ],
            vec![
                json!({"level": "debug", "message": "dividing", "execution_id": "e1", "correlation_id": "c1"});
                2
            ]
        )
    );
}

#[test]
fn no_line_means_no_answer() {
    assert_eq!(served(b""), (vec![], vec![]));
}

#[test]
fn a_failure_keeps_its_figures_and_drops_its_patch() {
    assert_eq!(
        answer_to(&request("divide", &json!({"a": 5, "b": 0}))),
        json!({
            "error": {"kind": "by_zero", "message": "b is 0", "retryable": false, "detail": {"a": 5}},
            "metrics": [{"name": "operands", "value": 2.0}],
        })
    );
}

#[test]
fn a_panic_is_an_answer_and_the_next_line_is_served() {
    let lines = [
        request("divide", &json!({"a": 0, "b": 0})),
        request("divide", &json!({"a": 1})),
    ]
    .map(|line| line.to_string() + "\n")
    .concat();
    let (answers, _) = served(lines.as_bytes());
    assert_eq!(
        answers[0]["error"],
        json!({
            "kind": "panic", "retryable": false,
            "message": "the action panicked: attempt to divide by zero",
        })
    );
    assert_eq!(answers[1]["data"], json!({"value": 1}));
}

#[test]
fn a_context_tells_all_and_bounds_what_it_is_told() {
    let line = request("tell", &json!([1]));
    let (answers, log) = served(line.to_string().as_bytes());
    let answer = &answers[0];
    assert_eq!(
        answer["data"],
        json!({
            "input": [1], "retries": 3, "all": {"retries": 3}, "ids": ["e1", "c1"],
            "context": {"user_id": "ada", "data": {"seen": 1}},
        })
    );
    assert_eq!(answer["context_patch"], json!({"gone": null}));
    assert_eq!(
        answer["handoff"],
        json!({"tool": "notes", "action": "add", "input": {"text": "hi"}})
    );
    assert_eq!(answer["metrics"].as_array().map(Vec::len), Some(64));
    let said: Vec<_> = log.iter().map(|line| &line["message"]).collect();
    assert_eq!(
        said,
        [
            "the metric step is past the 64 that an answer carries: dropped",
            "the metric odd is no finite number: dropped",
        ]
    );
}

#[test]
fn what_is_no_call_is_refused_by_name() {
    let mut newer = request("divide", &json!({}));
    newer["contract"] = json!(2);
    newer["action"] = json!({"shape": "unknown"});
    let mut nameless = request("divide", &json!({}));
    nameless["action"] = json!("../x");
    let mut unset = request("tell", &json!({}));
    unset["config"] = json!({});
    let told = |line: &Value| {
        let error = &answer_to(line)["error"];
        format!(
            "{}: {}",
            error["kind"].as_str().unwrap(),
            error["message"].as_str().unwrap()
        )
    };
    let cases = [
        (
            newer,
            "contract_mismatch: the request speaks contract 2, this tool 1",
        ),
        (
            nameless,
            "malformed_request: the line is no request: `../x` is no action name: 1 to 24 of a-z, 0-9, \
             `_`, `-`, a letter first",
        ),
        (
            json!({}),
            "malformed_request: the line is no request: `contract` is missing",
        ),
        (
            json!({"contract": 1}),
            "malformed_request: the line is no request: missing field `execution_id`",
        ),
        (
            request("multiply", &json!({})),
            "unknown_action: no action `multiply`: there is divide, tell, unspeakable",
        ),
        (
            request("divide", &json!({"a": 1, "c": 2})),
            "invalid_input: the input does not fit: unknown field `c`, expected `a` or `b`",
        ),
        (
            unset,
            "invalid_config: the configuration does not fit: missing field `retries`",
        ),
        (
            request("unspeakable", &json!({})),
            "unwritable_output: the output has no form in JSON: odd",
        ),
    ];
    for (line, expected) in cases {
        assert_eq!(told(&line), expected);
    }
}

#[test]
fn what_is_no_json_is_refused_with_the_reason() {
    let deep = "[".repeat(200);
    for line in [
        &b"\n"[..],
        b"{\"a\":\n",
        b"\xff\n",
        deep.as_bytes(),
        b"{\"contract\":NaN}\n",
        br#"{"contract":1,"x":"\ud800"}"#,
    ] {
        let (answers, _) = served(line);
        assert_eq!(answers.len(), 1);
        assert_eq!(answers[0]["error"]["kind"], "malformed_request", "{line:?}");
    }
}

#[test]
fn a_line_past_the_limit_is_refused_and_the_next_is_served() {
    let mut lines = vec![b' '; REQUEST_BYTES + 1];
    lines.push(b'\n');
    lines.extend_from_slice(request("divide", &json!({"a": 8})).to_string().as_bytes());
    let (answers, _) = served(&lines);
    assert_eq!(
        answers[0]["error"],
        json!({
            "kind": "request_too_large", "retryable": false,
            "message": "the request line is longer than 16777216 bytes",
        })
    );
    assert_eq!(answers[1]["data"], json!({"value": 8}));
}

#[test]
fn a_broken_output_ends_the_loop() {
    struct Broken;
    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let line = request("divide", &json!({"a": 8})).to_string();
    let outcome = serve_lines(
        &Arithmetic.actions(),
        &mut line.as_bytes(),
        &mut Broken,
        &Log::new(io::sink()),
    );
    assert_eq!(
        outcome.map_err(|error| error.kind()),
        Err(io::ErrorKind::BrokenPipe)
    );
}

#[test]
fn a_tool_describes_itself_as_a_manifest_would() {
    let described = serde_json::to_value(Arithmetic.actions().describe::<Arithmetic>()).unwrap();
    assert_eq!(
        described["actions"]["divide"],
        json!({
            "description": "Divides a by b.",
            "read_only": true, "destructive": false, "idempotent": true, "open_world": false,
            "input": {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "title": "Pair", "type": "object", "additionalProperties": false,
                "required": ["a"],
                "properties": {
                    "a": {"description": "The first.", "type": "integer", "format": "int64"},
                    "b": {"description": "The second; 1 when absent.", "type": "integer",
                          "format": "int64", "default": 1},
                },
            },
            "output": {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "title": "Quotient", "type": "object", "required": ["value"],
                "properties": {
                    "value": {"description": "`a` by `b`, rounded down.", "type": "integer",
                              "format": "int64"},
                },
            },
        })
    );
    let names: Vec<_> = ["contract", "name", "description"]
        .map(|key| &described[key])
        .to_vec();
    assert_eq!(names, [&json!(1), &json!("arithmetic"), &json!("Divides.")]);
    let effects = ["read_only", "destructive", "idempotent", "open_world"];
    assert_eq!(
        effects.map(|key| described["actions"]["tell"][key].as_bool()),
        [Some(false), Some(false), Some(true), Some(true)]
    );
}

#[test]
fn a_tool_can_be_called_in_its_own_tests() {
    let told = |action: &str, input: Value| {
        let answer = Arithmetic.actions().call(action, input);
        answer.data.or(answer.error.map(|error| json!(error.kind)))
    };
    assert_eq!(
        told("divide", json!({"a": 4, "b": 2})),
        Some(json!({"value": 2}))
    );
    assert_eq!(told("absent", json!({})), Some(json!("unknown_action")));
    assert_eq!(told("No Name", json!({})), Some(json!("unknown_action")));
}

#[test]
#[should_panic(expected = "two actions are named divide")]
fn two_actions_of_one_name_are_found_at_the_start() {
    let _actions = Actions::new().with(Divide).with(Divide);
}
