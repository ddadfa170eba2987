//! Processes of the framework's own that outlive the one that starts them.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::identity::HeldProcess;

/// A process to start: with two pipes or files and nothing else of the caller's. Its standard error goes nowhere.
#[derive(Debug)]
pub struct Detached<'a> {
    /// The program's path.
    pub program: &'a Path,
    /// Its arguments.
    pub arguments: &'a [&'a str],
    /// All its variables.
    pub environment: &'a BTreeMap<String, String>,
    /// What it reads.
    pub input: OwnedFd,
    /// Where it writes.
    pub output: OwnedFd,
}

impl Detached<'_> {
    /// Starts it. It makes itself the leader of a new session, as nothing but a fork could do for it.
    pub(crate) fn start(self) -> io::Result<(Pid, HeldProcess)> {
        #[expect(clippy::disallowed_methods, reason = "this is the runtime")]
        let child = Command::new(self.program)
            // Neither a folder nor anything to be done before the program: with them it would be forked.
            .args(self.arguments)
            .env_clear()
            .envs(self.environment)
            .stdin(Stdio::from(self.input))
            .stdout(Stdio::from(self.output))
            .stderr(Stdio::null())
            .spawn()?;
        let number = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let pid = number.ok_or_else(|| io::Error::from(io::ErrorKind::Other))?;
        let handle = pidfd_open(pid, PidfdFlags::empty())?;
        Ok((pid, HeldProcess::of(handle)))
    }
}
