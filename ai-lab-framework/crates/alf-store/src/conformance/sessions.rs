//! Facts about sessions.

use ai_lab_contract::SessionId;

use super::examples::{ended, started};
use crate::error::{EndInSessionError, RecordError, SessionError};
use crate::execution::EndStatus;
use crate::session::{NewSession, Session, SessionChange, SessionFilter, SessionStatus};
use crate::store::Store;

const WORKS: &str = "because the store works";

fn session_id(text: &str) -> SessionId {
    text.parse().expect("because the id holds to its rule")
}

fn new(text: &str, created_at_ms: i64) -> NewSession {
    NewSession {
        id: session_id(text),
        title: "router".to_owned(),
        data: "{}".to_owned(),
        created_at_ms,
    }
}

fn fresh(text: &str, at_ms: i64) -> Session {
    Session {
        id: session_id(text),
        title: "router".to_owned(),
        status: SessionStatus::Active,
        note: String::new(),
        data: "{}".to_owned(),
        revision: 1,
        created_at_ms: at_ms,
        updated_at_ms: at_ms,
    }
}

fn change(text: &str, from_revision: u64, changed_at_ms: i64) -> SessionChange {
    SessionChange {
        id: session_id(text),
        from_revision,
        title: None,
        status: None,
        note: None,
        data: None,
        changed_at_ms,
    }
}

pub(super) fn a_session_is_created_once_and_opened_often(store: &dyn Store) {
    assert_eq!(store.session(&session_id("s")).expect(WORKS), None);
    assert_eq!(
        store.create_session(&new("s", 1)).expect(WORKS),
        fresh("s", 1)
    );
    let again = store.create_session(&new("s", 2));
    assert!(matches!(again, Err(SessionError::Exists(id)) if id == session_id("s")));
    assert_eq!(
        store.open_session(&new("s", 3)).expect(WORKS),
        fresh("s", 1)
    );
    assert_eq!(
        store.open_session(&new("t", 4)).expect(WORKS),
        fresh("t", 4)
    );
    assert_eq!(
        store.session(&session_id("t")).expect(WORKS),
        Some(fresh("t", 4))
    );
}

pub(super) fn a_change_keeps_what_it_does_not_name(store: &dyn Store) {
    store.create_session(&new("s", 1)).expect(WORKS);
    let paused = SessionChange {
        status: Some(SessionStatus::Paused),
        note: Some("waiting for the router".to_owned()),
        ..change("s", 1, 5)
    };
    let expected = Session {
        status: SessionStatus::Paused,
        note: "waiting for the router".to_owned(),
        revision: 2,
        updated_at_ms: 5,
        ..fresh("s", 1)
    };
    assert_eq!(store.change_session(&paused).expect(WORKS), expected);
    let renamed = SessionChange {
        title: Some("modem".to_owned()),
        data: Some(r#"{"a":1}"#.to_owned()),
        ..change("s", 2, 6)
    };
    let expected = Session {
        title: "modem".to_owned(),
        data: r#"{"a":1}"#.to_owned(),
        revision: 3,
        updated_at_ms: 6,
        ..expected
    };
    assert_eq!(store.change_session(&renamed).expect(WORKS), expected);
    assert_eq!(
        store.session(&session_id("s")).expect(WORKS),
        Some(expected)
    );
}

pub(super) fn a_change_from_an_old_revision_is_refused(store: &dyn Store) {
    let absent = store.change_session(&change("s", 1, 2));
    assert!(matches!(absent, Err(SessionError::NoSuch(id)) if id == session_id("s")));
    store.create_session(&new("s", 1)).expect(WORKS);
    let kept = store.change_session(&change("s", 1, 2)).expect(WORKS);
    let late = SessionChange {
        title: Some("lost".to_owned()),
        ..change("s", 1, 3)
    };
    let refused = store.change_session(&late);
    assert!(matches!(
        refused,
        Err(SessionError::MovedOn {
            from: 1,
            now: 2,
            ..
        })
    ));
    assert_eq!(store.session(&session_id("s")).expect(WORKS), Some(kept));
}

pub(super) fn an_end_and_its_change_of_a_session_are_both_there_or_neither(store: &dyn Store) {
    store.create_session(&new("s", 1)).expect(WORKS);
    store.start_execution(&started(1)).expect(WORKS);
    let end = ended(1, EndStatus::Succeeded);
    let kept = SessionChange {
        data: Some(r#"{"host":"nas"}"#.to_owned()),
        ..change("s", 1, 11)
    };
    let stale = SessionChange {
        from_revision: 7,
        ..kept.clone()
    };
    let refused = store.end_execution_in_session(&end, &stale);
    assert!(matches!(
        refused,
        Err(EndInSessionError::Session(SessionError::MovedOn {
            now: 1,
            ..
        }))
    ));
    let unended = |store: &dyn Store| store.unfinished().expect(WORKS).len();
    assert_eq!(
        (
            unended(store),
            store.session(&session_id("s")).expect(WORKS)
        ),
        (1, Some(fresh("s", 1)))
    );

    store
        .end_execution_in_session(&end, &kept)
        .expect("because nobody changed the session");
    let changed = Session {
        data: r#"{"host":"nas"}"#.to_owned(),
        revision: 2,
        updated_at_ms: 11,
        ..fresh("s", 1)
    };
    let after = |store: &dyn Store| {
        (
            unended(store),
            store.session(&session_id("s")).expect(WORKS),
        )
    };
    assert_eq!(after(store), (0, Some(changed.clone())));

    let again = SessionChange {
        from_revision: 2,
        ..kept
    };
    let refused = store.end_execution_in_session(&end, &again);
    assert!(matches!(
        refused,
        Err(EndInSessionError::Record(RecordError::AlreadyEnded(_)))
    ));
    assert_eq!(after(store), (0, Some(changed)));
    assert_eq!(store.verify_chain().expect(WORKS), []);
}

pub(super) fn sessions_are_listed_by_their_last_change(store: &dyn Store) {
    for (text, at_ms) in [("a", 1), ("b", 2), ("c", 3)] {
        store.create_session(&new(text, at_ms)).expect(WORKS);
    }
    let ended = SessionChange {
        status: Some(SessionStatus::Ended),
        ..change("a", 1, 9)
    };
    store.change_session(&ended).expect(WORKS);
    let ids = |status, limit| -> Vec<String> {
        let sessions = store
            .sessions(&SessionFilter { status, limit })
            .expect(WORKS);
        sessions
            .iter()
            .map(|session| session.id.to_string())
            .collect()
    };
    assert_eq!(ids(None, 0), ["a", "c", "b"]);
    assert_eq!(ids(Some(SessionStatus::Active), 0), ["c", "b"]);
    assert_eq!(ids(None, 1), ["a"]);
}
