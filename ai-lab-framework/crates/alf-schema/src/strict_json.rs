//! JSON as the framework reads it from tools, agents and files: nothing lost or changed in silence.

use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Number, Value};

use crate::limits;

mod scan;

/// JSON that is refused, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault} (line {line}, column {column})")]
pub struct StrictJsonError {
    /// Why.
    pub fault: StrictJsonFault,
    /// How many bytes come before the place.
    pub offset: usize,
    /// The line of the place, from 1.
    pub line: usize,
    /// The byte of the line, from 1.
    pub column: usize,
}

/// Why JSON is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StrictJsonFault {
    /// There is nothing but white space.
    #[error("no JSON: there is nothing but white space")]
    Empty,
    /// There are more bytes than [`limits::JSON_BYTES`].
    #[error("the JSON is longer than {most} bytes")]
    TooLong {
        /// The bound.
        most: usize,
    },
    /// It begins with a byte order mark.
    #[error("the JSON begins with a byte order mark")]
    ByteOrderMark,
    /// Some bytes are no UTF-8.
    #[error("the JSON is not UTF-8")]
    NotUtf8,
    /// Lists and objects nest deeper than [`limits::JSON_DEPTH`].
    #[error("lists and objects nest deeper than {most} levels")]
    TooDeep {
        /// The bound.
        most: usize,
    },
    /// `NaN` or `Infinity`, which JSON does not have.
    #[error("`{0}` is no JSON number")]
    NotANumber(&'static str),
    /// A whole number that no 64-bit integer holds (`-0` too): as a float it would change in silence.
    #[error("the whole number {0} would be changed by reading it: send it as text")]
    IntegerChanged(String),
    /// A number beyond the greatest float.
    #[error("the number {0} is out of range")]
    NumberOutOfRange(String),
    /// A number of more characters than [`limits::NUMBER_CHARS`], which would be rounded.
    #[error("a number has more than {most} characters: send it as text")]
    NumberTooLong {
        /// The bound.
        most: usize,
    },
    /// One key twice in one object: readers differ in which of them counts.
    #[error("the key `{}` is there twice", crate::wording::shown(.0))]
    DuplicateKey(String),
    /// The JSON is complete, and more follows.
    #[error("more follows after the JSON's end")]
    TrailingText,
    /// The text ends in the middle of the JSON.
    #[error("the JSON ends in the middle")]
    Unfinished,
    /// Anything else that is no JSON, in the parser's words.
    #[error("no JSON: {0}")]
    Syntax(String),
}

/// Reads one JSON value and nothing else.
///
/// White space around it is allowed. Linear in the number of bytes.
pub fn parse(bytes: &[u8]) -> Result<Value, StrictJsonError> {
    if bytes.len() > limits::JSON_BYTES {
        let most = limits::JSON_BYTES;
        return Err(at(bytes, most, StrictJsonFault::TooLong { most }));
    }
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        return Err(at(bytes, 0, StrictJsonFault::ByteOrderMark));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| at(bytes, error.valid_up_to(), StrictJsonFault::NotUtf8))?;
    scan::scan(text).map_err(|(offset, fault)| at(bytes, offset, fault))?;
    let mut doubled = None;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Strict {
        doubled: &mut doubled,
    }
    .deserialize(&mut deserializer)
    .map_err(|error| explained(bytes, &error, doubled))?;
    deserializer.end().map_err(|error| {
        at(
            bytes,
            offset_of(bytes, &error),
            StrictJsonFault::TrailingText,
        )
    })?;
    Ok(value)
}

fn at(bytes: &[u8], offset: usize, fault: StrictJsonFault) -> StrictJsonError {
    let before = &bytes[..offset.min(bytes.len())];
    let line_start = before
        .iter()
        .rposition(|&byte| byte == b'\n')
        .map_or(0, |newline| newline + 1);
    StrictJsonError {
        fault,
        offset: before.len(),
        line: before.split(|&byte| byte == b'\n').count(),
        column: before.len() - line_start + 1,
    }
}

/// The parser tells line and column of the byte it read last.
fn offset_of(bytes: &[u8], error: &serde_json::Error) -> usize {
    let line_start: usize = bytes
        .split_inclusive(|&byte| byte == b'\n')
        .take(error.line().saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    (line_start + error.column().saturating_sub(1)).min(bytes.len())
}

fn explained(bytes: &[u8], error: &serde_json::Error, doubled: Option<String>) -> StrictJsonError {
    if let Some(key) = doubled {
        let fault = StrictJsonFault::DuplicateKey(key);
        return at(bytes, offset_of(bytes, error), fault);
    }
    if error.classify() == Category::Eof {
        let blank = bytes.iter().all(u8::is_ascii_whitespace);
        let fault = if blank {
            StrictJsonFault::Empty
        } else {
            StrictJsonFault::Unfinished
        };
        return at(bytes, bytes.len(), fault);
    }
    let told = error.to_string();
    let words = told
        .split_once(" at line ")
        .map_or(&*told, |(words, _)| words);
    let fault = StrictJsonFault::Syntax(words.to_owned());
    at(bytes, offset_of(bytes, error), fault)
}

/// Builds a value and remembers the key that was there twice.
struct Strict<'a> {
    doubled: &'a mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = access.next_element_seed(Strict {
            doubled: &mut *self.doubled,
        })? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            if object.contains_key(&key) {
                *self.doubled = Some(key);
                return Err(A::Error::custom("duplicate key"));
            }
            let value = access.next_value_seed(Strict {
                doubled: &mut *self.doubled,
            })?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests;
