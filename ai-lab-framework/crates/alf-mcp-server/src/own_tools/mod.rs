//! The few tools of the server's own: what an agent needs beside the lab's tools.
//!
//! None of them can check, promote, approve, lock, grant, configure or read a secret.

mod result;

use std::os::fd::BorrowedFd;
use std::sync::Arc;

use alf_ops::Framework;
use rmcp::model::{CallToolResult, JsonObject, Tool, ToolAnnotations};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Their names; no lab's tool is offered under one of them.
pub const OWN_TOOLS: [&str; 1] = ["lab_result"];

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OwnTool {
    /// The state or the answer of an execution, in pages.
    Result,
}

impl OwnTool {
    const ALL: [Self; 1] = [Self::Result];

    const fn name(self) -> &'static str {
        match self {
            Self::Result => OWN_TOOLS[0],
        }
    }

    /// The one of that name.
    pub(crate) fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| tool.name() == name)
    }

    /// All of them, as they are offered.
    pub(crate) fn all() -> Vec<Tool> {
        Self::ALL.into_iter().map(Self::offered).collect()
    }

    fn offered(self) -> Tool {
        let (description, schema, is_read_only) = match self {
            Self::Result => (result::DESCRIPTION, result::schema(), true),
        };
        let schema = match schema {
            Value::Object(object) => object,
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => JsonObject::new(),
        };
        let hints = ToolAnnotations::new()
            .read_only(is_read_only)
            .destructive(false)
            .open_world(false);
        Tool::new(self.name(), description, Arc::new(schema)).with_annotations(hints)
    }

    /// Carries it out; blocks until it is done or the descriptor is readable.
    pub(crate) fn carry_out(
        self,
        framework: &Framework,
        arguments: JsonObject,
        _withdrawn: BorrowedFd<'_>,
    ) -> CallToolResult {
        match self {
            Self::Result => match read::<result::Wanted>(arguments) {
                Ok(wanted) => result::carry_out(framework, &wanted),
                Err(refused) => *refused,
            },
        }
    }
}

/// Arguments as the tool wants them, or what the agent is told.
fn read<T: DeserializeOwned>(mut arguments: JsonObject) -> Result<T, Box<CallToolResult>> {
    arguments.remove("wait_for_previous");
    arguments.retain(|_, value| !value.is_null());
    serde_json::from_value(Value::Object(arguments)).map_err(|error| {
        let text = format!(
            "the input does not fit: {error}. Change that argument and call again. (invalid_input)"
        );
        let content = serde_json::from_value(json!([{ "type": "text", "text": text }]));
        Box::new(CallToolResult::error(content.unwrap_or_default()))
    })
}
