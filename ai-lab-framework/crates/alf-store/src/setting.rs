//! A tool's configuration, one key at a time.

use ai_lab_contract::ToolName;
use serde::Serialize;

/// One key of a tool's configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// Which tool.
    pub tool: ToolName,
    /// Which key.
    pub key: String,
    /// Its value as JSON text.
    pub value: String,
    /// Who set it, such as `person` or `import`.
    pub origin: String,
    /// When: milliseconds since 1970, UTC.
    pub changed_at_ms: i64,
}
