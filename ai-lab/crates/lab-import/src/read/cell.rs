//! `SQLite`'s values as JSON texts, and back, without loss.
//!
//! `NULL`, `''`, `0`, `0.0` and `'[]'` stay five different things. What JSON has no word for becomes
//! an object with one `$` member; a column's own text is always a JSON string, so the two never meet.

use rusqlite::types::{Value, ValueRef};

use crate::node::Node;

/// The leaf that stands for one column's value.
pub(crate) fn to_leaf(value: ValueRef<'_>) -> Node {
    Node::Leaf(match value {
        ValueRef::Null => "null".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) if number.is_finite() => format!("{number:?}"),
        ValueRef::Real(number) => format!(r#"{{"$real":"{number}"}}"#),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => serde_json::Value::from(text).to_string(),
            Err(_) => format!(r#"{{"$text":"{}"}}"#, hex(bytes)),
        },
        ValueRef::Blob(bytes) => format!(r#"{{"$blob":"{}"}}"#, hex(bytes)),
    })
}

/// The value that a leaf of [`to_leaf`] stands for; `None` for a text that none of its leaves has.
pub(crate) fn from_leaf(text: &str) -> Option<Value> {
    match text.as_bytes().first()? {
        b'n' => Some(Value::Null),
        b'"' => serde_json::from_str(text).ok().map(Value::Text),
        b'{' => from_marked(text),
        _ => match text.parse::<i64>() {
            Ok(number) => Some(Value::Integer(number)),
            Err(_) => text.parse().ok().map(Value::Real),
        },
    }
}

fn from_marked(text: &str) -> Option<Value> {
    let marked: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).ok()?;
    let (mark, value) = marked.iter().next()?;
    let value = value.as_str()?;
    match mark.as_str() {
        "$real" => value.parse().ok().map(Value::Real),
        // No text that is not UTF-8 can be bound as a text; a caller that writes casts the bytes.
        "$blob" | "$text" => unhex(value).map(Value::Blob),
        _ => None,
    }
}

/// Whether a leaf stands for text that is not UTF-8.
pub(crate) fn is_raw_text(text: &str) -> bool {
    text.starts_with(r#"{"$text":"#)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("because a String takes every write");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_comes_back_as_it_was() {
        for value in [
            Value::Null,
            Value::Integer(0),
            Value::Integer(i64::MIN),
            Value::Real(0.0),
            Value::Real(4.0),
            Value::Real(1e300),
            Value::Real(f64::NEG_INFINITY),
            Value::Text(String::new()),
            Value::Text("[]".into()),
            Value::Text("null".into()),
            Value::Text("Größe 🎉\u{0}\n".into()),
            Value::Blob(vec![]),
            Value::Blob(vec![0, 255, 16]),
        ] {
            let leaf = to_leaf(ValueRef::from(&value)).to_text();
            assert_eq!(from_leaf(&leaf), Some(value), "{leaf}");
        }
        let odd = to_leaf(ValueRef::Text(b"a\xff")).to_text();
        assert_eq!(
            (is_raw_text(&odd), from_leaf(&odd)),
            (true, Some(Value::Blob(b"a\xff".to_vec())))
        );
        for no_leaf in ["", "{", r#"{"$odd":"1"}"#, r#"{"$blob":"0g"}"#, "x"] {
            assert_eq!(from_leaf(no_leaf), None, "{no_leaf}");
        }
    }
}
