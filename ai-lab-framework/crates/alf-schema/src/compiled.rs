//! A schema, ready to check values.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;

use crate::wording::shown;
use crate::{Violation, limits, loops, wording};

/// The dialect that every schema is read as.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// A JSON Schema (2020-12) that compiled.
#[derive(Clone, Debug)]
pub struct CompiledSchema {
    validator: Validator,
    schema: Value,
}

/// Why a schema is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// It is neither an object nor `true` or `false`.
    #[error("a schema is an object, not {0}")]
    NotASchema(&'static str),
    /// It has more than [`limits::SCHEMA_BYTES`].
    #[error("the schema is longer than {most} bytes")]
    TooLong {
        /// The bound.
        most: usize,
    },
    /// It nests deeper than [`limits::SCHEMA_DEPTH`].
    #[error("the schema nests deeper than {most} levels")]
    TooDeep {
        /// The bound.
        most: usize,
    },
    /// It is written in another dialect than 2020-12.
    #[error("the schema is written in `{}`, not in JSON Schema 2020-12", shown(.0))]
    OtherDialect(String),
    /// It refers to something outside itself, which is never fetched.
    #[error(
        "`{}` refers to `{}`: only references inside the schema (`#/…`) are followed",
        shown(pointer),
        shown(reference)
    )]
    OutsideReference {
        /// Where the reference is, as a JSON Pointer into the schema.
        pointer: String,
        /// What it refers to.
        reference: String,
    },
    /// It comes back to itself without going into the value, or its references multiply the work beyond
    /// [`limits::SCHEMA_WORK`] or [`limits::SCHEMA_LEVELS`].
    #[error(
        "`{}` refers back to itself, or its references multiply without end",
        shown(pointer)
    )]
    EndlessReference {
        /// The subschema, as a JSON Pointer into the schema.
        pointer: String,
    },
    /// A `pattern` is no regular expression that runs in linear time, or one too big.
    #[error(
        "the pattern {pattern} at `{}` is no regular expression that runs in linear time",
        shown(pointer)
    )]
    Pattern {
        /// Where the pattern is, as a JSON Pointer into the schema.
        pointer: String,
        /// The pattern, quoted and cut short.
        pattern: String,
    },
    /// It breaks the rules of JSON Schema.
    #[error("`{}` is no JSON Schema: {reason}", shown(pointer))]
    Invalid {
        /// Where, as a JSON Pointer into the schema.
        pointer: String,
        /// What is wrong.
        reason: String,
    },
}

impl CompiledSchema {
    /// Compiles a schema once, to check many values.
    ///
    /// Nothing is fetched. `format` is a note for people and is not checked.
    pub fn compile(schema: &Value) -> Result<Self, SchemaError> {
        check_bounds(schema)?;
        loops::check_references(schema)?;
        let patterns = PatternOptions::regex()
            .size_limit(limits::PATTERN_BYTES)
            .dfa_size_limit(limits::PATTERN_BYTES);
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_pattern_options(patterns)
            .offline()
            .build(schema)
            .map_err(|error| explained(&error))?;
        Ok(Self {
            validator,
            schema: schema.clone(),
        })
    }

    /// Checks a value; an empty list means that it fits.
    ///
    /// At most [`limits::VIOLATIONS`] are returned, in the order of the schema.
    pub fn check(&self, value: &Value) -> Vec<Violation> {
        if self.validator.is_valid(value) {
            return Vec::new();
        }
        let mut violations = Vec::new();
        for error in self.validator.iter_errors(value) {
            wording::tell(&self.schema, &error, &mut violations);
            if violations.len() >= limits::VIOLATIONS {
                break;
            }
        }
        violations.truncate(limits::VIOLATIONS);
        violations
    }

    /// Whether a value fits; quicker than [`Self::check`].
    pub fn fits(&self, value: &Value) -> bool {
        self.validator.is_valid(value)
    }

    /// The schema as it was given.
    pub fn schema(&self) -> &Value {
        &self.schema
    }
}

fn check_bounds(schema: &Value) -> Result<(), SchemaError> {
    let dialect = match schema {
        Value::Object(object) => object.get("$schema").and_then(Value::as_str),
        Value::Bool(_) => None,
        Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            return Err(SchemaError::NotASchema(wording::kind_of(schema)));
        }
    };
    if let Some(other) = dialect.filter(|dialect| dialect.trim_end_matches('#') != DIALECT) {
        return Err(SchemaError::OtherDialect(other.to_owned()));
    }
    if nests_deeper(schema, limits::SCHEMA_DEPTH) {
        let most = limits::SCHEMA_DEPTH;
        return Err(SchemaError::TooDeep { most });
    }
    if schema.to_string().len() > limits::SCHEMA_BYTES {
        let most = limits::SCHEMA_BYTES;
        return Err(SchemaError::TooLong { most });
    }
    Ok(())
}

fn nests_deeper(value: &Value, levels: usize) -> bool {
    let deeper = |child: &Value| levels == 0 || nests_deeper(child, levels - 1);
    match value {
        Value::Array(items) => levels == 0 || items.iter().any(deeper),
        Value::Object(members) => levels == 0 || members.values().any(deeper),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn explained(error: &jsonschema::ValidationError<'_>) -> SchemaError {
    let pointer = error.instance_path().to_string();
    if matches!(error.kind(), ValidationErrorKind::Format { format } if format == "regex") {
        let pattern = wording::quoted(error.instance());
        return SchemaError::Pattern { pointer, pattern };
    }
    let mut told = Vec::new();
    wording::tell(&Value::Null, error, &mut told);
    let reason = told
        .pop()
        .map_or_else(|| error.to_string(), |violation| violation.message);
    SchemaError::Invalid { pointer, reason }
}

#[cfg(test)]
mod tests;
