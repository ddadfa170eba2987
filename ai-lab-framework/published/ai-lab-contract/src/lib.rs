//! What a tool, the framework and an agent agree on.
//!
//! Owns the **manifest**, the **request** and **result** lines, the **context**, the **profiles** and the
//! **error classes**, and the **lock** that holds a lab to one release of the framework. Refuses to know files, processes, clocks and databases: nothing here reads or writes.
//! Start reading at [`v1::Manifest`], then [`v1::Request`] and [`v1::Answer`].
//!
//! Within a major version the contract only grows: fields are added with defaults, rows are appended to
//! [`v1::ErrorClass`], nothing is renamed or taken away.

pub mod v1;

pub use v1::*;

/// The contract's major version, spoken in every manifest, request and result.
pub const CONTRACT: u32 = 1;

/// The contract's minor version: counts what the major has gained since its first release.
pub const CONTRACT_MINOR: u32 = 0;
