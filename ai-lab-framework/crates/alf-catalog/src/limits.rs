//! Every bound of this crate, with the harm that it stops.

/// How many entries of one folder are looked at when searching for tools. Stops a folder of a million
/// files from being taken for a folder of tools.
pub const FOLDER_ENTRIES: usize = 4_096;

/// How many tools one discovery returns. Stops a runaway generator.
pub const TOOLS: usize = 1_024;

/// How many folders above the start are searched for an instance. Stops endless paths.
pub const FOLDERS_UP: usize = 64;

/// How many bytes a schema file may have. Stops a data file named by mistake from being read whole.
pub const SCHEMA_FILE_BYTES: u64 = 1_048_576;

/// How many files and folders a tool may have. Stops digests that never end.
pub const TREE_ENTRIES: usize = 20_000;

/// How many levels a tool's folders may nest. Stops deep recursion.
pub const TREE_DEPTH: usize = 32;

/// How many bytes a tool's files may have together. Stops digests that never end.
pub const TREE_BYTES: u64 = 268_435_456;
