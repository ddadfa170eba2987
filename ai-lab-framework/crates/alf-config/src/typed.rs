//! From a typed text to a value.

use alf_schema::strict_json;
use serde_json::Value;

use crate::key::KeyPath;
use crate::keys::{schema_at, types};

/// The longest value, in bytes. Configuration travels with every request.
pub const VALUE_BYTES: usize = 65_536;

/// The value that a person means by a text: JSON where it is JSON, else the text itself. Where the schema wants a
/// text, `0815` and `true` are texts as well. `null` is never meant: a key that is to be nothing is taken away.
pub fn typed_value(schema: Option<&Value>, key: &KeyPath, text: &str) -> Value {
    let as_text = || Value::String(text.to_owned());
    let wanted = schema
        .and_then(|schema| schema_at(schema, key))
        .map(types)
        .unwrap_or_default();
    if wanted.contains(&"string") && wanted.iter().all(|kind| matches!(*kind, "string" | "null")) {
        return as_text();
    }
    match strict_json::parse(text.as_bytes()) {
        Ok(Value::Null) | Err(_) => as_text(),
        Ok(value) => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_text_is_what_the_schema_wants() {
        let schema =
            json!({ "properties": { "pin": { "type": "string" }, "top": { "type": "integer" } } });
        let read = |key: &str, text: &str| {
            let key = KeyPath::parse(key).expect("a key");
            typed_value(Some(&schema), &key, text)
        };
        assert_eq!(read("pin", "0815"), json!("0815"));
        assert_eq!(read("pin", "815"), json!("815"));
        assert_eq!(read("top", "815"), json!(815));
        assert_eq!(read("top", "many"), json!("many"));
        assert_eq!(read("else", "[1,2]"), json!([1, 2]));
        assert_eq!(read("else", "null"), json!("null"));
    }
}
