//! The line that a tool wrote.

use std::sync::LazyLock;

use ai_lab_contract::{Answer, ErrorClass};
use alf_ops::read_result;
use alf_schema::{CompiledSchema, StrictJsonError, StrictJsonFault, strict_json};
use serde_json::{Value, json};

use crate::places::{bytes_into_line, line_of};

/// The longest message in the framework's own words, in bytes.
const MESSAGE_BYTES: usize = 8_192;

/// An output schema with a bit of everything.
static SCHEMA: LazyLock<CompiledSchema> = LazyLock::new(|| {
    CompiledSchema::compile(&json!({
        "type": "object",
        "properties": {
            "ok": { "type": "boolean" },
            "name": { "type": "string", "minLength": 1, "maxLength": 8, "pattern": "^[a-z]*$" },
            "count": { "type": "integer", "minimum": 0, "maximum": 100 },
            "ratio": { "type": "number", "exclusiveMinimum": 0, "multipleOf": 0.5 },
            "kind": { "enum": ["one", "two"] },
            "tree": { "$ref": "#/$defs/tree" },
            "either": { "oneOf": [{ "type": "string" }, { "required": ["a"] }] },
            "unique": { "type": "array", "uniqueItems": true, "maxItems": 4, "items": { "type": "string" } },
        },
        "$defs": { "tree": {
            "type": "object",
            "properties": { "left": { "$ref": "#/$defs/tree" }, "right": { "$ref": "#/$defs/tree" } },
            "additionalProperties": false,
        } },
        "dependentRequired": { "name": ["kind"] },
    }))
    .expect("because the schema is right")
});

/// A result is an answer or has a name; what is read says the same when written and read again.
pub(crate) fn check(bytes: &[u8]) {
    check_json(bytes);
    match read_result(bytes, &SCHEMA) {
        Ok(answer) => {
            assert_eq!(
                SCHEMA.check(answer.data.as_ref().expect("because it is no error")),
                []
            );
            assert_eq!(read_result(&line(&answer), &SCHEMA), Ok(answer));
        }
        Err(error) => {
            let classes = [
                ErrorClass::NoResult,
                ErrorClass::MalformedResult,
                ErrorClass::InvalidOutput,
                ErrorClass::ToolFailed,
            ];
            assert!(classes.contains(&error.class), "{error:?}");
            // A tool's own words are its own.
            if error.class != ErrorClass::ToolFailed {
                assert!(!error.message.is_empty() && error.message.len() <= MESSAGE_BYTES);
            }
        }
    }
}

fn line(answer: &Answer) -> Vec<u8> {
    serde_json::to_vec(answer).expect("because an answer has text keys only")
}

/// The strict reader and the usual one agree where both accept; the strict one refuses more and says where.
pub(crate) fn check_json(bytes: &[u8]) {
    let usual = serde_json::from_slice::<Value>(bytes);
    match strict_json::parse(bytes) {
        Ok(value) => {
            assert_eq!(usual.as_ref().ok(), Some(&value));
            let written = value.to_string();
            assert_eq!(strict_json::parse(written.as_bytes()).as_ref(), Ok(&value));
        }
        Err(error) => {
            check_place(bytes, &error);
            // A byte order mark and NaN are no JSON for either.
            assert!(
                usual.is_err() || refuses_on_purpose(&error.fault),
                "only the strict reader says {error}"
            );
        }
    }
}

fn check_place(bytes: &[u8], error: &StrictJsonError) {
    assert!(error.offset <= bytes.len(), "{error:?}");
    assert_eq!(error.line, line_of(bytes, error.offset), "{error:?}");
    assert_eq!(
        error.column,
        bytes_into_line(bytes, error.offset) + 1,
        "{error:?}"
    );
}

/// Whether it is JSON that would be changed or guessed by reading it.
fn refuses_on_purpose(fault: &StrictJsonFault) -> bool {
    match fault {
        StrictJsonFault::TooLong { .. }
        | StrictJsonFault::IntegerChanged(_)
        | StrictJsonFault::NumberTooLong { .. }
        | StrictJsonFault::DuplicateKey(_)
        | StrictJsonFault::TooDeep { .. } => true,
        StrictJsonFault::Empty
        | StrictJsonFault::ByteOrderMark
        | StrictJsonFault::NotUtf8
        | StrictJsonFault::NotANumber(_)
        | StrictJsonFault::NumberOutOfRange(_)
        | StrictJsonFault::TrailingText
        | StrictJsonFault::Unfinished
        | StrictJsonFault::Syntax(_) => false,
    }
}
