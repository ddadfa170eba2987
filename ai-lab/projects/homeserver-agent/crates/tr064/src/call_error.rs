//! Why a call brought nothing. No variant carries a path with its query, a password or a nonce: all may be shown.

use std::io;

use thiserror::Error;

use crate::connection::Stage;
use crate::digest::ChallengeError;
use crate::soap::SoapError;
use crate::{Fault, Fingerprint};

/// Why a call brought nothing.
#[derive(Debug, Error)]
pub enum CallError {
    /// Nobody there, or no way there.
    #[error("cannot connect to {host}:{port}")]
    Connect {
        /// The router's name or address.
        host: String,
        /// Its port.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
    /// The way out of the sandbox does not lead there.
    #[error("the way to {host}:{port} is not open: {why}")]
    Proxy {
        /// The router's name or address.
        host: String,
        /// Its port.
        port: u16,
        /// The proxy's first line.
        why: String,
    },
    /// The time of the whole piece of work is over.
    #[error("the router did not answer within {budget_ms} ms")]
    Late {
        /// How long all calls together had, in milliseconds.
        budget_ms: u128,
        /// Whether the request was out.
        stage: Stage,
    },
    /// The connection ended before the answer did.
    #[error("the connection ended before the answer did")]
    Lost {
        /// Whether the request was out.
        stage: Stage,
        /// What the system says.
        source: io::Error,
    },
    /// Another certificate than the one that is trusted.
    #[error("the router shows the certificate {found}, and {expected} is the trusted one")]
    Certificate {
        /// The trusted one.
        expected: Fingerprint,
        /// The shown one.
        found: Fingerprint,
    },
    /// No secure connection came about.
    #[error("no TLS connection: {0}")]
    Tls(String),
    /// The router is busy, or turns away whoever asks too often.
    #[error("the router is busy (HTTP 503)")]
    Busy,
    /// The router does not know the path.
    #[error("this router has no {0}")]
    Absent(String),
    /// An HTTP status that says nothing of the call.
    #[error("the router answered with HTTP {0}")]
    Status(u16),
    /// An answer that breaks HTTP.
    #[error("the answer is no HTTP: {0}")]
    Http(&'static str),
    /// More than any answer of a router holds.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// A page instead of XML.
    #[error("the router sent {0} instead of XML")]
    NotXml(String),
    /// XML, and no answer.
    #[error(transparent)]
    Soap(#[from] SoapError),
    /// The router asks for a login that is not known here.
    #[error(transparent)]
    Challenge(#[from] ChallengeError),
    /// The router asks for a login, and there is none.
    #[error("the router asks for a login, and no password was handed over")]
    NoLogin,
    /// Name or password is wrong. It was tried once.
    #[error("the router refuses the login of {user}")]
    Refused {
        /// Who was to log in.
        user: String,
    },
    /// The router understood and will not.
    #[error("the router refuses: {0}")]
    Fault(Fault),
}

impl CallError {
    /// Whether the router may have carried the call out although no answer came.
    pub const fn may_have_happened(&self) -> bool {
        match self {
            Self::Late { stage, .. } | Self::Lost { stage, .. } => matches!(stage, Stage::Sent),
            Self::Http(_)
            | Self::TooLong(_)
            | Self::NotXml(_)
            | Self::Soap(_)
            | Self::Status(_) => true,
            Self::Connect { .. }
            | Self::Proxy { .. }
            | Self::Certificate { .. }
            | Self::Tls(_)
            | Self::Busy
            | Self::Absent(_)
            | Self::Challenge(_)
            | Self::NoLogin
            | Self::Refused { .. }
            | Self::Fault(_) => false,
        }
    }

    /// The fault, if it is one.
    pub const fn fault(&self) -> Option<&Fault> {
        if let Self::Fault(fault) = self {
            Some(fault)
        } else {
            None
        }
    }
}
