//! Compiles JSON Schemas, checks values against them, and reads JSON strictly.
//!
//! Owns the JSON Schema engine, the wording of what does not fit, and [`strict_json`], the one way in
//! which the framework reads JSON that a tool or an agent wrote. Refuses to know where a schema or a value
//! comes from: nothing here opens a file or a connection, so a schema can only refer to itself.
//! Start reading at [`CompiledSchema`].

mod compiled;
pub mod limits;
mod loops;
mod nearest;
pub mod strict_json;
mod violation;
mod wording;

pub use compiled::{CompiledSchema, SchemaError};
pub use nearest::nearest;
pub use strict_json::{StrictJsonError, StrictJsonFault};
pub use violation::Violation;
