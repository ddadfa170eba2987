//! A connection whose every wait has an end: a deadline, or the proxy's own.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::sockopt::{set_socket_linger, socket_error};
use rustix::net::{AddressFamily, SocketFlags, SocketType, connect, socket_with};

/// How long is read and dropped what a tool still sends after a refusal: a connection that is closed over unread bytes
/// is broken, and the tool would not read why.
const FAREWELL: Duration = Duration::from_secs(1);
/// How many bytes of that.
const FAREWELL_BYTES: usize = 65_536;

/// Why a wait ended without what was waited for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Cut {
    /// The proxy ends.
    #[error("the proxy has ended")]
    Stopped,
    /// The deadline has passed.
    #[error("it took too long")]
    TimeOver,
    /// The other side closed or broke the connection.
    #[error("{0}")]
    Gone(io::Error),
}

impl From<Errno> for Cut {
    fn from(error: Errno) -> Self {
        Self::Gone(error.into())
    }
}

/// Hangs up when the proxy ends: the reading end of a pipe that nobody writes to.
#[derive(Clone, Debug)]
pub(crate) struct Stop(Arc<OwnedFd>);

impl Stop {
    pub(crate) fn new(reading: OwnedFd) -> Self {
        Self(Arc::new(reading))
    }

    /// To be waited for before all others.
    pub(crate) fn watch(&self) -> PollFd<'_> {
        PollFd::new(&*self.0, PollFlags::IN)
    }
}

/// Waits until one of them is ready; the first is the [`Stop`].
pub(crate) fn wait(fds: &mut [PollFd<'_>], deadline: Instant) -> Result<(), Cut> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let timeout = Timespec::try_from(left).ok();
        match poll(fds, timeout.as_ref()) {
            Ok(0) => return Err(Cut::TimeOver),
            Ok(_) if fds.first().is_some_and(is_ready) => return Err(Cut::Stopped),
            Ok(_) => return Ok(()),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

pub(crate) fn is_ready(fd: &PollFd<'_>) -> bool {
    !fd.revents().is_empty()
}

/// One side of a connection. Does not block.
#[derive(Debug)]
pub(crate) struct Wire<Stream = TcpStream> {
    pub(crate) stream: Stream,
    pub(crate) stop: Stop,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream, stop: Stop) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        // What is passed on is passed on at once.
        stream.set_nodelay(true)?;
        Ok(Self { stream, stop })
    }

    /// Connects from the machine's network.
    pub(crate) fn connect(to: SocketAddr, stop: &Stop, deadline: Instant) -> Result<Self, Cut> {
        let family = if to.is_ipv4() {
            AddressFamily::INET
        } else {
            AddressFamily::INET6
        };
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(family, SocketType::STREAM, flags, None)?;
        match connect(&socket, &to) {
            Ok(()) => {}
            Err(Errno::INPROGRESS) => {
                wait(
                    &mut [stop.watch(), PollFd::new(&socket, PollFlags::OUT)],
                    deadline,
                )?;
                socket_error(&socket)??;
            }
            Err(error) => return Err(error.into()),
        }
        Self::new(TcpStream::from(socket), stop.clone()).map_err(Cut::Gone)
    }

    /// Breaks the connection, so that what was passed on is not taken for all there is.
    pub(crate) fn break_off(self) {
        let _closed_all_the_same = set_socket_linger(&self.stream, Some(Duration::ZERO));
    }

    /// Says the last word and waits a moment until the other side has read it.
    pub(crate) fn say_farewell(mut self, last: &[u8]) {
        // Whoever waited for something until the proxy ended has nothing to tell.
        if matches!(
            wait(&mut [self.stop.watch()], Instant::now()),
            Err(Cut::Stopped)
        ) {
            return;
        }
        let deadline = Instant::now() + FAREWELL;
        if self.write_all(last, deadline).is_err() || self.stream.shutdown(Shutdown::Write).is_err()
        {
            return;
        }
        let mut dropped = 0;
        let mut buffer = [0; 4_096];
        while dropped < FAREWELL_BYTES {
            match self.read(&mut buffer, deadline) {
                Ok(0) | Err(_) => return,
                Ok(count) => dropped += count,
            }
        }
    }
}

impl<Stream: io::Read + io::Write + AsFd> Wire<Stream> {
    /// One whose stream does not block already.
    pub(crate) const fn of(stream: Stream, stop: Stop) -> Self {
        Self { stream, stop }
    }

    /// Reads what there is, at least one byte; 0 when the other side has said all.
    pub(crate) fn read(&mut self, buffer: &mut [u8], deadline: Instant) -> Result<usize, Cut> {
        loop {
            match self.stream.read(buffer) {
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.wait_for(PollFlags::IN, deadline)?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Cut::Gone(error)),
            }
        }
    }

    /// Fills the buffer.
    pub(crate) fn read_exact(&mut self, buffer: &mut [u8], deadline: Instant) -> Result<(), Cut> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.read(&mut buffer[filled..], deadline)? {
                0 => return Err(Cut::Gone(io::ErrorKind::UnexpectedEof.into())),
                count => filled += count,
            }
        }
        Ok(())
    }

    /// Writes all of it.
    pub(crate) fn write_all(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), Cut> {
        let mut written = 0;
        while written < bytes.len() {
            match self.stream.write(&bytes[written..]) {
                Ok(count) => written += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.wait_for(PollFlags::OUT, deadline)?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Cut::Gone(error)),
            }
        }
        Ok(())
    }

    fn wait_for(&self, what: PollFlags, deadline: Instant) -> Result<(), Cut> {
        wait(
            &mut [self.stop.watch(), PollFd::new(&self.stream, what)],
            deadline,
        )
    }
}
