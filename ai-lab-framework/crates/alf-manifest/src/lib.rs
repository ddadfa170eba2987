//! Reads `tool.toml`: checked values, or everything that is wrong with it, each with its place.
//!
//! Owns the rules of a manifest beyond its JSON Schema, the wording of its findings and the way from a key
//! to its line. Refuses to know files and folders: it is handed text. Showing a finding is the business of
//! the command line; a [`Finding`] has what that needs (span, line, column, label, help).
//! Start reading at [`parse_manifest`].

mod duplicates;
mod finding;
mod parse;
mod place;
mod rules;
mod schema_pass;
mod tree;
mod wording;

pub use finding::{Finding, FindingCode, Label, ManifestFindings, Severity};
pub use parse::{MANIFEST_BYTES, check_manifest, parse_manifest};
pub use place::{Spans, position};
pub use rules::{grant_covers, is_environment_name, is_hidden};
pub use schema_pass::check_against;
pub use wording::{Hidden, hidden_in, order_in};
