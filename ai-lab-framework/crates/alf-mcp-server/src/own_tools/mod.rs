//! The few tools of the server's own: what an agent needs beside the lab's tools.
//!
//! None of them can check, promote, approve, lock, grant, configure or read a secret.

mod cancel;
mod result;
mod session;

use std::sync::Arc;

use rmcp::model::{CallToolResult, ContentBlock, JsonObject, Tool, ToolAnnotations};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::calls::Answering;

/// Their names; no lab's tool is offered under one of them.
pub const OWN_TOOLS: [&str; 3] = ["lab_cancel", "lab_result", "lab_session"];

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OwnTool {
    /// Withdraws an execution.
    Cancel,
    /// The state or the answer of an execution, in pages.
    Result,
    /// The session in which the client goes on.
    Session,
}

impl OwnTool {
    const ALL: [Self; 3] = [Self::Cancel, Self::Result, Self::Session];

    const fn name(self) -> &'static str {
        match self {
            Self::Cancel => OWN_TOOLS[0],
            Self::Result => OWN_TOOLS[1],
            Self::Session => OWN_TOOLS[2],
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
            Self::Cancel => (cancel::DESCRIPTION, cancel::schema(), false),
            Self::Result => (result::DESCRIPTION, result::schema(), true),
            Self::Session => (session::DESCRIPTION, session::schema(), false),
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

    /// Carries it out; blocks until it is done or the call is withdrawn.
    pub(crate) fn carry_out(
        self,
        answering: Answering<'_>,
        arguments: JsonObject,
    ) -> CallToolResult {
        let told = match self {
            Self::Cancel => read(arguments).map(|wanted| cancel::carry_out(answering, &wanted)),
            Self::Result => read(arguments).map(|wanted| result::carry_out(answering, &wanted)),
            Self::Session => read(arguments).map(|wanted| session::carry_out(answering, &wanted)),
        };
        told.unwrap_or_else(|refused| *refused)
    }
}

/// Arguments as the tool wants them, or what the agent is told.
fn read<T: DeserializeOwned>(mut arguments: JsonObject) -> Result<T, Box<CallToolResult>> {
    arguments.remove("wait_for_previous");
    arguments.retain(|_, value| !value.is_null());
    serde_json::from_value(Value::Object(arguments)).map_err(|error| {
        let told = format!(
            "the input does not fit: {error}. Change that argument and call again. (invalid_input)"
        );
        Box::new(CallToolResult::error(vec![ContentBlock::text(told)]))
    })
}

/// A whole number, also where an agent writes it as text.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Told {
        Number(u64),
        Text(String),
    }
    let not_whole = || serde::de::Error::custom("a whole number is wanted");
    match Told::deserialize(deserializer).map_err(|_| not_whole())? {
        Told::Number(number) => Ok(number),
        Told::Text(text) => text.trim().parse().map_err(|_| not_whole()),
    }
}

/// An answer of one text.
fn text(text: impl Into<String>) -> CallToolResult {
    CallToolResult::success(vec![ContentBlock::text(text)])
}
