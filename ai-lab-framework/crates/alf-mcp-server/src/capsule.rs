//! Where the work of a session stands, as one text for whoever takes it up.

use alf_ops::{
    Failure, Framework, export_session, pause_session, resume_session, session_markdown,
};

/// The capsule of a session, by its id or the beginning of it.
pub(crate) fn capsule_text(framework: &Framework, id: &str) -> Result<String, Failure> {
    Ok(session_markdown(&export_session(framework, id)?))
}

/// Notes something in a session.
pub(crate) fn note(framework: &Framework, id: &str, text: &str) -> Result<(), Failure> {
    pause_session(framework, id, text)?;
    resume_session(framework, id).map(|_| ())
}
