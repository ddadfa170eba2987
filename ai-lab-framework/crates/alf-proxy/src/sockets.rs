//! One question to a UNIX socket, and its answer on its way to the tool. Nothing else of the tool's goes there.

use std::io;
use std::os::fd::{AsFd, AsRawFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::Instant;

use rustix::fs::{CWD, FileType, Mode, OFlags, ResolveFlags, fstat, openat2};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};

use crate::bounds::Bounds;
use crate::http::ResponseFilter;
use crate::wire::{Cut, Stop, Wire};

/// How much is read at once, in bytes.
const CHUNK: usize = 16_384;

/// Why there is no connection to a socket.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoSocket {
    /// Whoever owns a folder on the way could lead it elsewhere.
    #[error("a link lies on the way to {0}, grant the path without one")]
    Link(String),
    /// Something else is there.
    #[error("{0} is no socket")]
    Other(String),
    /// The kernel says no.
    #[error("{0}")]
    Refused(io::Error),
}

impl From<Errno> for NoSocket {
    fn from(error: Errno) -> Self {
        Self::Refused(error.into())
    }
}

/// Connects to the socket at a path, over no link.
pub(crate) fn connect_to(path: &str, stop: &Stop) -> Result<Wire<UnixStream>, NoSocket> {
    // Opened first and connected to by its number: what lies at the path cannot be exchanged in between.
    let place = openat2(
        CWD,
        path,
        OFlags::PATH | OFlags::CLOEXEC,
        Mode::empty(),
        ResolveFlags::NO_SYMLINKS,
    );
    let place = place.map_err(|error| match error {
        Errno::LOOP => NoSocket::Link(path.to_owned()),
        error => error.into(),
    })?;
    if FileType::from_raw_mode(fstat(&place)?.st_mode) != FileType::Socket {
        return Err(NoSocket::Other(path.to_owned()));
    }
    Ok(Wire::of(connected(&place)?, stop.clone()))
}

fn connected(place: &OwnedFd) -> Result<UnixStream, Errno> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    let number = place.as_fd().as_raw_fd();
    // Without blocking: one whose queue is full says so at once.
    connect(
        &socket,
        &SocketAddrUnix::new(format!("/proc/self/fd/{number}"))?,
    )?;
    Ok(UnixStream::from(socket))
}

/// An answer that did not come, or not whole.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub(crate) struct CutAnswer {
    /// Whether a part of it has been passed on.
    pub(crate) has_begun: bool,
    pub(crate) why: WhyCut,
}

/// Why an answer was cut.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WhyCut {
    /// It does not end, in bytes.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// It does not begin or end, in seconds.
    #[error("the answer did not end within {0} seconds")]
    TooSlow(u64),
    /// It has no head, or one that is too long.
    #[error("what it answers is no HTTP")]
    NoHttp,
    /// The connection to the socket, or to the tool, broke.
    #[error("{0}")]
    Gone(Cut),
}

impl WhyCut {
    /// Whether it was a bound of the proxy's that cut it.
    pub(crate) const fn is_bound(&self) -> bool {
        match self {
            Self::TooLong(_) | Self::TooSlow(_) => true,
            Self::NoHttp | Self::Gone(_) => false,
        }
    }
}

/// Asks, and passes on what comes, within the bounds of an answer.
pub(crate) fn pass_answer(
    tool: &mut Wire,
    socket: Wire<UnixStream>,
    question: &[u8],
    bounds: &Bounds,
) -> Result<(), CutAnswer> {
    let mut passing = Passing {
        tool,
        socket,
        bounds,
        deadline: Instant::now() + bounds.answer,
        has_begun: false,
    };
    passing.pass(question).map_err(|why| CutAnswer {
        has_begun: passing.has_begun,
        why,
    })
}

struct Passing<'a> {
    tool: &'a mut Wire,
    socket: Wire<UnixStream>,
    bounds: &'a Bounds,
    deadline: Instant,
    has_begun: bool,
}

impl Passing<'_> {
    fn pass(&mut self, question: &[u8]) -> Result<(), WhyCut> {
        let sent = self.socket.write_all(question, self.deadline);
        sent.map_err(|cut| self.cut(cut))?;
        let most = self.bounds.answer_bytes;
        let mut filter = ResponseFilter::default();
        let (mut buffer, mut out) = (vec![0; CHUNK], Vec::new());
        let mut taken = 0_usize;
        loop {
            let read = self.socket.read(&mut buffer, self.deadline);
            let count = read.map_err(|cut| self.cut(cut))?;
            if count == 0 {
                return if filter.is_through() {
                    Ok(())
                } else {
                    Err(WhyCut::NoHttp)
                };
            }
            taken = taken.saturating_add(count);
            if taken > most {
                return Err(WhyCut::TooLong(most));
            }
            filter
                .pass(&buffer[..count], self.bounds.head_bytes, &mut out)
                .map_err(|_| WhyCut::NoHttp)?;
            self.has_begun |= !out.is_empty();
            let passed = self.tool.write_all(&out, self.deadline);
            passed.map_err(|cut| self.cut(cut))?;
            out.clear();
        }
    }

    fn cut(&self, cut: Cut) -> WhyCut {
        match cut {
            Cut::TimeOver => WhyCut::TooSlow(self.bounds.answer.as_secs()),
            Cut::Stopped | Cut::Gone(_) => WhyCut::Gone(cut),
        }
    }
}
