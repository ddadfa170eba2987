//! The tool lock: which files of which tools a person has approved.
//!
//! Owns the form of `tools.lock`, the comparison of two states of a tool and the decision under which profile a
//! tool may run ([`admit`]). Takes values and returns values: where the file lies, how it is written and how a
//! tool's files are digested is the business of others. Start reading at [`ToolsLock`], then [`admit`].

mod admit;
mod compare;
pub mod limits;
mod lock;

pub use admit::{Admission, Admitted, PinState, Refused, admit};
pub use compare::{Change, FileChange, ToolDiff, compare, difference};
pub use lock::{FileKind, LockError, PinnedFile, PinnedTool, ToolsLock, Validated};
