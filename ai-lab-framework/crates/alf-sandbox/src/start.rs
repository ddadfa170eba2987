//! From a confinement to a running tool.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{ChildStderr, ChildStdin, ChildStdout, ExitStatus};
use std::time::Duration;

use alf_confine::{Failed, GATE_FD, HANDED_FD, ORDERS_FD, REPORT_BYTES, STATUS_FD, Step};
use alf_policy::{Access, Confinement, EXECUTION_MARKER};
use alf_proxy::{Proxy, Reachable, Refusals};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::MemfdFlags;
use rustix::io::{Errno, fcntl_dupfd_cloexec};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

use crate::embedded;
use crate::gate::Gate;
use crate::group::Group;
use crate::orders::{Target, orders};
use crate::spawn::spawn;
use crate::work::WorkError;

/// How long the helper may take to become the tool. Stops a path on a file system that does not answer from holding
/// the caller.
pub(crate) const BECOMES_WITHIN: Duration = Duration::from_secs(10);

/// Above every number that a descriptor is given in the helper.
const ABOVE_GIVEN: i32 = GATE_FD + 1;

/// What is to be started.
#[derive(Debug)]
pub struct Start<'a> {
    /// The program, absolute.
    pub program: &'a Path,
    /// Its arguments, without its own name.
    pub arguments: &'a [String],
    /// All its variables.
    pub environment: &'a BTreeMap<String, String>,
    /// Where it runs.
    pub folder: &'a Path,
    /// What it may reach and use up.
    pub confinement: &'a Confinement,
    /// What it finds as descriptor 3; `None` hands nothing over.
    pub handed: Option<OwnedFd>,
}

