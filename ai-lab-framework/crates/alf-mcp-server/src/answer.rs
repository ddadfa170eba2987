//! What an agent is told: always a text, within every client's cut, with the rest a link away.

use std::fmt::Write as _;

use ai_lab_contract::{ErrorClass, ExecutionId};
use alf_ops::{Completed, Confirmation, Failure, StandIn};
use rmcp::model::{CallToolResult, ContentBlock, MetaObject, Resource};
use serde_json::{Value, json};

use crate::content::passed_on;
use crate::offer::OfferedTool;
use crate::page::page;

/// The key under which a result says which execution gave it.
const EXECUTION: &str = "ai-lab/execution_id";
/// The key that says whose words a result holds: a tool's, to be read as data.
const SOURCE: &str = "ai-lab/source";
/// The longest error told, in characters. Stops a tool's last words from filling a context.
const ERROR_CHARS: usize = 2_000;

/// Where the whole output of an execution is.
pub(crate) fn output_uri(id: &ExecutionId) -> String {
    format!("ai-lab://execution/{id}/output")
}

/// A value as a text of many lines: a text as it is, anything else as indented JSON.
pub(crate) fn text_of(data: &Value) -> String {
    match data {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            format!("{data:#}")
        }
    }
}

/// The answer of a call that has ended. `has_output_schema` says that the client was promised structured content;
/// `is_blocks` that the data are another server's content blocks.
pub(crate) fn of_completed(
    completed: &Completed,
    has_output_schema: bool,
    is_blocks: bool,
) -> CallToolResult {
    let mut result = match (&completed.data, &completed.error) {
        (_, Some(error)) => {
            let next = next_step(error.class, error.retryable);
            let told = told(
                &error.message,
                next,
                error.class,
                Some(&completed.execution_id),
            );
            CallToolResult::error(vec![ContentBlock::text(told)])
        }
        (Some(data), None) => of_data(data, &completed.execution_id, has_output_schema, is_blocks),
        (None, None) => CallToolResult::success(vec![ContentBlock::text("null")]),
    };
    if let Some(notes) = notes(completed) {
        result.content.push(ContentBlock::text(notes));
    }
    let mut meta = MetaObject::new();
    meta.insert(EXECUTION.to_owned(), json!(completed.execution_id));
    let address = format!("tool {}.{}", completed.tool, completed.action);
    meta.insert(SOURCE.to_owned(), json!(address));
    result.with_meta(Some(meta))
}

/// The execution that an answer is of; `None` for one that nothing was run for.
pub(crate) fn execution_of(result: &CallToolResult) -> Option<ExecutionId> {
    let id = result.meta.as_ref()?.get(EXECUTION)?.as_str()?;
    id.parse().ok()
}

fn of_data(
    data: &Value,
    id: &ExecutionId,
    has_output_schema: bool,
    is_blocks: bool,
) -> CallToolResult {
    if is_blocks && let Some(blocks) = passed_on(data, id) {
        return CallToolResult::success(blocks);
    }
    let whole = text_of(data);
    let (content, is_cut) = first_page(&whole, id);
    let mut result = CallToolResult::success(content);
    if has_output_schema {
        result.structured_content = Some(if is_cut {
            json!({ "cut": { "execution_id": id, "bytes": whole.len() } })
        } else {
            data.clone()
        });
    }
    result
}

/// A text's first page, and where the rest is; whether there is a rest.
pub(crate) fn first_page(whole: &str, id: &ExecutionId) -> (Vec<ContentBlock>, bool) {
    let (text, is_cut) = page_of(whole, 0, id);
    let mut content = vec![ContentBlock::text(text)];
    if is_cut {
        let link = Resource::new(output_uri(id), format!("output-of-{id}"))
            .with_description("The whole answer.")
            .with_size(whole.len() as u64);
        content.push(ContentBlock::resource_link(link));
    }
    (content, is_cut)
}

/// The page of an execution's text that begins there, with the line that says how to go on.
pub(crate) fn page_of(whole: &str, from: usize, id: &ExecutionId) -> (String, bool) {
    let page = page(whole, from);
    let Some(next) = page.next else {
        return (page.text.to_owned(), false);
    };
    let mut text = page.text.trim_end_matches('\n').to_owned();
    let _never = write!(
        text,
        "\n[{next} of {} bytes. The rest: lab_result {{\"execution_id\": \"{id}\", \"cursor\": {next}}}]",
        whole.len()
    );
    (text, true)
}

