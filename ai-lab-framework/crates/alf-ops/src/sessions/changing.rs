//! Beginning, putting aside, taking up, ending and patching a session.

use ai_lab_contract::{ErrorClass, SessionId};
use alf_store::{NewSession, Session, SessionChange, SessionError, SessionStatus, Store};
use serde_json::{Map, Value};

use super::context_patch::apply_patch;
use super::finding::{context_of, find_session};
use super::reading::{SessionDetail, detail};
use crate::failure::Failure;
use crate::framework::Framework;

/// The longest title, in bytes: it has to fit a line of a listing.
pub const TITLE_BYTES: usize = 200;

/// The longest note, in bytes: it is read by a person, at once.
pub const NOTE_BYTES: usize = 8_192;

/// How often a change is made anew because another one came first. Each time somebody else got on; this only ends a
/// wait that is without hope.
const TRIES: u32 = 1_000;

/// How often an id is made up anew because it is taken.
const IDS_TRIED: u32 = 16;

/// Begins a session under this id, or under one made of its title.
pub fn start_session(
    framework: &Framework,
    title: &str,
    id: Option<&SessionId>,
) -> Result<SessionDetail, Failure> {
    let redactor = framework.redactor()?;
    let title = &*redactor.text(title);
    check_length("title", title, TITLE_BYTES)?;
    if title.contains(char::is_control) {
        let told = "a title is one line of text, without control characters";
        return Err(Failure::new(ErrorClass::Usage, told));
    }
    let store = framework.store()?;
    let create = |id: SessionId| {
        store.create_session(&NewSession {
            id,
            title: title.to_owned(),
            data: "{}".to_owned(),
            created_at_ms: framework.surroundings.clock.now_ms(),
        })
    };
    if let Some(id) = id {
        let created = create(id.clone()).map_err(|error| taken(error, id))?;
        return detail(store, &created);
    }
    for _ in 0..IDS_TRIED {
        match create(made_up_id(title)) {
            Ok(created) => return detail(store, &created),
            Err(SessionError::Exists(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let told = "every id made of this title is taken";
    Err(Failure::new(ErrorClass::Conflict, told).with_hint("Give one with --id."))
}

fn taken(error: SessionError, id: &SessionId) -> Failure {
    let is_taken = matches!(error, SessionError::Exists(_));
    let failure = Failure::from(error);
    if is_taken {
        failure.with_hint(format!(
            "`ai-lab-framework session show {id}` shows that one; give another id, or none."
        ))
    } else {
        failure
    }
}

/// The words of a title, and enough besides to tell two of them apart: `slow-router-3f9ac1`.
fn made_up_id(title: &str) -> SessionId {
    const WORDS: usize = 40;
    let mut words = String::new();
    for c in title.chars().take(WORDS) {
        if c.is_ascii_alphanumeric() {
            words.push(c.to_ascii_lowercase());
        } else if !words.is_empty() && !words.ends_with('-') {
            words.push('-');
        }
    }
    let words = words.trim_end_matches('-');
    let words = if words.is_empty() { "session" } else { words };
    let unique = uuid::Uuid::now_v7().simple().to_string();
    // The end of it is random; its beginning is the time.
    let tail = &unique[unique.len() - 6..];
    format!("{words}-{tail}")
        .parse()
        .expect("because letters, digits and hyphens keep the rule of ids")
}

/// Puts a session aside with a note for whoever takes it up again. Paused twice, it has the later note.
pub fn pause_session(
    framework: &Framework,
    id: &str,
    note: &str,
) -> Result<SessionDetail, Failure> {
    let redactor = framework.redactor()?;
    let note = &*redactor.text(note);
    check_length("note", note, NOTE_BYTES)?;
    let store = framework.store()?;
    let changed = change(framework, id, |session| match session.status {
        SessionStatus::Active | SessionStatus::Paused => Ok(Change {
            status: Some(SessionStatus::Paused),
            note: Some(note.to_owned()),
            data: None,
        }),
        SessionStatus::Ended => Err(over(session)),
    })?;
    detail(store, &changed)
}

/// Takes a session up again; its note stays until the next pause.
pub fn resume_session(framework: &Framework, id: &str) -> Result<SessionDetail, Failure> {
    let store = framework.store()?;
    let changed = change(framework, id, |session| match session.status {
        SessionStatus::Active | SessionStatus::Paused => Ok(Change {
            status: Some(SessionStatus::Active),
            ..Change::default()
        }),
        SessionStatus::Ended => Err(over(session)),
    })?;
    detail(store, &changed)
}

/// Ends a session for good; everything of it can still be read.
pub fn end_session(framework: &Framework, id: &str) -> Result<SessionDetail, Failure> {
    let store = framework.store()?;
    let changed = change(framework, id, |_| {
        Ok(Change {
            status: Some(SessionStatus::Ended),
            ..Change::default()
        })
    })?;
    detail(store, &changed)
}

/// A change to a session's context.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionPatch {
    /// A JSON Merge Patch (RFC 7396).
    pub patch: Map<String, Value>,
    /// The revision that it was made from; refused if the session has moved on. `None` takes whatever is there.
    pub from_revision: Option<u64>,
}

/// Patches a session's context; a kept secret in it is written as its name.
pub fn patch_session(
    framework: &Framework,
    id: &str,
    patch: &SessionPatch,
) -> Result<SessionDetail, Failure> {
    let store = framework.store()?;
    let mut added = patch.patch.clone();
    framework.redactor()?.object(&mut added);
    let changed = change(framework, id, |session| {
        if session.status == SessionStatus::Ended {
            return Err(over(session));
        }
        if let Some(from) = patch.from_revision.filter(|from| *from != session.revision) {
            return Err(moved_on(SessionError::MovedOn {
                id: session.id.clone(),
                from,
                now: session.revision,
            }));
        }
        let data = apply_patch(&context_of(session)?, &added).map_err(|refused| {
            Failure::caused(
                ErrorClass::InvalidInput,
                format!("the context of session {} stays as it was", session.id),
                refused,
            )
            .with_hint(format!(
                "`ai-lab-framework session summary {}` shows what fills it; a key patched to null goes.",
                session.id
            ))
        })?;
        Ok(Change {
            data: Some(Value::Object(data).to_string()),
            ..Change::default()
        })
    })?;
    detail(store, &changed)
}

#[derive(Default)]
pub(super) struct Change {
    pub(super) status: Option<SessionStatus>,
    pub(super) note: Option<String>,
    pub(super) data: Option<String>,
}

/// Decides on the session as it is and writes that, anew each time that somebody else was first: two at once lose
/// nothing.
pub(super) fn change(
    framework: &Framework,
    id: &str,
    decide: impl Fn(&Session) -> Result<Change, Failure>,
) -> Result<Session, Failure> {
    let store = framework.store()?;
    let mut session = find_session(store, id)?;
    for _ in 0..TRIES {
        let Change { status, note, data } = decide(&session)?;
        let changed = store.change_session(&SessionChange {
            id: session.id.clone(),
            from_revision: session.revision,
            title: None,
            status,
            note,
            data,
            changed_at_ms: framework.surroundings.clock.now_ms(),
        });
        match changed {
            Ok(session) => return Ok(session),
            Err(SessionError::MovedOn { id, .. }) => session = find_session(store, id.as_str())?,
            Err(error) => return Err(error.into()),
        }
    }
    let told = format!("session {} is changed without a pause", session.id);
    Err(Failure::new(ErrorClass::Conflict, told).with_hint("Try again later."))
}

fn moved_on(error: SessionError) -> Failure {
    Failure::from(error).with_hint(
        "Read it anew with `ai-lab-framework session show ID --json`, and patch from that revision.",
    )
}

pub(super) fn over(session: &Session) -> Failure {
    Failure::new(
        ErrorClass::Refused,
        format!("session {} has ended", session.id),
    )
    .with_hint("`ai-lab-framework session start` begins a new one.")
}

pub(super) fn check_length(what: &str, text: &str, most: usize) -> Result<(), Failure> {
    if text.len() <= most {
        return Ok(());
    }
    let told = format!("the {what} has {} bytes; {most} are allowed", text.len());
    Err(Failure::new(ErrorClass::Usage, told))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_made_of_the_words_of_the_title() {
        let made = |title: &str| {
            let id = made_up_id(title).to_string();
            id[..id.len() - 7].to_owned()
        };
        assert_eq!(
            ["Slow router!", "", "  über  uns  ", &"a b ".repeat(40), "…"].map(made),
            [
                "slow-router",
                "session",
                "ber-uns",
                "a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b",
                "session"
            ]
        );
        assert_ne!(made_up_id("a"), made_up_id("a"));
    }
}
