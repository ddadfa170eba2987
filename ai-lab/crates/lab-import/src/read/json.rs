//! From JSON text to a [`Node`], or to the line and column where it breaks.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::node::Node;

/// Why a text is no JSON document that we take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonFault {
    /// The text breaks off or goes wrong.
    #[error("{message}")]
    Syntax {
        /// The line, counted from 1.
        line: usize,
        /// The column in bytes, counted from 1.
        column: usize,
        /// What the reader says.
        message: String,
    },
    /// The text nests deeper than the limit.
    #[error("nested deeper than {limit} levels")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
}

impl JsonFault {
    /// Where it breaks, as a person says it; empty for a document as a whole.
    pub fn place(&self) -> String {
        match self {
            Self::Syntax { line, column, .. } => format!("line {line}, column {column}"),
            Self::TooDeep { .. } => String::new(),
        }
    }
}

/// Reads bytes that should be one JSON document in UTF-8, with or without a byte order mark.
pub(super) fn parse_document(bytes: &[u8], depth: usize) -> Result<Node, JsonFault> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = &bytes[..error.valid_up_to()];
        syntax_at(&String::from_utf8_lossy(valid), valid.len(), "not UTF-8")
    })?;
    parse_text(text, depth)
}

/// Reads a text that should be one JSON document.
pub fn parse_text(text: &str, depth: usize) -> Result<Node, JsonFault> {
    // The whole text first: its line and column are then those of the file.
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| plain_syntax(&error))?;
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| plain_syntax(&error))?;
    let reader = Reader { text, limit: depth };
    reader.node(raw, 0)
}

struct Reader<'a> {
    text: &'a str,
    limit: usize,
}

impl<'a> Reader<'a> {
    fn node(&self, raw: &'a RawValue, depth: usize) -> Result<Node, JsonFault> {
        let part = raw.get();
        if depth > self.limit {
            return Err(JsonFault::TooDeep { limit: self.limit });
        }
        match part.as_bytes().first() {
            Some(b'{') => {
                let members: Members<'a> = self.part(part)?;
                let members = members
                    .0
                    .into_iter()
                    .map(|(name, value)| Ok((name, self.node(value, depth + 1)?)))
                    .collect::<Result<_, JsonFault>>()?;
                Ok(Node::Object(members))
            }
            Some(b'[') => {
                let elements: Vec<&'a RawValue> = self.part(part)?;
                let elements = elements
                    .into_iter()
                    .map(|element| self.node(element, depth + 1))
                    .collect::<Result<_, JsonFault>>()?;
                Ok(Node::Array(elements))
            }
            Some(b'"') => {
                // Half of a surrogate pair passes the first reading but is no text.
                let _: String = self.part(part)?;
                Ok(Node::Leaf(part.to_owned()))
            }
            _ => Ok(Node::Leaf(part.to_owned())),
        }
    }

    fn part<T: Deserialize<'a>>(&self, part: &'a str) -> Result<T, JsonFault> {
        serde_json::from_str(part).map_err(|error| {
            let offset = part.as_ptr().addr() - self.text.as_ptr().addr();
            syntax_at(self.text, offset, &message_of(&error))
        })
    }
}

fn message_of(error: &serde_json::Error) -> String {
    let told = error.to_string();
    match told.rfind(" at line ") {
        Some(end) => told[..end].to_owned(),
        None => told,
    }
}

fn plain_syntax(error: &serde_json::Error) -> JsonFault {
    JsonFault::Syntax {
        line: error.line().max(1),
        column: error.column().max(1),
        message: message_of(error),
    }
}

fn syntax_at(text: &str, offset: usize, message: &str) -> JsonFault {
    let before = &text.as_bytes()[..offset.min(text.len())];
    let line_start = before
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |at| at + 1);
    JsonFault::Syntax {
        line: before.split(|b| *b == b'\n').count(),
        column: before.len() - line_start + 1,
        message: message.to_owned(),
    }
}

/// An object's members in order, repeated names included.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scalar_keeps_the_text_of_its_source() {
        let text = r#"{"b":4.0,"a":4,"big":123456789012345678901234567890,"huge":1e400,"s":"\u00fc🎉","b":null,"l":[1,[]]}"#;
        assert_eq!(
            parse_text(text, 8).map(|n| n.to_text()),
            Ok(text.to_owned())
        );
    }

    #[test]
    fn a_broken_text_is_told_with_its_line_and_column() {
        let check = |bytes: &[u8]| match parse_document(bytes, 3) {
            Ok(node) => node.to_text(),
            Err(fault) => format!("{}: {fault}", fault.place()),
        };
        let told = [
            check(b"{\n  \"id\": \"A-1\",\n  \"title\": \"cut"),
            check(b""),
            check(b"{\"a\":1} x"),
            check(b"{\n\"a\": \"\xff\"}"),
            check(b"{\n\"a\": \"\\ud800 half\"}"),
            check(b"[[[[[1]]]]]"),
            check(b"\xef\xbb\xbf{}"),
        ];
        assert_eq!(
            told,
            [
                "line 3, column 15: EOF while parsing a string",
                "line 1, column 1: EOF while parsing a value",
                "line 1, column 9: trailing characters",
                "line 2, column 7: not UTF-8",
                "line 2, column 6: unexpected end of hex escape",
                ": nested deeper than 3 levels",
                "{}",
            ]
        );
    }
}