/// What stands beside an answer: warnings, a stand-in, kept files.
fn notes(completed: &Completed) -> Option<String> {
    let mut lines: Vec<String> = Vec::new();
    if let Some(stood_in) = &completed.fallback {
        let why = one_line(&stood_in.error.message);
        lines.push(match &stood_in.by {
            StandIn::Action(action) => format!("note: `{action}` answers instead: {why}"),
            StandIn::Stale { age_s, .. } => {
                format!("note: this is the answer of {age_s} s ago, it is stale: {why}")
            }
        });
    }
    lines.extend(
        completed
            .warnings
            .iter()
            .map(|warning| format!("note: {}", one_line(warning))),
    );
    if !completed.recorded {
        lines.push("note: this execution is not in the record".to_owned());
    }
    lines.extend(completed.artifacts.iter().map(|kept| {
        let path = kept.path.to_string_lossy();
        format!("kept file: {} ({} bytes)", one_line(&path), kept.bytes)
    }));
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// The answer of a call that goes on in the background.
pub(crate) fn in_background(id: &ExecutionId, offered: &OfferedTool) -> CallToolResult {
    let OfferedTool { tool, action, .. } = offered;
    let text = format!(
        "{tool}.{action} is still running, as execution {id}. It goes on whatever becomes of this connection. Its answer: \
         lab_result {{\"execution_id\": \"{id}\", \"wait_s\": 40}}; to end it: lab_cancel {{\"execution_id\": \"{id}\"}}."
    );
    let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
    if offered.output.is_some() {
        result.structured_content = Some(json!({ "cut": { "execution_id": id, "bytes": 0 } }));
    }
    let mut meta = MetaObject::new();
    meta.insert(EXECUTION.to_owned(), json!(id));
    result.with_meta(Some(meta))
}

/// The answer of a call that may destroy something and was not confirmed: what it would do, and the code.
pub(crate) fn to_confirm(confirmation: &Confirmation, key: &str) -> CallToolResult {
    let text = format!(
        "Nothing was done: this may destroy something.\n{}\nShow this to the person. If they say yes, make the same call \
         again within 10 minutes with \"{key}\": \"{}\".",
        confirmation.plan.join("\n"),
        confirmation.code
    );
    CallToolResult::success(vec![ContentBlock::text(text)])
}

/// The answer of a call that did not begin.
pub(crate) fn of_failure(failure: &Failure) -> CallToolResult {
    let message = failure.chain().join(": ");
    let next = failure
        .hint()
        .unwrap_or_else(|| next_step(failure.class, failure.class.is_retryable()));
    CallToolResult::error(vec![ContentBlock::text(told(
        &message,
        next,
        failure.class,
        None,
    ))])
}

/// One line: what failed and why, what to do next, the class, and where it is recorded.
fn told(message: &str, next: &str, class: ErrorClass, id: Option<&ExecutionId>) -> String {
    let mut message: String = one_line(message).chars().take(ERROR_CHARS).collect();
    while message.ends_with(['.', ' ']) {
        message.pop();
    }
    let recorded = id.map_or(String::new(), |id| format!(", execution {id}"));
    format!("{message}. {next} ({}{recorded})", class.as_str())
}

fn one_line(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines.join("; ")
}

/// What an agent can do about a failure of this class.
const fn next_step(class: ErrorClass, may_succeed_later: bool) -> &'static str {
    match class {
        ErrorClass::InvalidInput | ErrorClass::Usage => "Change that argument and call again.",
        ErrorClass::NotFound => "List the tools again: it may be gone or renamed.",
        ErrorClass::Refused => "A person has to allow it; tell them.",
        ErrorClass::Unavailable => "Calls to it have stopped for a while; try again later.",
        ErrorClass::Timeout => "Ask for less, or tell a person that its time limit is too short.",
        ErrorClass::OutputLimit => "Ask for less: its answer is longer than it may be.",
        ErrorClass::Cancelled => "It was withdrawn; call again if it is still wanted.",
        ErrorClass::Interrupted => "The framework ended before it did; call again.",
        ErrorClass::Conflict => "Something else changed meanwhile; call again.",
        ErrorClass::ToolFailed if may_succeed_later => "The same call may succeed later.",
        ErrorClass::ToolFailed => "Change the input, or tell a person.",
        ErrorClass::Environment => {
            "The machine lacks something: tell a person to run `ai-lab-framework doctor`."
        }
        ErrorClass::Config
        | ErrorClass::Incompatible
        | ErrorClass::InvalidOutput
        | ErrorClass::Crashed
        | ErrorClass::NoResult
        | ErrorClass::MalformedResult => {
            "The tool itself is at fault: tell a person to run `ai-lab-framework tool check`."
        }
        ErrorClass::Internal => "That is a mistake of the framework: tell a person.",
        ErrorClass::Integrity => "Something was changed that nobody may change: tell a person.",
    }
}

#[cfg(test)]
mod tests;
