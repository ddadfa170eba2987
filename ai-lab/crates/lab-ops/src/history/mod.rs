//! What happened, and taking it back.

mod log;
mod undo;

pub use log::{LogChange, LogRequest, LogRow, LogView, log};
pub(crate) use log::{Names, since};
pub use undo::{TookBack, Undo, UndoError, redo, undo};

/// How people call a write: `w57`.
pub(crate) fn write_name(number: u64) -> String {
    format!("w{number}")
}

#[cfg(test)]
mod tests;
