//! The name of one value: `router.host` is `host` inside of `router`.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use thiserror::Error;

/// The longest key, in bytes. Stops a name that no listing shows.
const KEY_BYTES: usize = 256;
/// How deep a value may lie. Stops what no person configures.
const KEY_PARTS: usize = 8;

/// Where a value is in a configuration; never empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyPath(Vec<String>);

/// A text that is no key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "`{}` is no key: names joined by `.`, at most {KEY_PARTS} of them and {KEY_BYTES} bytes", .0.escape_debug()
)]
pub struct KeyError(String);

impl KeyPath {
    /// Reads a key as a person types it: `router.host`.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let parts: Vec<String> = text.split('.').map(str::to_owned).collect();
        let is_name = |part: &String| !part.is_empty() && !part.contains(char::is_control);
        if text.len() <= KEY_BYTES && parts.len() <= KEY_PARTS && parts.iter().all(is_name) {
            Ok(Self(parts))
        } else {
            Err(KeyError(text.chars().take(KEY_BYTES).collect()))
        }
    }

    /// The key of a JSON Pointer (RFC 6901); `None` for the whole.
    pub fn of_pointer(pointer: &str) -> Option<Self> {
        let parts = pointer.split('/').skip(1);
        let parts: Vec<String> = parts
            .map(|part| part.replace("~1", "/").replace("~0", "~"))
            .collect();
        (!parts.is_empty()).then_some(Self(parts))
    }

    /// The names from the outermost to the innermost.
    pub fn parts(&self) -> &[String] {
        &self.0
    }

    /// The key of this name inside of the value.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        let mut parts = self.0.clone();
        parts.push(name.to_owned());
        Self(parts)
    }

    /// The key of this name at the top.
    pub fn top(name: &str) -> Self {
        Self(vec![name.to_owned()])
    }

    /// Whether this is `other` or lies inside of it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// An object that holds the value at this key and nothing else.
    pub fn holding(&self, value: Value) -> Map<String, Value> {
        let mut parts = self.0.iter().rev();
        let innermost = parts.next().map_or(String::new(), String::clone);
        let mut object = Map::from_iter([(innermost, value)]);
        for part in parts {
            object = Map::from_iter([(part.clone(), Value::Object(object))]);
        }
        object
    }

    /// The value at this key.
    pub fn find<'a>(&self, values: &'a Map<String, Value>) -> Option<&'a Value> {
        let (first, rest) = self.0.split_first()?;
        rest.iter()
            .try_fold(values.get(first)?, |value, part| value.get(part))
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.join("."))
    }
}

impl Serialize for KeyPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_key_is_names_joined_by_dots() {
        let read = |text: &str| KeyPath::parse(text).map(|key| key.parts().join("|"));
        assert_eq!(read("a.b-c.ü"), Ok("a|b-c|ü".to_owned()));
        for wrong in ["", ".", "a.", "a..b", "a\n", "a.b.c.d.e.f.g.h.i"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(read(&"x".repeat(257)).is_err());
        assert_eq!(
            KeyPath::of_pointer("/a~1b/0").map(|key| key.to_string()),
            Some("a/b.0".to_owned())
        );
        assert_eq!(KeyPath::of_pointer(""), None);
    }

    #[test]
    fn a_key_leads_to_its_value_and_back() {
        let key = KeyPath::parse("a.b").expect("a key");
        let object = key.holding(json!(1));
        assert_eq!(Value::Object(object.clone()), json!({ "a": { "b": 1 } }));
        assert_eq!(key.find(&object), Some(&json!(1)));
        assert_eq!(KeyPath::parse("a.c").expect("a key").find(&object), None);
    }
}
