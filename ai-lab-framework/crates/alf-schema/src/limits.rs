//! Every bound of this crate, with the harm that it stops.

/// How many bytes a schema may have, written compactly. Stops schemas that cost more than their checks.
pub const SCHEMA_BYTES: usize = 262_144;

/// How many levels of lists and objects a schema may nest. Stops deep recursion while compiling.
pub const SCHEMA_DEPTH: usize = 64;

/// How many subschemas may apply to one value, `$ref` followed. Stops schemas of a few lines that double
/// their work with every reference.
pub const SCHEMA_WORK: u64 = 10_000;

/// How many subschemas may be applied within one another before the value is gone into. Stops deep recursion
/// along a chain of references.
pub const SCHEMA_LEVELS: usize = 128;

/// How many bytes one compiled `pattern` may take. Stops `(a{1000}){1000}`.
pub const PATTERN_BYTES: usize = 1_048_576;

/// How many violations one check returns. Stops a wrong list of a million items from becoming a million
/// messages.
pub const VIOLATIONS: usize = 32;

/// How many characters of a value a message quotes. Stops messages longer than what they are about.
pub const QUOTED_CHARS: usize = 80;

/// How many bytes of JSON are read: the greatest `limits.output_bytes` of a manifest.
pub const JSON_BYTES: usize = 67_108_864;

/// How many levels of lists and objects JSON may nest. Stops deep recursion in whatever reads it.
pub const JSON_DEPTH: usize = 127;

/// How many characters a number may have: every 64-bit float written without an exponent fits. Stops a
/// million digits that would be rounded away in silence.
pub const NUMBER_CHARS: usize = 400;
