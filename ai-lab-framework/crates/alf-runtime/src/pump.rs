//! Moves bytes between the framework and one process, within limits and until it ends.

use std::io::{self, Read, Write as _};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::{ChildStderr, ChildStdin, ChildStdout};
use std::time::{Duration, Instant};

use alf_policy::RunLimits;
use alf_sandbox::Process;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::process::{PidfdFlags, pidfd_open};

use crate::report::Stop;

/// How much is read at once, in bytes.
const CHUNK: usize = 16_384;
/// How much is still read after the tree is gone, beyond the limits: what the pipes can hold.
const DRAIN_READS: usize = 64;

/// What one round of waiting brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// The program has ended.
    Ended,
    /// The time for this wait is over.
    TimeOver,
    /// Standard output passed its limit.
    TooMuchOutput,
    /// The caller withdrew.
    Cancelled,
}

impl Turn {
    /// The reason to stop the program; `None` when it ended by itself.
    pub(crate) const fn stop(self) -> Option<Stop> {
        match self {
            Self::Ended => None,
            Self::TimeOver => Some(Stop::Timeout),
            Self::TooMuchOutput => Some(Stop::OutputLimit),
            Self::Cancelled => Some(Stop::Cancelled),
        }
    }
}

/// The three pipes of one process and what came through them.
#[derive(Debug)]
pub(crate) struct Pump<'a> {
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    ended: OwnedFd,
    unsent: &'a [u8],
    limits: RunLimits,
    buffer: Vec<u8>,
    pub(crate) output: Vec<u8>,
    pub(crate) log: Vec<u8>,
    pub(crate) log_bytes: u64,
}

impl<'a> Pump<'a> {
    /// Takes the process's pipes and sends what fits at once.
    pub(crate) fn new(
        process: &mut Process,
        line: &'a [u8],
        limits: RunLimits,
    ) -> io::Result<Self> {
        let ended = pidfd_open(process.pid, PidfdFlags::empty())?;
        let (stdin, stdout, stderr) = (
            process.stdin.take(),
            process.stdout.take(),
            process.stderr.take(),
        );
        if let Some(pipe) = &stdin {
            set_nonblocking(pipe.as_fd())?;
        }
        if let Some(pipe) = &stdout {
            set_nonblocking(pipe.as_fd())?;
        }
        if let Some(pipe) = &stderr {
            set_nonblocking(pipe.as_fd())?;
        }
        let mut pump = Self {
            stdin,
            stdout,
            stderr,
            ended,
            unsent: line,
            limits,
            buffer: vec![0; CHUNK],
            output: Vec::new(),
            log: Vec::new(),
            log_bytes: 0,
        };
        pump.send();
        Ok(pump)
    }

    /// Moves bytes until the program ends, the time is over, a limit is passed or the caller withdraws.
    pub(crate) fn turn(
        &mut self,
        until: Instant,
        cancel: Option<BorrowedFd<'_>>,
    ) -> io::Result<Turn> {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let ready = self.wait(left, cancel)?;
            if ready.sendable {
                self.send();
            }
            if ready.output && !self.read_output() {
                return Ok(Turn::TooMuchOutput);
            }
            if ready.log {
                self.read_log();
            }
            if ready.ended {
                return Ok(Turn::Ended);
            }
            if ready.cancelled {
                return Ok(Turn::Cancelled);
            }
            if left.is_zero() {
                return Ok(Turn::TimeOver);
            }
        }
    }

    /// Reads what the pipes still hold once nobody writes any more. False when that passed the output limit.
    pub(crate) fn drain(&mut self) -> bool {
        for _ in 0..DRAIN_READS {
            if !self.read_log() {
                break;
            }
        }
        self.read_output()
    }

    fn wait(&self, left: Duration, cancel: Option<BorrowedFd<'_>>) -> io::Result<Ready> {
        let mut ready = Ready::default();
        let mut fds = vec![PollFd::new(&self.ended, PollFlags::IN)];
        let mut fields: Vec<fn(&mut Ready)> = vec![|ready| ready.ended = true];
        if let Some(pipe) = &self.stdin {
            fds.push(PollFd::new(pipe, PollFlags::OUT));
            fields.push(|ready| ready.sendable = true);
        }
        if let Some(pipe) = &self.stdout {
            fds.push(PollFd::new(pipe, PollFlags::IN));
            fields.push(|ready| ready.output = true);
        }
        if let Some(pipe) = &self.stderr {
            fds.push(PollFd::new(pipe, PollFlags::IN));
            fields.push(|ready| ready.log = true);
        }
        if let Some(fd) = cancel {
            fds.push(PollFd::from_borrowed_fd(fd, PollFlags::IN));
            fields.push(|ready| ready.cancelled = true);
        }
        let timeout = Timespec::try_from(left).ok();
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        for (fd, set) in fds.iter().zip(fields) {
            if !fd.revents().is_empty() {
                set(&mut ready);
            }
        }
        Ok(ready)
    }

    /// Sends what the pipe takes; closes it when all is sent or nobody reads.
    fn send(&mut self) {
        let Some(pipe) = &mut self.stdin else { return };
        while !self.unsent.is_empty() {
            match pipe.write(self.unsent) {
                Ok(sent) => self.unsent = &self.unsent[sent..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // A tool that does not read its input may still answer; what it answers tells.
                Err(_) => break,
            }
        }
        self.stdin = None;
    }

    /// Reads standard output until it would wait. False when the limit is passed; the pipe stays open then, so that
    /// the program is ended by the framework and not by a broken pipe.
    fn read_output(&mut self) -> bool {
        while let Some(pipe) = &mut self.stdout {
            match read_some(pipe, &mut self.buffer) {
                Reading::Bytes(count) => {
                    if self.output.len() + count > self.limits.output_bytes {
                        let room = self.limits.output_bytes - self.output.len();
                        self.output.extend_from_slice(&self.buffer[..room]);
                        return false;
                    }
                    self.output.extend_from_slice(&self.buffer[..count]);
                }
                Reading::Later => return true,
                Reading::End => self.stdout = None,
            }
        }
        true
    }

    /// Reads one chunk of standard error, so that a flood cannot hold up the clock. True when there may be more.
    fn read_log(&mut self) -> bool {
        let Some(pipe) = &mut self.stderr else {
            return false;
        };
        match read_some(pipe, &mut self.buffer) {
            Reading::Bytes(count) => {
                self.log_bytes += count as u64;
                let room = self
                    .limits
                    .log_bytes
                    .saturating_sub(self.log.len())
                    .min(count);
                self.log.extend_from_slice(&self.buffer[..room]);
                true
            }
            Reading::Later => false,
            Reading::End => {
                self.stderr = None;
                false
            }
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "five descriptors, each ready or not"
)]
struct Ready {
    ended: bool,
    sendable: bool,
    output: bool,
    log: bool,
    cancelled: bool,
}

/// What one attempt to read brought.
pub(crate) enum Reading {
    Bytes(usize),
    Later,
    End,
}

/// Reads once, without waiting.
pub(crate) fn read_some(pipe: &mut impl Read, buffer: &mut [u8]) -> Reading {
    loop {
        match pipe.read(buffer) {
            Ok(0) => return Reading::End,
            Ok(count) => return Reading::Bytes(count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Reading::Later,
            Err(_) => return Reading::End,
        }
    }
}

/// From now on neither reading nor writing waits.
pub(crate) fn set_nonblocking(pipe: BorrowedFd<'_>) -> io::Result<()> {
    let flags = fcntl_getfl(pipe)?;
    Ok(fcntl_setfl(pipe, flags | OFlags::NONBLOCK)?)
}
