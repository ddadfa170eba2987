//! What a patch makes of a session's context, within bounds.

use serde_json::{Map, Value};
use thiserror::Error;

use crate::merge_patch::merge_patch;

/// The largest context, in bytes of JSON. It travels with every request of its session: without a bound one tool
/// makes every later call slower, and each of them grows it further.
pub const CONTEXT_BYTES: usize = 1_048_576;

/// How deep a context may nest; an object in the context is at depth 1. Stops a context that no reader of JSON takes.
pub const CONTEXT_DEPTH: usize = 64;

/// Why a context was left as it was.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PatchRefused {
    /// The result would be longer than [`CONTEXT_BYTES`].
    #[error("the session's context would be {bytes} bytes; {CONTEXT_BYTES} are allowed")]
    TooLarge {
        /// How long it would be.
        bytes: usize,
    },
    /// The result would nest deeper than [`CONTEXT_DEPTH`].
    #[error("the session's context would nest deeper than {CONTEXT_DEPTH} levels")]
    TooDeep,
}

impl PatchRefused {
    /// The word for programs: `context_too_large` or `context_too_deep`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "context_too_large",
            Self::TooDeep => "context_too_deep",
        }
    }
}

/// The context after a JSON Merge Patch (RFC 7396).
///
/// A patch that makes a context smaller is taken even where the result is still too large: that is the way out.
pub fn apply_patch(
    data: &Map<String, Value>,
    patch: &Map<String, Value>,
) -> Result<Map<String, Value>, PatchRefused> {
    let before = Value::Object(data.clone());
    let mut after = before.clone();
    merge_patch(&mut after, &Value::Object(patch.clone()));
    if is_deeper(&after, CONTEXT_DEPTH) && !is_deeper(&before, CONTEXT_DEPTH) {
        return Err(PatchRefused::TooDeep);
    }
    let bytes = after.to_string().len();
    if bytes > CONTEXT_BYTES && bytes >= before.to_string().len() {
        return Err(PatchRefused::TooLarge { bytes });
    }
    match after {
        Value::Object(after) => Ok(after),
        // A patch that is an object makes an object of anything.
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Ok(Map::new())
        }
    }
}

fn is_deeper(value: &Value, levels: usize) -> bool {
    let deeper = |child: &Value| {
        let nests = child.is_object() || child.is_array();
        nests && (levels == 0 || is_deeper(child, levels - 1))
    };
    match value {
        Value::Array(items) => items.iter().any(deeper),
        Value::Object(members) => members.values().any(deeper),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(object) => object,
            other => panic!("{other} is no object"),
        }
    }

    fn patched(data: Value, patch: Value) -> Result<Value, PatchRefused> {
        apply_patch(&object(data), &object(patch)).map(Value::Object)
    }

    #[test]
    fn a_context_is_changed_as_rfc_7396_says() {
        // Those cases of appendix A in which both sides are objects.
        let cases = [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (
                json!({"a":"b","b":"c"}),
                json!({"a":null}),
                json!({"b":"c"}),
            ),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
            (
                json!({"a":{"b":"c"}}),
                json!({"a":{"b":"d","c":null}}),
                json!({"a":{"b":"d"}}),
            ),
            (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (
                json!({}),
                json!({"a":{"bb":{"ccc":null}}}),
                json!({"a":{"bb":{}}}),
            ),
        ];
        for (data, patch, expected) in cases {
            assert_eq!(patched(data, patch.clone()), Ok(expected), "{patch}");
        }
    }

    #[test]
    fn a_context_grows_up_to_its_bound_and_can_always_shrink() {
        // `{"a":"…"}` has eight bytes around the text.
        let of = |bytes: usize| json!({ "a": "x".repeat(bytes - 8) });
        assert_eq!(patched(json!({}), of(CONTEXT_BYTES)), Ok(of(CONTEXT_BYTES)));
        let bytes = CONTEXT_BYTES + 1;
        assert_eq!(
            patched(json!({}), of(bytes)),
            Err(PatchRefused::TooLarge { bytes })
        );
        let huge = CONTEXT_BYTES * 2;
        assert_eq!(patched(of(huge), of(bytes)), Ok(of(bytes)));
        assert_eq!(patched(of(huge), json!({ "a": null })), Ok(json!({})));
        assert_eq!(
            patched(of(huge), json!({ "b": 1 })).map_err(|refused| refused.kind()),
            Err("context_too_large")
        );
    }

    #[test]
    fn a_context_nests_up_to_its_bound() {
        let nested = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!({ "a": inner }));
        assert_eq!(
            patched(json!({}), nested(CONTEXT_DEPTH + 1)),
            Ok(nested(CONTEXT_DEPTH + 1))
        );
        assert_eq!(
            patched(json!({}), nested(CONTEXT_DEPTH + 2)).map_err(|refused| refused.kind()),
            Err("context_too_deep")
        );
    }
}
