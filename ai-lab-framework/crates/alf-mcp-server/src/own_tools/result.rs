//! `lab_result`: the state or the answer of an execution, in pages.

use alf_ops::{Failure, Framework, show_execution};
use alf_store::{Execution, Status};
use rmcp::model::{CallToolResult, ContentBlock};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::answer::{of_failure, page_of, text_of};

pub(super) const DESCRIPTION: &str = "The answer of an execution, page by page: for answers that were cut, and for \
     calls that were answered with an execution id because they take long.";

/// The input.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    execution_id: String,
    #[serde(default, deserialize_with = "place")]
    cursor: usize,
}

/// A number, also where an agent writes it as text.
fn place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Place {
        Number(usize),
        Text(String),
    }
    match Place::deserialize(deserializer)? {
        Place::Number(number) => Ok(number),
        Place::Text(text) => text
            .trim()
            .parse()
            .map_err(|_| serde::de::Error::custom("`cursor` is a whole number")),
    }
}

pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "required": ["execution_id"],
        "properties": {
            "execution_id": { "type": "string", "description": "As it was told." },
            "cursor": { "type": "integer", "minimum": 0, "description": "Where to go on, as it was told." },
        },
    })
}

pub(super) fn carry_out(framework: &Framework, wanted: &Wanted) -> CallToolResult {
    match show_execution(framework, &wanted.execution_id) {
        Ok(detail) => shown(&detail.execution, wanted.cursor),
        Err(failure) => not_found(&failure),
    }
}

fn not_found(failure: &Failure) -> CallToolResult {
    of_failure(failure)
}

fn shown(execution: &Execution, cursor: usize) -> CallToolResult {
    let start = &execution.start;
    let id = &start.execution_id;
    let address = format!("{}.{}", start.tool, start.action);
    let text = match (execution.status, &execution.ended) {
        (Status::Started, _) | (_, None) => {
            format!(
                "{address} is still running. Ask again: lab_result {{\"execution_id\": \"{id}\"}}"
            )
        }
        (Status::Succeeded, Some(ended)) => {
            let output = ended.output.as_deref().unwrap_or("null");
            let whole = serde_json::from_str::<Value>(output)
                .map_or_else(|_| output.to_owned(), |data| text_of(&data));
            page_of(&whole, cursor, id).0
        }
        (Status::Failed | Status::Interrupted, Some(ended)) => {
            let error = ended.error.as_ref();
            let told = error.map_or("no reason is recorded", |error| &error.message);
            let class = error.map_or("interrupted", |error| error.class.as_str());
            let text = format!("{address} failed: {told} ({class}, execution {id})");
            return CallToolResult::error(vec![ContentBlock::text(text)]);
        }
    };
    CallToolResult::success(vec![ContentBlock::text(text)])
}