/// Why a tool was not started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The sandbox could not be put in force: nothing of the tool ran.
    #[error("refused: applying {what} failed")]
    Applying {
        /// What could not be applied.
        what: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Nothing of the sandbox failed, and yet the program could not be started in it.
    #[error("cannot start the program")]
    Program(#[source] io::Error),
}

impl StartError {
    /// The same once more, for another caller that waited for the same start.
    #[must_use]
    pub fn copy(&self) -> Self {
        let again = |error: &io::Error| match error.raw_os_error() {
            Some(number) => io::Error::from_raw_os_error(number),
            None => io::Error::new(error.kind(), error.to_string()),
        };
        match self {
            Self::Applying { what, source } => Self::Applying {
                what: what.clone(),
                source: again(source),
            },
            Self::Program(source) => Self::Program(again(source)),
        }
    }
}

impl From<WorkError> for StartError {
    fn from(error: WorkError) -> Self {
        Self::Applying {
            what: format!("the work folder ({})", error.path.display()),
            source: error.source,
        }
    }
}

/// A helper that was started and has not said yet whether it became the tool.
#[must_use]
#[derive(Debug)]
pub struct Starting {
    process: Process,
    status: File,
    /// The door of its own network, and what may be reached through it.
    gate: Option<(Gate, Reachable)>,
    /// The paths in the order of the orders, for the message.
    paths: Vec<PathBuf>,
    writable: Vec<PathBuf>,
}

/// A tool's process, with the framework's ends of its three pipes.
#[derive(Debug)]
pub struct Process {
    /// Its number; it leads its process group.
    pub pid: Pid,
    /// To its standard input.
    pub stdin: Option<ChildStdin>,
    /// From its standard output.
    pub stdout: Option<ChildStdout>,
    /// From its standard error.
    pub stderr: Option<ChildStderr>,
    /// Its way to the granted hosts and sockets; ends with this value.
    proxy: Option<Proxy>,
    /// The control groups it is in; removed when this value goes, after its end.
    _groups: Vec<Group>,
}

impl Process {
    /// What it asked the proxy for and did not get; `None` where it has none.
    pub fn refusals(&self) -> Option<Refusals> {
        self.proxy.as_ref().map(Proxy::refusals)
    }

    /// Waits until it has ended. Only once: afterwards its number may be another's.
    pub fn wait(&self) -> io::Result<ExitStatus> {
        loop {
            match waitpid(Some(self.pid), WaitOptions::empty()) {
                Ok(Some((_, status))) => return Ok(ExitStatus::from_raw(status.as_raw())),
                Ok(None) | Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Starts the helper with its orders. It becomes the tool, or says why not: see [`Starting::finish`].
///
/// Its process dies with the thread that calls this.
pub fn start(start: Start<'_>) -> Result<Starting, StartError> {
    let preparing = |what: &str| {
        let what = what.to_owned();
        move |source: io::Error| StartError::Applying { what, source }
    };
    let Start {
        confinement,
        handed,
        ..
    } = start;
    let target = Target {
        program: Some(start.program),
        arguments: start.arguments,
        environment: start.environment,
        folder: start.folder,
        hands_over: handed.is_some(),
    };
    // A text with a NUL in it is one that no program can be given.
    let mut orders =
        orders(&target, confinement).map_err(|error| StartError::Program(error.into()))?;
    for folder in &confinement.made {
        fs::create_dir_all(folder).map_err(preparing("the grant of a new folder"))?;
    }
    let groups = Group::make_all(confinement, start.environment.get(EXECUTION_MARKER))
        .map_err(preparing("the control group"))?;
    orders.control_groups = groups.iter().map(Group::procs).collect();
    let marker = start
        .environment
        .get(EXECUTION_MARKER)
        .map(|id| format!("{EXECUTION_MARKER}={id}"));
    let has_own_network = orders.namespaces.is_some_and(|own| own.network.is_some());
    let (gate, helpers_end) = if has_own_network {
        let (gate, end) = Gate::new().map_err(preparing("the own network"))?;
        (Some((gate, reachable(confinement))), Some(end))
    } else {
        (None, None)
    };
    let given = Given {
        handed,
        gate: helpers_end,
    };
    launch(&orders.to_bytes(), marker.as_deref(), given, groups)
        .map(|(process, status)| Starting {
            process,
            status,
            gate,
            paths: confinement
                .paths
                .iter()
                .map(|opened| opened.path.clone())
                .collect(),
            writable: writable(confinement),
        })
        .map_err(StartError::Program)
}

fn reachable(confinement: &Confinement) -> Reachable {
    Reachable {
        hosts: confinement.hosts.clone(),
        sockets: confinement.sockets.clone(),
    }
}

fn writable(confinement: &Confinement) -> Vec<PathBuf> {
    let granted = confinement.paths.iter();
    let mut writable: Vec<PathBuf> = granted
        .filter(|opened| opened.access == Access::Write)
        .map(|opened| opened.path.clone())
        .collect();
    writable.sort_unstable();
    writable
}

/// What the helper is given beside its orders and the pipes.
#[derive(Debug, Default)]
pub(crate) struct Given {
    /// What is handed to the tool.
    pub(crate) handed: Option<OwnedFd>,
    /// Its end of the [`Gate`], for an own network.
    pub(crate) gate: Option<OwnedFd>,
}

/// Starts the helper with these orders.
pub(crate) fn launch(
    orders: &[u8],
    marker: Option<&str>,
    given: Given,
    groups: Vec<Group>,
) -> io::Result<(Process, File)> {
    let orders = above(embedded::sealed("orders", orders, MemfdFlags::empty())?)?;
    let (stdin, to_stdin) = pipe()?;
    let (from_stdout, stdout) = pipe()?;
    let (from_stderr, stderr) = pipe()?;
    let (from_status, status) = pipe()?;
    let handed = given.handed.map(above).transpose()?;
    let gate = given.gate.map(above).transpose()?;
    let mut inherited = vec![
        (&stdin, 0),
        (&stdout, 1),
        (&stderr, 2),
        (&orders, ORDERS_FD),
        (&status, STATUS_FD),
    ];
    inherited.extend(handed.as_ref().map(|handed| (handed, HANDED_FD)));
    inherited.extend(gate.as_ref().map(|gate| (gate, GATE_FD)));
    let pid = spawn(&embedded::path()?, marker, &inherited)?;
    let process = Process {
        pid,
        stdin: Some(ChildStdin::from(to_stdin)),
        stdout: Some(ChildStdout::from(from_stdout)),
        stderr: Some(ChildStderr::from(from_stderr)),
        proxy: None,
        _groups: groups,
    };
    Ok((process, File::from(from_status)))
}

fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (reading, writing) = pipe_with(PipeFlags::CLOEXEC)?;
    Ok((above(reading)?, above(writing)?))
}

/// The same, under a number that is given to nothing else in the helper.
fn above(descriptor: OwnedFd) -> io::Result<OwnedFd> {
    use std::os::fd::AsRawFd as _;
    if descriptor.as_raw_fd() >= ABOVE_GIVEN {
        return Ok(descriptor);
    }
    Ok(fcntl_dupfd_cloexec(&descriptor, ABOVE_GIVEN)?)
}

impl Starting {
    /// The helper's number, which becomes the tool's.
    pub const fn pid(&self) -> Pid {
        self.process.pid
    }

    /// Waits until the helper has become the tool. When it has not, nothing of it is left.
    pub fn finish(mut self) -> Result<Process, StartError> {
        let became = self.open_gate().and_then(|()| {
            report(&mut self.status).map_err(|source| StartError::Applying {
                what: "the helper".to_owned(),
                source,
            })
        });
        let failed = match became {
            Ok(None) => return Ok(self.process),
            Ok(Some(failed)) => self.told(failed),
            Err(failed) => failed,
        };
        let _gone = kill_process(self.process.pid, Signal::KILL);
        let _waited = self.process.wait();
        Err(failed)
    }

    /// Serves the tool's own network, if it has one; before that the helper does not become the tool.
    fn open_gate(&mut self) -> Result<(), StartError> {
        if let Some((gate, reachable)) = self.gate.take() {
            let served = gate.serve(reachable);
            self.process.proxy = served.map_err(|source| StartError::Applying {
                what: "the proxy to the granted hosts and sockets".to_owned(),
                source,
            })?;
        }
        Ok(())
    }

    fn told(&self, failed: Failed) -> StartError {
        let source = io::Error::from_raw_os_error(failed.errno);
        let of = |paths: &[PathBuf]| {
            let path = usize::try_from(failed.index)
                .ok()
                .and_then(|index| paths.get(index));
            path.map_or_else(String::new, |path| format!(" ({})", path.display()))
        };
        let which = match failed.step {
            Step::Program => return StartError::Program(source),
            Step::Path => of(&self.paths),
            Step::WritablePath => of(&self.writable),
            Step::Limit | Step::Port => format!(" (number {})", failed.index),
            Step::Orders
            | Step::Parent
            | Step::Descriptors
            | Step::ControlGroup
            | Step::Namespaces
            | Step::Mounts
            | Step::Network
            | Step::Processes
            | Step::Folder
            | Step::Capabilities
            | Step::NewPrivileges
            | Step::Ruleset
            | Step::Landlock
            | Step::Filter => String::new(),
        };
        StartError::Applying {
            what: format!("{}{which}", failed.step.as_str()),
            source,
        }
    }
}

/// What the helper says; `None` when it became its program, which says nothing.
pub(crate) fn report(status: &mut File) -> io::Result<Option<Failed>> {
    let patience = Timespec::try_from(BECOMES_WITHIN).ok();
    loop {
        let mut ready = [PollFd::new(&*status, PollFlags::IN)];
        match poll(&mut ready, patience.as_ref()) {
            Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
            Ok(_) => break,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut said = Vec::with_capacity(REPORT_BYTES);
    status
        .take(REPORT_BYTES as u64 + 1)
        .read_to_end(&mut said)?;
    if said.is_empty() {
        return Ok(None);
    }
    Failed::from_bytes(&said)
        .map(Some)
        .ok_or_else(|| io::ErrorKind::InvalidData.into())
}
