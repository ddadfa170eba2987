//! The store from outside: one suite for every backend, then the file's own promises.

mod common_words;
mod conformance;
mod files;
mod filters;
mod github;
mod interleaved;
mod listing;
mod log;
mod opening;
mod provenance;
mod ready;
mod scene;
mod schema;
mod snapshot;
mod writers;
