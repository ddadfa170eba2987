//! Sessions: the context that persists between executions.

use ai_lab_contract::SessionId;
use serde::{Deserialize, Serialize};

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionStatus {
    /// In use.
    Active,
    /// Put aside with a note, to be resumed.
    Paused,
    /// Over; kept for reading.
    Ended,
}

impl SessionStatus {
    /// Every status, in the order of a session's life.
    pub const ALL: [Self; 3] = [Self::Active, Self::Paused, Self::Ended];

    /// The word used in the database, in listings and in `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Ended => "ended",
        }
    }

    /// The status of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// A session to be created; it begins active, at revision 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSession {
    /// Its id; unique in the database.
    pub id: SessionId,
    /// What it is about, for a person.
    pub title: String,
    /// Its first data: a JSON object as text.
    pub data: String,
    /// When: milliseconds since 1970, UTC.
    pub created_at_ms: i64,
}

/// A session as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// What it is about, for a person.
    pub title: String,
    /// Where it stands.
    pub status: SessionStatus,
    /// What the person left as a note when pausing; empty for nothing.
    pub note: String,
    /// The context: a JSON object as text.
    pub data: String,
    /// Counts the changes from 1; a change names the revision that it was made from.
    pub revision: u64,
    /// When it was created: milliseconds since 1970, UTC.
    pub created_at_ms: i64,
    /// When it was last changed: milliseconds since 1970, UTC.
    pub updated_at_ms: i64,
}

/// A change to a session; what is `None` stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionChange {
    /// Which session.
    pub id: SessionId,
    /// The revision that the change was made from; refused if the session has moved on.
    pub from_revision: u64,
    /// The new title.
    pub title: Option<String>,
    /// The new status.
    pub status: Option<SessionStatus>,
    /// The new note.
    pub note: Option<String>,
    /// The new data: a JSON object as text.
    pub data: Option<String>,
    /// When: milliseconds since 1970, UTC.
    pub changed_at_ms: i64,
}

/// Which sessions to list, the last changed first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionFilter {
    /// Those that stand so.
    pub status: Option<SessionStatus>,
    /// At most so many, within [`MOST_ROWS`](crate::MOST_ROWS); 0 stands for 100.
    pub limit: u32,
}
