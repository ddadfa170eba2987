//! Takes a predecessor's lab without losing a field.
//!
//! Owns reading files and a database that belong to someone else, deciding what becomes of every field,
//! and writing the predecessor's lab again. Refuses to know the command line, the clock, and where the lab
//! lies: it is handed a folder and a store.
//!
//! The way of a value: [`read`] takes it from its source as it is written there, [`merge`] decides what it
//! means (pure: the same sources give the same [`plan`]), [`apply`] compares the plan with the lab and writes
//! what differs in one go, [`provenance`] keeps the value itself, [`verify`] reads the source again and
//! compares, [`export`] gives it back. Start reading at [`merge::merge`].

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
