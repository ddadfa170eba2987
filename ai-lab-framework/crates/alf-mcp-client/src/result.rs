//! From what a server answers to what a tool answers.

use ai_lab_contract::{Answer, ErrorClass, ToolError};
use alf_runtime::Stop;
use rmcp::model::{CallToolResult, ErrorCode, ServerResult};
use rmcp::service::ServiceError;
use serde_json::{Value, json};

/// The longest message made of an error's text, in characters. The rest is in the detail.
const MESSAGE_CHARACTERS: usize = 2_000;

/// The result line of an answer, or why there is none.
pub(crate) fn of_response(
    response: Result<ServerResult, ServiceError>,
    is_structured: bool,
) -> Result<Vec<u8>, Stop> {
    match response {
        Ok(ServerResult::CallToolResult(result)) => Ok(line(&answer(&result, is_structured))),
        Ok(ServerResult::InputRequiredResult(_)) => Ok(line(&refusal(
            "input_required",
            "the server asks for more input from a person, and nobody is there to give it",
        ))),
        Ok(ServerResult::CreateTaskResult(_)) => Ok(line(&refusal(
            "task_created",
            "the server answers with a task that goes on, which is not followed",
        ))),
        Ok(_) => Err(failed(
            ErrorClass::MalformedResult,
            "the server's answer is no result of a call".to_owned(),
        )),
        Err(ServiceError::McpError(error)) => {
            let why = format!(
                "the server refuses the call: {} ({})",
                error.message, error.code.0
            );
            Err(failed(class_of(error.code), why))
        }
        Err(error) => Err(failed(
            ErrorClass::Crashed,
            format!("the server is lost: {error}"),
        )),
    }
}

/// The row of the failure table for a code of JSON-RPC or MCP.
fn class_of(code: ErrorCode) -> ErrorClass {
    match code {
        ErrorCode::INVALID_PARAMS => ErrorClass::InvalidInput,
        ErrorCode::METHOD_NOT_FOUND | ErrorCode::RESOURCE_NOT_FOUND => ErrorClass::NotFound,
        ErrorCode::UNSUPPORTED_PROTOCOL_VERSION | ErrorCode::MISSING_REQUIRED_CLIENT_CAPABILITY => {
            ErrorClass::Incompatible
        }
        _ => ErrorClass::ToolFailed,
    }
}

fn answer(result: &CallToolResult, is_structured: bool) -> Answer {
    if result.is_error == Some(true) {
        let text = text_of(result);
        let detail = result.structured_content.clone().unwrap_or(Value::Null);
        return Answer::error(ToolError {
            kind: "mcp_error".to_owned(),
            message: if text.is_empty() {
                "the server's tool failed without a word".to_owned()
            } else {
                text
            },
            retryable: false,
            detail,
        });
    }
    match &result.structured_content {
        Some(data) if is_structured => Answer::data(data.clone()),
        Some(_) | None => Answer::data(json!({ "content": result.content })),
    }
}

fn text_of(result: &CallToolResult) -> String {
    let texts = result
        .content
        .iter()
        .filter_map(|block| block.as_text().map(|text| text.text.as_str()));
    let text: Vec<&str> = texts.collect();
    text.join("\n").chars().take(MESSAGE_CHARACTERS).collect()
}

fn refusal(kind: &str, message: &str) -> Answer {
    Answer::error(ToolError {
        kind: kind.to_owned(),
        message: message.to_owned(),
        retryable: false,
        detail: Value::Null,
    })
}

pub(crate) fn line(answer: &Answer) -> Vec<u8> {
    serde_json::to_vec(answer).expect("because an answer holds nothing but JSON")
}

pub(crate) fn failed(class: ErrorClass, why: String) -> Stop {
    Stop::Failed { class, why }
}
