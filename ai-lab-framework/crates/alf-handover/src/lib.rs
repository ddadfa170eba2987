//! The hand-over: in a lab that is held to a release, that release runs, whichever program was started.
//!
//! Owns the decision and the reading of `ai-lab.lock`. Takes texts and names and returns a name or one named error: looking
//! at the disk and becoming the other program are the business of whoever calls. Start reading at [`decide`].
//!
//! A loop is impossible: what is handed over to lies in the store, and what lies in the store runs as it is
//! ([`lies_in_store`]). For a program in the store that leads out of it again there is a bound, [`HAND_OVERS`].

mod command;
mod decide;
mod lock_file;
mod store_path;

pub use command::{lab_named, stays};
pub use decide::{HandOverError, InForce, Seen, decide};
pub use lock_file::{LOCK_BYTES, LockFileError, parse_lock};
pub use store_path::lies_in_store;

/// Where a lab says which release is in force, below its folder: a link to the release's folder in the store.
///
/// It is the only switch: whoever renames another link over it has switched.
pub const LINK: &str = ".ai-lab/framework";

/// Where the framework's program lies in a release's folder.
pub const PROGRAM: &str = "bin/ai-lab-framework";

/// How many hand-overs may follow each other. Stops programs of the store that call one outside of it from starting each
/// other without end.
pub const HAND_OVERS: u32 = 8;

/// The longest journal of an update that is read, in bytes. Stops another file in its place from being read whole.
pub const JOURNAL_BYTES: u64 = 1024 * 1024;
