//! One connection: TCP, or TLS over it, straight or through the sandbox's proxy, and every wait within one deadline.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use crate::http::{ANSWER_BYTES, Answer, authority, parse_answer};
use crate::pin::{Fingerprint, Pinned};
use crate::{CallError, Pin, Target};

/// The longest that one attempt to connect may take. A router that is off does not answer at all.
const CONNECT: Duration = Duration::from_secs(5);

/// The longest answer of the proxy.
const PROXY_BYTES: usize = 4096;

/// Whether the request was out when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing of it left.
    Unsent,
    /// All or part of it left: the router may have carried it out.
    Sent,
}

/// By when everything has to be over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    pub(crate) at: Instant,
    pub(crate) budget: Duration,
}

impl Deadline {
    /// What is left; an error when nothing is.
    fn left(self, stage: Stage) -> Result<Duration, CallError> {
        let left = self.at.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(self.late(stage));
        }
        Ok(left)
    }

    fn late(self, stage: Stage) -> CallError {
        CallError::Late {
            budget_ms: self.budget.as_millis(),
            stage,
        }
    }

    fn failed(self, stage: Stage, source: io::Error) -> CallError {
        if matches!(
            source.kind(),
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
        ) {
            self.late(stage)
        } else {
            CallError::Lost { stage, source }
        }
    }
}

/// The bytes' way.
enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

/// An open connection.
pub(crate) struct Connection {
    stream: Stream,
    /// This machine's end, as the router sees it; `None` behind a proxy.
    pub(crate) local: Option<SocketAddr>,
    /// What the router showed, over TLS.
    pub(crate) fingerprint: Option<Fingerprint>,
}

impl Connection {
    /// Connects.
    pub(crate) fn open(target: &Target, deadline: Deadline) -> Result<Self, CallError> {
        let (socket, local) = if let Some(proxy) = target.proxy {
            (tunnel(target, proxy, deadline)?, None)
        } else {
            let socket = connect(target, deadline)?;
            let local = socket.local_addr().ok();
            (socket, local)
        };
        let (stream, fingerprint) = match target.tls {
            None => (Stream::Plain(socket), None),
            Some(pin) => {
                let (stream, shown) = shake_hands(target, pin, socket, deadline)?;
                (Stream::Tls(Box::new(stream)), shown)
            }
        };
        Ok(Self {
            stream,
            local,
            fingerprint,
        })
    }

    /// Whether the router still holds its end; what it has closed meanwhile, nothing may be sent on.
    pub(crate) fn is_open(&mut self) -> bool {
        if self.socket().set_nonblocking(true).is_err() {
            return false;
        }
        let is_quiet = match &mut self.stream {
            Stream::Plain(socket) => is_waiting(&socket.peek(&mut [0])),
            Stream::Tls(stream) => is_quiet(stream),
        };
        self.socket().set_nonblocking(false).is_ok() && is_quiet
    }

    /// Sends a request and reads its answer.
    pub(crate) fn exchange(
        &mut self,
        request: &[u8],
        deadline: Deadline,
    ) -> Result<Answer, CallError> {
        let left = deadline.left(Stage::Unsent)?;
        let limit = |socket: &TcpStream, left| {
            socket
                .set_write_timeout(Some(left))
                .and_then(|()| socket.set_read_timeout(Some(left)))
        };
        limit(self.socket(), left).map_err(|source| deadline.failed(Stage::Unsent, source))?;
        let failed = |source| deadline.failed(Stage::Sent, source);
        self.write_all(request).map_err(failed)?;
        let mut bytes = Vec::new();
        let mut piece = [0; 16 * 1024];
        loop {
            let left = deadline.left(Stage::Sent)?;
            limit(self.socket(), left).map_err(failed)?;
            let length = self.read(&mut piece).map_err(failed)?;
            bytes.extend_from_slice(&piece[..length]);
            if let Some(answer) = parse_answer(&bytes, length == 0)? {
                return Ok(answer);
            }
            if length == 0 {
                return Err(failed(io::ErrorKind::UnexpectedEof.into()));
            }
            if bytes.len() > ANSWER_BYTES {
                return Err(CallError::TooLong(ANSWER_BYTES));
            }
        }
    }

    fn socket(&self) -> &TcpStream {
        match &self.stream {
            Stream::Plain(socket) => socket,
            Stream::Tls(stream) => &stream.sock,
        }
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.stream {
            Stream::Plain(socket) => socket.write_all(bytes),
            Stream::Tls(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
        }
    }

    /// An end without TLS's own goodbye is an end: a router that restarts says none.
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.stream {
            Stream::Plain(socket) => socket.read(piece),
            Stream::Tls(stream) => stream.read(piece),
        };
        match read {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
            read => read,
        }
    }
}

