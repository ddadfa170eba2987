//! The line a tool reads.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{ActionName, Context, CorrelationId, ExecutionId};

/// One call, sent as one line of JSON on the tool's standard input.
///
/// Secrets never travel here: they come by inherited file or environment, as granted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Request {
    /// The contract's major version: 1.
    pub contract: u32,
    /// This execution, as recorded.
    pub execution_id: ExecutionId,
    /// The piece of work that this execution is part of.
    pub correlation_id: CorrelationId,
    /// Which of the tool's actions is called.
    pub action: ActionName,
    /// The action's input, already checked against its input schema.
    #[serde(default)]
    pub input: Value,
    /// The tool's configuration, layered by the framework.
    #[serde(default)]
    pub config: Map<String, Value>,
    /// The surroundings.
    #[serde(default)]
    pub context: Context,
}
