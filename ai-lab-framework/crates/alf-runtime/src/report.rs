//! What came of a run, before anybody says what it means.

use std::fmt;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use ai_lab_contract::ErrorClass;
use alf_sandbox::TakenArtifacts;

/// How the program itself ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// Not at all: it lives on and takes further calls.
    Lives,
    /// Not at all: no process took the call.
    Never,
}

impl From<ExitStatus> for Exit {
    fn from(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => Self::Code(code),
            (None, signal) => Self::Signal(signal.unwrap_or_default()),
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit {code}"),
            Self::Signal(signal) => write!(f, "signal {signal}"),
            Self::Lives => f.write_str("lives on"),
            Self::Never => f.write_str("not started"),
        }
    }
}

/// Why the run was stopped from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The run limit passed.
    Timeout,
    /// Standard output passed its limit.
    OutputLimit,
    /// The caller withdrew.
    Cancelled,
    /// The long-lived process that was to serve the call failed it.
    Failed {
        /// The row of the failure table.
        class: ErrorClass,
        /// What failed, for a person.
        why: String,
    },
}

/// A process that the tool left behind and that was ended after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedProcess {
    /// Its process id.
    pub pid: i32,
    /// Its name as the kernel keeps it, at most 15 bytes.
    pub name: String,
}

/// All that a run left: what it wrote, how it ended, what had to be ended after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunReport {
    /// How the program ended.
    pub exit: Exit,
    /// Why it was stopped; `None` when it ended by itself.
    pub stop: Option<Stop>,
    /// Standard output, at most the plan's limit.
    pub output: Vec<u8>,
    /// Standard error, at most the plan's limit.
    pub log: Vec<u8>,
    /// How many bytes came on standard error in all.
    pub log_bytes: u64,
    /// What outlived the program and was ended.
    pub left_behind: Vec<EndedProcess>,
    /// What it put into its folder for artifacts; nothing for a process that lives on, whose calls share that folder.
    pub artifacts: TakenArtifacts,
    /// From the call until the process ran, in microseconds.
    pub start_us: u64,
    /// From then until the whole tree was gone and all was read, in microseconds.
    pub run_us: u64,
}
