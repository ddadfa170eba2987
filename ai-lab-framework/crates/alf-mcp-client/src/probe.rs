//! One look at a server that a person's own program starts: it begins, lists its tools, and ends.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use thiserror::Error;
use tokio::io::AsyncReadExt as _;
use tokio::net::unix::pipe;
use tokio::sync::mpsc::unbounded_channel;

use crate::budget::Budget;
use crate::engine::Server;
use crate::listing::ListedTool;

/// How long a server may take to end once its input is closed.
const GRACE: Duration = Duration::from_secs(2);

/// What is started, as the person's program starts it: in no sandbox.
#[derive(Clone, Copy, Debug)]
pub struct Probe<'a> {
    /// The program, with its whole path.
    pub program: &'a Path,
    /// Its arguments.
    pub arguments: &'a [String],
    /// Its whole environment.
    pub environment: &'a BTreeMap<String, String>,
    /// The folder that it starts in.
    pub folder: &'a Path,
}

/// Why a server lists no tools.
#[derive(Debug, Error)]
pub enum ProbeError {
    /// It cannot be started.
    #[error("it cannot be started: {0}")]
    Start(#[from] io::Error),
    /// It does not speak as it should, or not in time.
    #[error("{0}")]
    Said(String),
}

/// Starts a server, lists its tools, closes its input and waits for its end; what is left of it is killed.
pub fn probe_server(probe: &Probe<'_>, within: Duration) -> Result<Vec<ListedTool>, ProbeError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut started = Started(start(probe)?);
    let listed = runtime.block_on(speak(&mut started.0, within));
    runtime.shutdown_timeout(Duration::ZERO);
    listed
}

/// A child that does not outlive the look at it.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        // It may be gone already; then there is nothing to kill.
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the framework's own program, as a client of the person's starts it; it is no tool"
)]
fn start(probe: &Probe<'_>) -> io::Result<Child> {
    Command::new(probe.program)
        .args(probe.arguments)
        .env_clear()
        .envs(probe.environment)
        .current_dir(probe.folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
}

async fn speak(child: &mut Child, within: Duration) -> Result<Vec<ListedTool>, ProbeError> {
    let closed = || io::Error::other("its pipes are closed");
    let input = OwnedFd::from(child.stdin.take().ok_or_else(closed)?);
    let output = OwnedFd::from(child.stdout.take().ok_or_else(closed)?);
    let mut rest = pipe::Receiver::from_owned_fd(output.try_clone()?)?;
    let server = Server {
        input: pipe::Sender::from_owned_fd(input)?,
        output: pipe::Receiver::from_owned_fd(output)?,
    };
    let (told, _log) = unbounded_channel();
    let opened = server.open(Budget::new(0), told, within).await;
    let opened = opened.map_err(ProbeError::Said)?;
    if let Some(running) = opened.running {
        // Its input closes with it.
        let _ended = running.cancel().await;
    }
    let until_end = async { while rest.read(&mut [0; 4_096]).await.is_ok_and(|read| read > 0) {} };
    // One that does not end is killed.
    let _late = tokio::time::timeout(GRACE, until_end).await;
    Ok(opened.tools)
}
