//! What can be read beside calls: a session's capsule, an execution's record, an output whole.

use std::fmt::Write as _;

use ai_lab_contract::{ErrorClass, ExecutionId};
use alf_ops::{Failure, show_execution};
use rmcp::model::{Resource, ResourceContents, ResourceTemplate};
use serde_json::{Value, json};

use crate::answer::text_of;
use crate::calls::Answering;
use crate::capsule::capsule_text;

/// The longest text of one resource, in bytes. Stops one read from taking all memory at either end.
const RESOURCE_BYTES: usize = 8_388_608;

/// The capsule of the session in which the client goes on.
const OWN_SESSION: &str = "ai-lab://session";

/// What there is without knowing an id.
pub(crate) fn listed() -> Vec<Resource> {
    vec![
        Resource::new(OWN_SESSION, "session")
            .with_description(
                "Where your work stands: goal, decisions, open points, files, last executions.",
            )
            .with_mime_type("text/markdown"),
    ]
}

/// What there is for an id.
pub(crate) fn templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new("ai-lab://session/{id}", "session-by-id")
            .with_description("Where the work of a session stands.")
            .with_mime_type("text/markdown"),
        ResourceTemplate::new("ai-lab://execution/{id}", "execution")
            .with_description("The record of an execution: who, what, when, how it ended.")
            .with_mime_type("application/json"),
        ResourceTemplate::new("ai-lab://execution/{id}/output", "output")
            .with_description("The whole answer of an execution."),
    ]
}

/// One resource, read.
pub(crate) fn read(answering: Answering<'_>, uri: &str) -> Result<ResourceContents, Failure> {
    let path = uri.strip_prefix("ai-lab://").ok_or_else(|| unknown(uri))?;
    let (text, kind) = match path.split('/').collect::<Vec<_>>()[..] {
        ["session"] => (own_capsule(answering)?, "text/markdown"),
        ["session", id] => (capsule(answering, id)?, "text/markdown"),
        ["execution", id] => (record(answering, id)?, "application/json"),
        ["execution", id, "output"] => (output(answering, id)?, "text/plain"),
        _ => return Err(unknown(uri)),
    };
    Ok(ResourceContents::text(bounded(text), uri).with_mime_type(kind))
}

fn unknown(uri: &str) -> Failure {
    let shown: String = uri.chars().filter(|c| !c.is_control()).take(120).collect();
    Failure::new(
        ErrorClass::NotFound,
        format!("there is no resource `{shown}`"),
    )
}

/// The capsule of the caller's own session.
pub(crate) fn own_capsule(answering: Answering<'_>) -> Result<String, Failure> {
    let Answering { lab, caller, .. } = answering;
    let session = lab.sessions.of(&lab.framework, &caller.key)?;
    capsule(answering, session.as_str())
}

/// The capsule of that session.
pub(crate) fn capsule(answering: Answering<'_>, id: &str) -> Result<String, Failure> {
    capsule_text(&answering.lab.framework, id)
}

fn record(answering: Answering<'_>, id: &str) -> Result<String, Failure> {
    answering.check_may_see(&parsed(id)?)?;
    let detail = show_execution(&answering.lab.framework, id)?;
    Ok(format!("{:#}", json!(detail)))
}

fn output(answering: Answering<'_>, id: &str) -> Result<String, Failure> {
    answering.check_may_see(&parsed(id)?)?;
    let detail = show_execution(&answering.lab.framework, id)?;
    let output = detail.execution.ended.and_then(|ended| ended.output);
    let output = output.ok_or_else(|| {
        Failure::new(
            ErrorClass::NotFound,
            format!("execution {id} has no output"),
        )
    })?;
    Ok(serde_json::from_str::<Value>(&output).map_or(output, |data| text_of(&data)))
}

fn parsed(id: &str) -> Result<ExecutionId, Failure> {
    id.parse()
        .map_err(|error| Failure::caused(ErrorClass::NotFound, "there is no such execution", error))
}

fn bounded(mut text: String) -> String {
    if text.len() > RESOURCE_BYTES {
        let whole = text.len();
        let mut end = RESOURCE_BYTES;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        let _never = write!(text, "\n[{end} of {whole} bytes]");
    }
    text
}