/// Nothing to read is well; an end, an error and words that nobody asked for are not.
fn is_waiting(read: &io::Result<usize>) -> bool {
    read.as_ref()
        .is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

/// Reads what TLS says by itself, such as tickets, until there is nothing more.
fn is_quiet(stream: &mut StreamOwned<ClientConnection, TcpStream>) -> bool {
    loop {
        let read = stream.conn.read_tls(&mut stream.sock);
        if is_waiting(&read) {
            return true;
        }
        let is_alive = read.is_ok_and(|length| length > 0)
            && stream.conn.process_new_packets().is_ok_and(|state| {
                !state.peer_has_closed() && state.plaintext_bytes_to_read() == 0
            });
        if !is_alive {
            return false;
        }
    }
}

fn connect(target: &Target, deadline: Deadline) -> Result<TcpStream, CallError> {
    let failed = |source| CallError::Connect {
        host: target.host.clone(),
        port: target.port,
        source,
    };
    let addresses = (target.host.as_str(), target.port)
        .to_socket_addrs()
        .map_err(failed)?;
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        let left = deadline.left(Stage::Unsent)?.min(CONNECT);
        match TcpStream::connect_timeout(&address, left) {
            Ok(socket) => {
                socket.set_nodelay(true).map_err(failed)?;
                return Ok(socket);
            }
            Err(error) => last = error,
        }
    }
    Err(failed(last))
}

/// Asks the sandbox's proxy for a way to the router.
fn tunnel(target: &Target, proxy: SocketAddr, deadline: Deadline) -> Result<TcpStream, CallError> {
    let Target { host, port, .. } = target;
    let failed = |source| CallError::Connect {
        host: format!("the proxy on the way to {host}"),
        port: *port,
        source,
    };
    let limit = deadline.left(Stage::Unsent)?;
    let mut socket = TcpStream::connect_timeout(&proxy, limit.min(CONNECT)).map_err(failed)?;
    socket.set_nodelay(true).map_err(failed)?;
    socket.set_read_timeout(Some(limit)).map_err(failed)?;
    let at = authority(host, *port);
    let asked = format!("CONNECT {at} HTTP/1.1\r\nHost: {at}\r\n\r\n");
    socket.write_all(asked.as_bytes()).map_err(failed)?;
    let mut head = Vec::new();
    // Byte by byte: what follows the head is the router's.
    while !head.ends_with(b"\r\n\r\n") && head.len() < PROXY_BYTES {
        let mut byte = [0];
        if socket
            .read(&mut byte)
            .map_err(|source| deadline.failed(Stage::Unsent, source))?
            == 0
        {
            break;
        }
        head.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&head);
    let first = text.lines().next().unwrap_or_default();
    let (_version, status) = first.split_once(' ').unwrap_or_default();
    if status.starts_with("200") {
        return Ok(socket);
    }
    Err(CallError::Proxy {
        host: host.clone(),
        port: *port,
        why: status
            .chars()
            .filter(|letter| !letter.is_control())
            .take(200)
            .collect(),
    })
}

type Secured = (
    StreamOwned<ClientConnection, TcpStream>,
    Option<Fingerprint>,
);

fn shake_hands(
    target: &Target,
    pin: Pin,
    mut socket: TcpStream,
    deadline: Deadline,
) -> Result<Secured, CallError> {
    let tls = |error: rustls::Error| CallError::Tls(error.to_string());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let pinned = Arc::new(Pinned::new(pin, Arc::clone(&provider)));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(tls)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&pinned) as Arc<_>)
        .with_no_client_auth();
    let name = ServerName::try_from(target.host.clone())
        .map_err(|_| CallError::Tls(format!("`{}` is no host", target.host.escape_debug())))?;
    let mut session = ClientConnection::new(Arc::new(config), name).map_err(tls)?;
    while session.is_handshaking() {
        let left = deadline.left(Stage::Unsent)?;
        let limited = socket
            .set_read_timeout(Some(left))
            .and_then(|()| socket.set_write_timeout(Some(left)))
            .and_then(|()| session.complete_io(&mut socket));
        if let Err(error) = limited {
            return Err(match (pin, pinned.shown()) {
                (Pin::Exactly(expected), Some(found)) if expected != found => {
                    CallError::Certificate { expected, found }
                }
                _ if error
                    .get_ref()
                    .is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>) =>
                {
                    CallError::Tls(error.to_string())
                }
                _ => deadline.failed(Stage::Unsent, error),
            });
        }
    }
    Ok((StreamOwned::new(session, socket), pinned.shown()))
}
