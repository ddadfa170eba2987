//! What is asked for, and who is told.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use ai_lab_contract::v1::LockedFramework;

use crate::error::Refusal;
use crate::journal::{Done, Kind, Placed, Services};

/// Which release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The newest that is wanted and not excluded.
    Newest {
        /// The range, such as `~1.4`.
        range: String,
        /// Versions that are not to be offered.
        excluded: Vec<String>,
    },
    /// What a lock says, from the store or from where releases come.
    Locked(Box<LockedFramework>),
    /// One that was in force before.
    Before(Box<Placed>),
}

/// Where releases come from.
pub trait Source: fmt::Debug {
    /// A folder with the index.
    fn index(&mut self) -> Result<PathBuf, Refusal>;
    /// A folder with the index and all of that version that this machine needs.
    fn version(&mut self, version: &str) -> Result<PathBuf, Refusal>;
}

/// What is asked for.
#[derive(Debug)]
pub struct Asked<'a> {
    /// What is done.
    pub kind: Kind,
    /// Which release is wanted.
    pub target: Target,
    /// Where releases come from; `None` where the lab names no place.
    pub source: Option<&'a mut dyn Source>,
    /// The program that is asked about releases: the framework in force, or any that is installed.
    pub program: PathBuf,
    /// The framework's home.
    pub home: PathBuf,
    /// What is in force, if anything is.
    pub old: Option<Placed>,
    /// What is stopped while the switch is made.
    pub services: Option<Services>,
    /// How long running executions are waited for.
    pub drain: Duration,
    /// Whether executions that answer otherwise than before are no reason to stop.
    pub accept_changes: bool,
    /// How far to go.
    pub until: Until,
}

/// How far to go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Until {
    /// Only say which release it would be.
    Plan,
    /// Only put it into the store and write the lock.
    Lock,
    /// Only try it on copies.
    Rehearse,
    /// To the end.
    #[default]
    End,
}

/// Who is told what goes on.
pub trait Watch: fmt::Debug {
    /// A step begins.
    fn begins(&mut self, step: &str);
    /// A step is done.
    fn done(&mut self, done: &Done);
}
