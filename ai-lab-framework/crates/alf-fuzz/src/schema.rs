//! A JSON Schema that somebody else wrote, and a value for it.

use alf_schema::{CompiledSchema, limits, strict_json};

use crate::places::assert_plain;

/// Two lines, a schema and a value: the schema compiles or is refused by name, the value fits or is told why.
pub(crate) fn check(bytes: &[u8]) {
    let mut lines = bytes.splitn(2, |&byte| byte == b'\n');
    let Some(schema) = lines.next().and_then(|line| strict_json::parse(line).ok()) else {
        return;
    };
    let compiled = match CompiledSchema::compile(&schema) {
        Ok(compiled) => compiled,
        Err(error) => return assert_plain(&error.to_string()),
    };
    let Some(value) = lines.next().and_then(|line| strict_json::parse(line).ok()) else {
        return;
    };
    let violations = compiled.check(&value);
    assert_eq!(violations.is_empty(), compiled.fits(&value));
    assert!(violations.len() <= limits::VIOLATIONS);
    for violation in violations {
        assert_plain(&violation.message);
        assert!(
            value.pointer(&violation.pointer).is_some(),
            "{} is no place in {value}",
            violation.pointer
        );
    }
}
