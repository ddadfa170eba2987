//! The door of a tool's own network: its listener comes out, and the framework's proxy serves it.

use std::io::{self, IoSliceMut, Write as _};
use std::mem::MaybeUninit;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use alf_proxy::{Proxy, Reachable};
use rustix::cmsg_space;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

use crate::start::BECOMES_WITHIN;

/// The framework's end.
#[derive(Debug)]
pub(crate) struct Gate(UnixStream);

impl Gate {
    /// A gate, and the helper's end of it.
    pub(crate) fn new() -> io::Result<(Self, OwnedFd)> {
        let (ours, helpers) = UnixStream::pair()?;
        Ok((Self(ours), helpers.into()))
    }

    /// Serves the tool's network, and only then lets the helper go on; `None` when the helper fell before, which its
    /// report tells.
    pub(crate) fn serve(self, reachable: Reachable) -> io::Result<Option<Proxy>> {
        let Some(listener) = self.listener()? else {
            return Ok(None);
        };
        let proxy = Proxy::start(listener, reachable)?;
        self.let_go_on()?;
        Ok(Some(proxy))
    }

    /// Waits for the listener.
    pub(crate) fn listener(&self) -> io::Result<Option<TcpListener>> {
        let patience = Timespec::try_from(BECOMES_WITHIN).ok();
        loop {
            let mut ready = [PollFd::new(&self.0, PollFlags::IN)];
            match poll(&mut ready, patience.as_ref()) {
                Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
                Ok(_) => break,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let mut byte = [0];
        let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut parts = [IoSliceMut::new(&mut byte)];
        recvmsg(&self.0, &mut parts, &mut control, RecvFlags::CMSG_CLOEXEC)?;
        let passed = control.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut passed) => passed.next(),
            _ => None,
        });
        Ok(passed.map(TcpListener::from))
    }

    /// Says that it is served.
    pub(crate) fn let_go_on(mut self) -> io::Result<()> {
        self.0.write_all(&[0])
    }
}
