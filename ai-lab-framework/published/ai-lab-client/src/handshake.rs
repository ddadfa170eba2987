//! The greeting: is this the framework, and does it speak this contract.

use std::error::Error;
use std::fmt;
use std::path::Path;

use ai_lab_contract::CONTRACT;
use serde::{Deserialize, Serialize};

use crate::child::{ChildError, Question, ask};
use crate::limits::Limits;
use crate::locate::PROGRAM;

/// What the framework says of itself: the answer of `version --json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Greeting {
    /// The form of this answer: 1.
    pub format: u32,
    /// Its name: `ai-lab-framework`.
    pub name: String,
    /// Its version (semver).
    pub version: String,
    /// The major version of the contract that it speaks.
    pub contract: u32,
    /// The version of its database's schema, `MAJOR.MINOR`.
    pub schema: String,
}

/// Why a program is no framework to call.
#[derive(Debug)]
pub enum HandshakeError {
    /// It gave no answer.
    Silent(ChildError),
    /// It gave an answer that is no greeting.
    NotUnderstood {
        /// How it ended; `None` if by a signal.
        code: Option<i32>,
        /// What is wrong with the answer.
        source: serde_json::Error,
    },
    /// It is another program.
    OtherProgram(String),
    /// It speaks another major version of the contract.
    OtherContract {
        /// Its own version.
        version: String,
        /// The contract it speaks; this crate speaks [`CONTRACT`].
        theirs: u32,
    },
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent(_) => f.write_str("the framework does not answer"),
            Self::NotUnderstood {
                code: Some(code), ..
            } => {
                write!(
                    f,
                    "the framework's greeting is not understood, it ended with {code}"
                )
            }
            Self::NotUnderstood { code: None, .. } => {
                f.write_str("the framework was ended by a signal as it was greeted")
            }
            Self::OtherProgram(name) => {
                write!(
                    f,
                    "the program is `{}`, not `{PROGRAM}`",
                    name.escape_debug()
                )
            }
            Self::OtherContract { version, theirs } => write!(
                f,
                "framework {} speaks contract {theirs}, contract {CONTRACT} is needed",
                version.escape_debug()
            ),
        }
    }
}

impl Error for HandshakeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Silent(error) => Some(error),
            Self::NotUnderstood { source, .. } => Some(source),
            Self::OtherProgram(_) | Self::OtherContract { .. } => None,
        }
    }
}

pub(crate) fn greet(program: &Path, limits: &Limits) -> Result<Greeting, HandshakeError> {
    let reply = ask(Question {
        program,
        folder: None,
        arguments: &["version", "--json"],
        input: Vec::new(),
        most: limits.greeting_bytes,
        patience: Some(limits.handshake),
    })
    .map_err(HandshakeError::Silent)?;
    check(&reply.stdout, reply.code)
}

fn check(answer: &[u8], code: Option<i32>) -> Result<Greeting, HandshakeError> {
    // What another major version adds or drops must not hide that it is another one.
    #[derive(Deserialize)]
    struct Sign {
        name: String,
        #[serde(default)]
        version: String,
        contract: u32,
    }
    let not_understood = |source| HandshakeError::NotUnderstood { code, source };
    let sign: Sign = serde_json::from_slice(answer).map_err(not_understood)?;
    if sign.name != PROGRAM {
        return Err(HandshakeError::OtherProgram(sign.name));
    }
    if sign.contract != CONTRACT {
        return Err(HandshakeError::OtherContract {
            version: sign.version,
            theirs: sign.contract,
        });
    }
    serde_json::from_slice(answer).map_err(not_understood)
}
