//! What an execution knows of its surroundings.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::SessionId;

/// The context handed to a tool with every request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Context {
    /// The session this execution belongs to; absent for the experimental profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// Who asked, as the person's account name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The instance's project that the tool belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
    /// When the answer must be out: an RFC 3339 instant in UTC. Later answers are not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    /// What the session has kept so far; a tool changes it through its answer's `context_patch`.
    #[serde(default)]
    pub data: Map<String, Value>,
}
