//! Finds tools by their manifests, digests what would run, and tells what is wrong without running it.
//!
//! Owns where tools are looked for, the digest of a tool's folder and the way from a command to a program.
//! Refuses to know the environment (every path is handed in), the record and the running of anything.
//! Start reading at [`Catalog::discover`], then [`LoadedTool::load`].

mod check;
mod digest;
mod discover;
pub mod limits;
mod loaded;
mod program;
mod read;
mod schemas;
mod shims;
mod stamp;
mod watched;

pub use check::{Surroundings, check_tool};
pub use digest::{Digest, DigestError, EntryKind, ListedTree, TreeEntry};
pub use discover::{Catalog, Discovery, FoundTool, Origin, Problem, Roots, find_instance};
pub use loaded::{LoadError, LoadedAction, LoadedTool};
pub use program::{Program, ProgramError};
pub use read::{ReadError, read_text};
pub use schemas::SchemaSourceError;
pub use shims::without_shims;
pub use watched::Watched;
