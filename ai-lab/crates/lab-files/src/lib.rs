//! The tracker's files: one JSON document an entity.
//!
//! Owns the documents' format, their JSON Schemas, the places where they lie in a lab, and how three versions of
//! one become one, field by field. Refuses to know disks, databases and clocks: every function here takes values
//! and returns values. Start reading at [`Document`], then [`merge_documents`].

mod document;
mod fields;
mod locate;
mod merge;
mod parts;
mod place;
mod read;
mod references;
mod schema;
mod strict;
mod write;

pub use document::{Dispute, Document, EXTRA, FORMAT};
pub use merge::{Merged, merge_documents, merge_records};
pub use place::{Place, file_name, folder_name, place_of};
pub use read::{Problem, ReadError, fact_text, read_document, read_line};
pub use schema::{schema, schema_name};
pub use write::{Names, write_document, write_line};
