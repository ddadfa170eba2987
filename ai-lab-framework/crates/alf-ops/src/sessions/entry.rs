//! Whether a session takes calls.

use ai_lab_contract::{ErrorClass, SessionId};
use alf_store::{Session, SessionStatus};
use thiserror::Error;

use crate::run_tool::ExecutionError;

/// Why a session takes no calls; says which command comes next.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SessionClosed {
    /// Somebody put it aside.
    #[error(
        "session {0} is paused: `ai-lab-framework session resume {0}` shows its note and takes it up again"
    )]
    Paused(SessionId),
    /// It is over.
    #[error(
        "session {0} has ended: `ai-lab-framework session start` begins a new one, \
         `session show {0}` reads this one"
    )]
    Ended(SessionId),
}

impl From<SessionClosed> for ExecutionError {
    fn from(closed: SessionClosed) -> Self {
        Self::new(ErrorClass::Refused, closed.to_string())
    }
}

/// Lets calls into an active session only. What runs while a session is put aside still keeps its context.
pub fn check_open(session: &Session) -> Result<(), SessionClosed> {
    match session.status {
        SessionStatus::Active => Ok(()),
        SessionStatus::Paused => Err(SessionClosed::Paused(session.id.clone())),
        SessionStatus::Ended => Err(SessionClosed::Ended(session.id.clone())),
    }
}
