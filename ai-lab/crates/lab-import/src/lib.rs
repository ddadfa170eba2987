//! Takes a predecessor's lab without losing a field.

pub mod finding;
pub mod limits;
pub mod node;
pub mod read;
pub mod record;
