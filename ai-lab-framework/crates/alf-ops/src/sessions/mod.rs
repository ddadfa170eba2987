//! `session …`: the context that persists between executions, and the thread a person finds again.

mod changing;
mod context_patch;
mod entry;
mod export;
mod finding;
mod markdown;
mod reading;
mod summary;

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
pub use reading::{
    SessionDetail, SessionHead, SessionList, SessionRow, list_sessions, show_session,
    summarise_session,
};
pub use summary::{
    ActionCount, CausedCount, ContextKey, ErrorCount, OpenEnd, SUMMARISED, SessionFacts,
    SessionSummary,
};
