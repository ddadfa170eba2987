use ai_lab_contract::Profile;
use alf_ops::{Durations, ExecutionError, StoodIn};

use super::*;

fn completed(outcome: Result<Value, (ErrorClass, &str)>) -> Completed {
    let (data, error) = match outcome {
        Ok(data) => (Some(data), None),
        Err((class, message)) => (None, Some(ExecutionError::new(class, message))),
    };
    Completed {
        format: 1,
        execution_id: "e1".parse().expect("an id"),
        correlation_id: "c1".parse().expect("an id"),
        session_id: None,
        tool: "disk".parse().expect("a name"),
        action: "free".parse().expect("a name"),
        profile: Profile::Standard,
        data,
        error,
        warnings: Vec::new(),
        recorded: true,
        handoff: None,
        attempts: 1,
        fallback: None,
        chain: Vec::new(),
        artifacts: Vec::new(),
        durations: Durations::default(),
    }
}

fn check(completed: &Completed, has_output_schema: bool, expected: &Value) {
    let result = of_completed(completed, has_output_schema, false);
    let mut value = serde_json::to_value(result).expect("JSON");
    let meta = value
        .as_object_mut()
        .and_then(|object| object.remove("_meta"));
    assert_eq!(
        meta,
        Some(json!({ "ai-lab/execution_id": "e1", "ai-lab/source": "tool disk.free" }))
    );
    assert_eq!(value, *expected);
}

#[test]
fn data_is_indented_json_and_its_twin_only_where_it_was_promised() {
    let data = json!({ "free": 3 });
    let text = "{\n  \"free\": 3\n}";
    check(
        &completed(Ok(data.clone())),
        true,
        &json!({
            "resultType": "complete", "isError": false,
            "content": [{ "type": "text", "text": text }], "structuredContent": data,
        }),
    );
    check(
        &completed(Ok(data)),
        false,
        &json!({ "resultType": "complete", "isError": false, "content": [{ "type": "text", "text": text }] }),
    );
}

#[test]
fn a_text_is_answered_as_it_is() {
    check(
        &completed(Ok(json!("one\ntwo"))),
        false,
        &json!({ "resultType": "complete", "isError": false, "content": [{ "type": "text", "text": "one\ntwo" }] }),
    );
}

#[test]
fn an_error_is_one_line_with_its_next_step_its_class_and_its_place() {
    check(
        &completed(Err((
            ErrorClass::InvalidInput,
            "the input does not fit at /top: 0 is too small.",
        ))),
        true,
        &json!({
            "resultType": "complete", "isError": true,
            "content": [{ "type": "text", "text":
                "the input does not fit at /top: 0 is too small. Change that argument and call again. \
                 (invalid_input, execution e1)" }],
        }),
    );
    let several = completed(Err((ErrorClass::Crashed, "it ended\n  Traceback:\n\nboom")));
    let result = of_completed(&several, false, false);
    let text = result.content[0].as_text().expect("a text").text.clone();
    assert!(
        text.starts_with("it ended; Traceback:; boom. The tool itself"),
        "{text}"
    );
    assert!(!text.contains('\n'));
}

#[test]
fn a_long_answer_says_where_its_rest_is() {
    let rows: Vec<u32> = (0..10_000).collect();
    let data = json!({ "rows": rows });
    let bytes = text_of(&data).len();
    let result = of_completed(&completed(Ok(data)), true, false);
    let text = &result.content[0].as_text().expect("a text").text;
    assert!(text.len() <= crate::limits::ANSWER_BYTES);
    let last = text.lines().last().expect("a last line");
    let next = text[..text.len() - last.len()].len();
    assert_eq!(
        last,
        format!(
            "[{next} of {bytes} bytes. The rest: lab_result {{\"execution_id\": \"e1\", \"cursor\": {next}}}]"
        )
    );
    let link = result.content[1].as_resource_link().expect("a link");
    assert_eq!(link.uri, "ai-lab://execution/e1/output");
    assert_eq!(
        result.structured_content,
        Some(json!({ "cut": { "execution_id": "e1", "bytes": bytes } }))
    );
}

#[test]
fn what_stands_beside_an_answer_is_a_text_of_its_own() {
    let mut stale = completed(Ok(json!(1)));
    stale.warnings = vec!["runs as experimental".to_owned()];
    stale.fallback = Some(StoodIn {
        by: StandIn::Stale {
            execution_id: "e0".parse().expect("an id"),
            age_s: 60,
        },
        failed: "e1".parse().expect("an id"),
        error: ExecutionError::new(ErrorClass::Timeout, "it took too long"),
    });
    let result = of_completed(&stale, false, false);
    assert_eq!(
        result.content[1].as_text().expect("a text").text,
        "note: this is the answer of 60 s ago, it is stale: it took too long\nnote: runs as experimental"
    );
}

#[test]
fn a_call_that_did_not_begin_says_what_to_do() {
    let failure =
        Failure::new(ErrorClass::NotFound, "there is no tool `x`").with_hint("Did you mean `y`?");
    let result = of_failure(&failure);
    assert_eq!(result.is_error, Some(true));
    assert_eq!(
        result.content[0].as_text().expect("a text").text,
        "there is no tool `x`. Did you mean `y`? (not_found)"
    );
}
