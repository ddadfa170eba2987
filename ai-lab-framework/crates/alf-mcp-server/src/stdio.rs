//! Standard input and output as the async loop reads and writes them: without blocking, whatever they are.
//!
//! A pipe is opened anew, so that whoever shares it stays as it is. A socket (some clients give their servers nothing
//! else) cannot be, so each call says for itself that it does not wait. Anything else, such as a file or a terminal, is
//! read by a thread.

use std::fs::OpenOptions;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use rustix::fs::OFlags;
use rustix::net::{RecvFlags, SendFlags, recv, send};
use tokio::fs::File;
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::unix::pipe;

/// What a client writes to.
#[derive(Debug)]
pub(crate) enum Input {
    Pipe(pipe::Receiver),
    Socket(AsyncFd<OwnedFd>),
    Other(File),
}

/// What a client reads from.
#[derive(Debug)]
pub(crate) enum Output {
    Pipe(pipe::Sender),
    Socket(AsyncFd<OwnedFd>),
    Other(File),
}

enum Kind {
    Pipe,
    Socket,
    Other,
}

fn kind_of(fd: &OwnedFd) -> io::Result<Kind> {
    let metadata = std::fs::File::from(fd.try_clone()?).metadata()?;
    let kind = metadata.file_type();
    Ok(if kind.is_fifo() {
        Kind::Pipe
    } else if kind.is_socket() {
        Kind::Socket
    } else {
        Kind::Other
    })
}

/// Not by way of the standard library's handle: whoever holds that one's lock would stop all answers.
fn by_a_thread(fd: OwnedFd) -> File {
    File::from_std(fd.into())
}

fn nonblocking() -> i32 {
    OFlags::NONBLOCK.bits().cast_signed()
}

#[expect(
    deprecated,
    reason = "its successor is unsafe for types that may give another descriptor; an `OwnedFd` does not"
)]
fn watched(fd: OwnedFd, interest: Interest) -> io::Result<AsyncFd<OwnedFd>> {
    AsyncFd::with_interest(fd, interest)
}

/// Standard input; inside of the async loop.
pub(crate) fn input() -> io::Result<Input> {
    let fd = io::stdin().as_fd().try_clone_to_owned()?;
    Ok(match kind_of(&fd)? {
        Kind::Pipe => {
            let opened = OpenOptions::new()
                .read(true)
                .custom_flags(nonblocking())
                .open("/proc/self/fd/0");
            match opened.and_then(|file| pipe::Receiver::from_owned_fd(file.into())) {
                Ok(pipe) => Input::Pipe(pipe),
                // Of another user: it can be read, but not opened.
                Err(_) => Input::Other(by_a_thread(fd)),
            }
        }
        Kind::Socket => Input::Socket(watched(fd, Interest::READABLE)?),
        Kind::Other => Input::Other(by_a_thread(fd)),
    })
}

/// Standard output; inside of the async loop.
pub(crate) fn output() -> io::Result<Output> {
    let fd = io::stdout().as_fd().try_clone_to_owned()?;
    Ok(match kind_of(&fd)? {
        Kind::Pipe => {
            let opened = OpenOptions::new()
                .write(true)
                .custom_flags(nonblocking())
                .open("/proc/self/fd/1");
            match opened.and_then(|file| pipe::Sender::from_owned_fd(file.into())) {
                Ok(pipe) => Output::Pipe(pipe),
                Err(_) => Output::Other(by_a_thread(fd)),
            }
        }
        Kind::Socket => Output::Socket(watched(fd, Interest::WRITABLE)?),
        Kind::Other => Output::Other(by_a_thread(fd)),
    })
}

impl AsyncRead for Input {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Pipe(pipe) => Pin::new(pipe).poll_read(context, out),
            Self::Other(stdin) => Pin::new(stdin).poll_read(context, out),
            Self::Socket(socket) => loop {
                let mut guard = ready!(socket.poll_read_ready(context))?;
                let room = out.initialize_unfilled();
                let read = guard.try_io(|socket| {
                    let (count, _) = recv(socket.as_fd(), &mut *room, RecvFlags::DONTWAIT)?;
                    Ok(count)
                });
                match read {
                    Ok(Ok(count)) => {
                        out.advance(count);
                        return Poll::Ready(Ok(()));
                    }
                    Ok(Err(error)) => return Poll::Ready(Err(error)),
                    Err(_would_wait) => {}
                }
            },
        }
    }
}

impl AsyncWrite for Output {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Pipe(pipe) => Pin::new(pipe).poll_write(context, bytes),
            Self::Other(stdout) => Pin::new(stdout).poll_write(context, bytes),
            Self::Socket(socket) => loop {
                let mut guard = ready!(socket.poll_write_ready(context))?;
                let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
                let written = guard.try_io(|socket| Ok(send(socket.as_fd(), bytes, flags)?));
                if let Ok(written) = written {
                    return Poll::Ready(written);
                }
            },
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Pipe(pipe) => Pin::new(pipe).poll_flush(context),
            Self::Other(stdout) => Pin::new(stdout).poll_flush(context),
            Self::Socket(_) => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Pipe(pipe) => Pin::new(pipe).poll_shutdown(context),
            Self::Other(stdout) => Pin::new(stdout).poll_shutdown(context),
            Self::Socket(_) => Poll::Ready(Ok(())),
        }
    }
}
