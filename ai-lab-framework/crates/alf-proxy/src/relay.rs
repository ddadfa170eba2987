//! Passes bytes between the tool and its host until both have said all.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags};

use crate::bounds::Bounds;
use crate::http::{BadResponse, ResponseFilter};
use crate::wire::{Wire, is_ready, wait};

/// How much is read at once, in bytes.
const CHUNK: usize = 16_384;

/// Passes on until both sides have said all, one breaks off, nothing was said for too long, or the proxy ends.
///
/// A side that has said all is told so to the other, which may go on. `first` goes to the host before all else.
pub(crate) fn relay(
    tool: &Wire,
    host: &Wire,
    first: Vec<u8>,
    mut filter: ResponseFilter,
    bounds: &Bounds,
) {
    let mut buffer = vec![0; CHUNK];
    let mut there = Way::new(&tool.stream, &host.stream, first);
    let mut back = Way::new(&host.stream, &tool.stream, Vec::new());
    let mut as_it_is = |bytes: &[u8], out: &mut Vec<u8>| {
        out.extend_from_slice(bytes);
        Ok(())
    };
    let mut filtered = |bytes: &[u8], out: &mut Vec<u8>| filter.pass(bytes, bounds.head_bytes, out);
    while !(there.is_done && back.is_done) {
        let mut fds = vec![tool.stop.watch()];
        fds.extend(there.waits_for());
        let place_of_back = fds.len();
        fds.extend(back.waits_for());
        if wait(&mut fds, Instant::now() + bounds.idle).is_err() {
            return;
        }
        let there_is_ready = place_of_back == 2 && is_ready(&fds[1]);
        let back_is_ready = fds.get(place_of_back).is_some_and(is_ready);
        if there_is_ready {
            match there.go_on(&mut buffer, &mut as_it_is) {
                Ok(()) => {}
                // The host may have answered already and read no more; what it said is still passed on.
                Err(Broken::Writing) => there.is_done = true,
                Err(Broken::Reading | Broken::Filtering) => return,
            }
        }
        if back_is_ready && back.go_on(&mut buffer, &mut filtered).is_err() {
            return;
        }
    }
}

/// What is done to bytes on their way.
type Translate<'a> = &'a mut dyn FnMut(&[u8], &mut Vec<u8>) -> Result<(), BadResponse>;

/// One direction.
struct Way<'a> {
    from: &'a TcpStream,
    to: &'a TcpStream,
    pending: Vec<u8>,
    sent: usize,
    is_done: bool,
}

/// Which side broke off.
enum Broken {
    Reading,
    Writing,
    Filtering,
}

impl<'a> Way<'a> {
    const fn new(from: &'a TcpStream, to: &'a TcpStream, pending: Vec<u8>) -> Self {
        Self {
            from,
            to,
            pending,
            sent: 0,
            is_done: false,
        }
    }

    /// What it can go on with; `None` when it is done.
    fn waits_for(&self) -> Option<PollFd<'a>> {
        if self.is_done {
            None
        } else if self.pending.is_empty() {
            Some(PollFd::new(self.from, PollFlags::IN))
        } else {
            Some(PollFd::new(self.to, PollFlags::OUT))
        }
    }

    fn go_on(&mut self, buffer: &mut [u8], translate: Translate<'_>) -> Result<(), Broken> {
        if self.pending.is_empty() {
            match later(self.from.read(buffer)).map_err(|_| Broken::Reading)? {
                None => return Ok(()),
                Some(0) => {
                    self.is_done = true;
                    return self
                        .to
                        .shutdown(Shutdown::Write)
                        .map_err(|_| Broken::Writing);
                }
                Some(count) => translate(&buffer[..count], &mut self.pending)
                    .map_err(|BadResponse| Broken::Filtering)?,
            }
        }
        let left = &self.pending[self.sent..];
        if !left.is_empty() {
            let count = later(self.to.write(left)).map_err(|_| Broken::Writing)?;
            self.sent += count.unwrap_or(0);
        }
        if self.sent == self.pending.len() {
            self.pending.clear();
            self.sent = 0;
        }
        Ok(())
    }
}

/// `None` for what is not possible at the moment.
fn later(result: io::Result<usize>) -> io::Result<Option<usize>> {
    match result {
        Ok(count) => Ok(Some(count)),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
