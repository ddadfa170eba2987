//! Takes a predecessor's lab without losing a field.

pub mod apply;
pub mod export;
pub mod finding;
pub mod limits;
pub mod merge;
pub mod node;
pub mod plan;
pub mod provenance;
pub mod read;
pub mod record;
pub mod report;
pub mod verify;
