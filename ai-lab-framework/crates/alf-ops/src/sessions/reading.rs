//! Looking at sessions.

use ai_lab_contract::SessionId;
use alf_store::{
    Execution, ExecutionFilter, MOST_ROWS, Session, SessionFilter, SessionStatus, Store,
};
use serde::Serialize;
use serde_json::{Map, Value};

use super::finding::{context_of, find_session};
use super::summary::{SUMMARISED, SessionSummary, summarise};
use crate::failure::Failure;
use crate::framework::Framework;

/// How many of the last executions are shown with a session: enough to find the thread again.
const LAST: u32 = 5;

/// A session without its context.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionHead {
    /// Its id.
    pub id: SessionId,
    /// What it is about, for a person.
    pub title: String,
    /// Where it stands.
    pub status: SessionStatus,
    /// What was noted last, at a pause or while it went on; empty for nothing.
    pub note: String,
    /// Counts the changes from 1; a patch can name the one that it was made from.
    pub revision: u64,
    /// When it was created: milliseconds since 1970, UTC.
    pub created_at_ms: i64,
    /// When it was last changed: milliseconds since 1970, UTC.
    pub updated_at_ms: i64,
}

impl From<&Session> for SessionHead {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id.clone(),
            title: session.title.clone(),
            status: session.status,
            note: session.note.clone(),
            revision: session.revision,
            created_at_ms: session.created_at_ms,
            updated_at_ms: session.updated_at_ms,
        }
    }
}

/// One session in a listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionRow {
    /// The session.
    #[serde(flatten)]
    pub head: SessionHead,
    /// How many executions it has.
    pub executions: u64,
}

/// Sessions, the last changed first.
#[derive(Debug, Serialize)]
pub struct SessionList {
    /// The form of this listing: 1.
    pub format: u32,
    /// The sessions.
    pub sessions: Vec<SessionRow>,
}

/// One session with its context and its last executions.
#[derive(Debug, Serialize)]
pub struct SessionDetail {
    /// The form of this answer: 1.
    pub format: u32,
    /// The session.
    pub session: SessionHead,
    /// Its context.
    pub data: Map<String, Value>,
    /// How many executions it has.
    pub executions: u64,
    /// The last of them, newest first.
    pub last: Vec<Execution>,
}

/// Lists sessions.
pub fn list_sessions(
    framework: &Framework,
    filter: &SessionFilter,
) -> Result<SessionList, Failure> {
    let store = framework.existing_store()?;
    let mut sessions = Vec::new();
    for session in store.sessions(filter)? {
        sessions.push(SessionRow {
            head: SessionHead::from(&session),
            executions: store.executions(&of(&session.id, 1))?.total,
        });
    }
    Ok(SessionList {
        format: 1,
        sessions,
    })
}

/// Shows one session, by its id or the beginning of it.
pub fn show_session(framework: &Framework, id: &str) -> Result<SessionDetail, Failure> {
    let store = framework.existing_store()?;
    detail(store, &find_session(store, id)?)
}

/// What the record knows of a session.
pub fn summarise_session(framework: &Framework, id: &str) -> Result<SessionSummary, Failure> {
    let store = framework.existing_store()?;
    let session = find_session(store, id)?;
    summary_of(store, &session)
}

pub(super) fn summary_of(store: &dyn Store, session: &Session) -> Result<SessionSummary, Failure> {
    let mut filter = of(&session.id, MOST_ROWS);
    let mut executions: Vec<Execution> = Vec::new();
    let total = loop {
        let mut page = store.executions(&filter)?;
        for execution in &mut page.executions {
            // Not looked at, and the bulk of it.
            execution.start.input = String::new();
            if let Some(ended) = &mut execution.ended {
                ended.output = None;
            }
        }
        executions.append(&mut page.executions);
        match page.next {
            Some(next) if executions.len() < SUMMARISED => filter.before = Some(next),
            Some(_) | None => break page.total,
        }
    };
    Ok(summarise(
        session,
        &context_of(session)?,
        total,
        &executions,
    ))
}

pub(super) fn detail(store: &dyn Store, session: &Session) -> Result<SessionDetail, Failure> {
    let page = store.executions(&of(&session.id, LAST))?;
    Ok(SessionDetail {
        format: 1,
        data: context_of(session)?,
        session: SessionHead::from(session),
        executions: page.total,
        last: page.executions,
    })
}

pub(super) fn of(id: &SessionId, limit: u32) -> ExecutionFilter {
    ExecutionFilter {
        session: Some(id.clone()),
        limit,
        ..ExecutionFilter::default()
    }
}
