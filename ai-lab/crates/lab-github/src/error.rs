//! How a call fails.

use std::time::Duration;

use crate::{Call, Wait};

/// Why no answer came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// Nothing was sent: GitHub was not reached.
    #[error("it was not reached: {0}")]
    NotSent(String),
    /// It was sent, at least in part, and no answer came: whether it was carried out is unknown.
    #[error("its answer was lost: {0}")]
    Unknown(String),
}

/// Why a call did not do what it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The connection failed; see [`Lost`] for whether the call may have been carried out.
    #[error("GitHub did not answer to {call}")]
    Lost {
        /// Which.
        call: Call,
        /// How.
        #[source]
        lost: Lost,
    },
    /// The limits ask for a longer wait than anyone wants to sit through.
    #[error("GitHub asks to wait {} s before {call}", wait.as_secs())]
    Limited {
        /// Which.
        call: Call,
        /// How long.
        wait: Duration,
        /// Why.
        why: Wait,
    },
    /// The token is missing, wrong or over.
    #[error("GitHub does not take the token")]
    Unauthorised,
    /// The token does not reach that far.
    #[error("GitHub refused {call}: {message}")]
    Forbidden {
        /// Which.
        call: Call,
        /// What it said.
        message: String,
    },
    /// There is no such thing, or the token may not see it.
    #[error("GitHub has nothing at {call}")]
    NotFound {
        /// Which.
        call: Call,
    },
    /// There was such a thing, or it was moved elsewhere.
    #[error("what {call} is about is gone")]
    Gone {
        /// Which.
        call: Call,
    },
    /// GitHub does not take the values.
    #[error("GitHub does not take what {call} sends: {message}")]
    Invalid {
        /// Which.
        call: Call,
        /// What it said.
        message: String,
        /// Whether the reason is that it exists already.
        already_exists: bool,
    },
    /// An answer that nobody expects.
    #[error("GitHub answered {status} to {call}: {message}")]
    Status {
        /// Which.
        call: Call,
        /// The status.
        status: u16,
        /// What it said, in its beginning.
        message: String,
    },
    /// An answer that cannot be read.
    #[error("the answer to {call} cannot be read: {problem}")]
    Unreadable {
        /// Which.
        call: Call,
        /// What is wrong.
        problem: String,
    },
    /// An address that leads away from GitHub, or round in circles.
    #[error("{call} was sent on to {address}")]
    SentOn {
        /// Which.
        call: Call,
        /// Where to.
        address: String,
    },
}

impl CallError {
    /// Whether the call may have been carried out although it failed.
    pub const fn may_have_happened(&self) -> bool {
        match self {
            Self::Lost { lost, .. } => matches!(lost, Lost::Unknown(_)),
            // A server that failed may have done it before.
            Self::Status { status, .. } => *status >= 500,
            Self::Unreadable { .. } => true,
            Self::Limited { .. }
            | Self::Unauthorised
            | Self::Forbidden { .. }
            | Self::NotFound { .. }
            | Self::Gone { .. }
            | Self::Invalid { .. }
            | Self::SentOn { .. } => false,
        }
    }
}
