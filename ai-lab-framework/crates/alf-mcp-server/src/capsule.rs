//! Where the work of a session stands, as one text for whoever takes it up.

use alf_ops::{Failure, Framework, SessionNote, capsule_markdown, note_session, session_capsule};

/// The capsule of a session, by its id or the beginning of it.
pub(crate) fn capsule_text(framework: &Framework, id: &str) -> Result<String, Failure> {
    Ok(capsule_markdown(&session_capsule(framework, id)?))
}

/// Notes something in a session: marked lines go where they belong, the rest is the note.
pub(crate) fn note(framework: &Framework, id: &str, text: &str) -> Result<(), Failure> {
    note_session(framework, id, &SessionNote::from_text(text)).map(|_| ())
}
