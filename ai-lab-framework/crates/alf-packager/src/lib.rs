//! Makes releases of the framework; a tool of whoever releases, part of no release.
//!
//! Owns how the files of a release become an archive, what is signed and how an index grows. Knows nothing of how a program
//! is built: it is given files. What it writes depends on its arguments alone: no clock, no environment, no order of a
//! folder. Start reading at [`archive`], then [`publish`].

pub mod archive;
pub mod bill;
pub mod changes;
pub mod document;
pub mod index_folder;
pub mod publish;
pub mod signer;
