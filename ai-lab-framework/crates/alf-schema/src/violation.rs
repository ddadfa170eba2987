//! What does not fit a schema.

use serde::Serialize;

/// One place where a value does not fit its schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Where in the value, as a JSON Pointer: `/ports/0`; empty for the whole value.
    ///
    /// For an unknown key it is the key's own place, for a missing one that of the object it is missing in.
    pub pointer: String,
    /// The schema keyword that it breaks, such as `type` or `required`.
    pub keyword: String,
    /// What was found and what is right, for a person: lower case, no full stop.
    pub message: String,
    /// The word that was likely meant, for an unknown key or a word that is none of the allowed ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<String>,
}
