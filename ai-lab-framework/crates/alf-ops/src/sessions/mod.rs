//! `session …`: the context that persists between executions, and the thread a person finds again.

mod capsule;
mod changing;
mod context_patch;
mod entry;
mod export;
mod finding;
mod markdown;
mod noting;
mod reading;
mod summary;

pub use capsule::{CAPSULE_BYTES, Capsule, CapsuleExecution, capsule_markdown, session_capsule};
pub use changing::{
    NOTE_BYTES, SessionPatch, TITLE_BYTES, end_session, patch_session, pause_session,
    resume_session, start_session,
};
pub use context_patch::{CONTEXT_BYTES, CONTEXT_DEPTH, PatchRefused, apply_patch};
pub use entry::{SessionClosed, check_open};
pub use export::{
    EXPORTED_BYTES, ExportedExecution, ExportedSession, SessionExport, export_session,
};
pub use markdown::session_markdown;
pub use noting::{ENTRY_BYTES, MOST_ENTRIES, SessionNote, note_session};
pub use reading::{
    SessionDetail, SessionHead, SessionList, SessionRow, list_sessions, show_session,
    summarise_session,
};
pub use summary::{
    ActionCount, CausedCount, ContextKey, ErrorCount, OpenEnd, SUMMARISED, SessionFacts,
    SessionSummary,
};
