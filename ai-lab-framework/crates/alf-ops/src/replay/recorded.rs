//! What the record kept of a call, and what it no longer has.

use ai_lab_contract::ErrorClass;
use alf_catalog::LoadedTool;
use alf_store::Execution;
use serde_json::Value;

use super::compare::Answered;
use crate::failure::Failure;
use crate::run_tool::ExecutionError;

/// What stands in the place of a secret.
const REDACTED: &str = "[secret:";

/// The input to make the call with again.
pub(super) fn input_of(recorded: &Execution) -> Result<Value, Failure> {
    let start = &recorded.start;
    let cannot = |why: String| {
        let told = format!("execution {} cannot be replayed: {why}", start.execution_id);
        Failure::new(ErrorClass::Refused, told)
            .with_hint("Make the call anew with `ai-lab-framework tool run`.")
    };
    if start.input.contains(REDACTED) {
        return Err(cannot(
            "its input held a secret, which is not in the record".to_owned(),
        ));
    }
    let input: Value = serde_json::from_str(&start.input)
        .map_err(|_| cannot("its input was too long for the record and is gone".to_owned()))?;
    if is_left_out(&input) {
        return Err(cannot(
            "its input was too long for the record and is gone".to_owned(),
        ));
    }
    Ok(input)
}

/// What it answered; an answer that was not kept cannot be compared.
pub(super) fn answered(recorded: &Execution) -> Result<Answered, Failure> {
    let ended = recorded.ended.as_ref();
    if let Some(error) = ended.and_then(|ended| ended.error.as_ref()) {
        return Ok(Answered::Error {
            class: error.class,
            kind: error.kind.clone(),
            message: error.message.clone(),
        });
    }
    let output = ended.and_then(|ended| ended.output.as_ref());
    let output = output.map(|text| serde_json::from_str::<Value>(text));
    match output {
        Some(Ok(output)) if !is_left_out(&output) => Ok(Answered::Data(output)),
        Some(Ok(_) | Err(_)) | None => {
            let id = &recorded.start.execution_id;
            let told = format!("the answer of execution {id} is not in the record");
            Err(Failure::new(ErrorClass::Refused, told)
                .with_hint("It was longer than a row keeps; nothing is left to compare with."))
        }
    }
}

/// Whether a value is what stands for one that was too long.
fn is_left_out(value: &Value) -> bool {
    let only = value.as_object().filter(|object| object.len() == 1);
    let stub = only.and_then(|object| object.get("not_kept"));
    stub.is_some_and(|stub| stub.get("bytes").is_some() && stub.get("digest").is_some())
}

/// What the recorded call comes to under today's schemas.
pub(super) fn judged_today(
    tool: &LoadedTool,
    recorded: &Execution,
    input: &Value,
    old: &Answered,
) -> Result<Answered, Failure> {
    let start = &recorded.start;
    let Some(action) = tool.actions.get(&start.action) else {
        let told = format!("`{}.{}` is no longer there", start.tool, start.action);
        return Ok(Answered::Error {
            class: ErrorClass::NotFound,
            kind: ErrorClass::NotFound.as_str().to_owned(),
            message: told,
        });
    };
    let of = |class, what: &str, violations: &[alf_schema::Violation]| {
        let error = ExecutionError::of_violations(class, what, violations);
        Answered::Error {
            class,
            kind: error.kind,
            message: error.message,
        }
    };
    let violations = action.input.check(input);
    if !violations.is_empty() {
        let what = "the input does not fit";
        return Ok(of(ErrorClass::InvalidInput, what, &violations));
    }
    let Answered::Data(data) = old else {
        let told = format!(
            "execution {} gave no answer to judge again",
            start.execution_id
        );
        return Err(Failure::new(ErrorClass::Refused, told)
            .with_hint("--dry runs it again if it only reads; --live --yes runs it in any case."));
    };
    let violations = action.output.check(data);
    if violations.is_empty() {
        return Ok(old.clone());
    }
    let what = "the tool's data does not fit its output schema";
    Ok(of(ErrorClass::InvalidOutput, what, &violations))
}
