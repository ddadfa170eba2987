//! The stand-in behind HTTP and TLS.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::fritz_box::FritzBox;
use crate::replies::{Reply, Request, reply};

/// Two certificates with their keys: one can take the place of the other.
const CERTIFICATES: [(&[u8], &[u8]); 2] = [
    (
        include_bytes!("../certificates/first.crt"),
        include_bytes!("../certificates/first.key"),
    ),
    (
        include_bytes!("../certificates/second.crt"),
        include_bytes!("../certificates/second.key"),
    ),
];

/// What is shared with the threads that serve.
#[derive(Debug)]
struct Shared {
    fritz_box: Mutex<FritzBox>,
    is_over: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
}

impl Shared {
    fn with<T>(&self, look: impl FnOnce(&mut FritzBox) -> T) -> T {
        look(
            &mut self
                .fritz_box
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}

/// A FRITZ!Box on this machine, until it is dropped.
#[derive(Debug)]
pub struct Standin {
    shared: Arc<Shared>,
    plain: SocketAddr,
    tls: SocketAddr,
    threads: Vec<JoinHandle<()>>,
}

impl Standin {
    /// Starts on two free ports.
    pub fn start(mut fritz_box: FritzBox) -> io::Result<Self> {
        let listeners = [
            TcpListener::bind("127.0.0.1:0")?,
            TcpListener::bind("127.0.0.1:0")?,
        ];
        let [plain, tls] = [listeners[0].local_addr()?, listeners[1].local_addr()?];
        fritz_box.tls_port = tls.port();
        if fritz_box.list_host.is_empty() {
            fritz_box.list_host = plain.to_string();
        }
        let shared = Arc::new(Shared {
            fritz_box: Mutex::new(fritz_box),
            is_over: AtomicBool::new(false),
            open: Mutex::default(),
        });
        let threads = listeners
            .into_iter()
            .zip([false, true])
            .map(|(listener, is_secure)| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || accept(&listener, is_secure, &shared))
            })
            .collect();
        Ok(Self {
            shared,
            plain,
            tls,
            threads,
        })
    }

    /// The port of HTTP.
    pub const fn port(&self) -> u16 {
        self.plain.port()
    }

    /// The port of TLS.
    pub const fn tls_port(&self) -> u16 {
        self.tls.port()
    }

    /// Looks at it, or changes it, between two requests.
    pub fn with<T>(&self, look: impl FnOnce(&mut FritzBox) -> T) -> T {
        self.shared.with(look)
    }

    /// What was asked for since the last look.
    pub fn asked(&self) -> Vec<String> {
        self.with(|fritz_box| std::mem::take(&mut fritz_box.journal))
    }

    /// How many connections came so far.
    pub fn connections(&self) -> u32 {
        self.with(|fritz_box| fritz_box.connections)
    }

    /// The certificate that is shown, as it is sent.
    pub fn certificate(&self) -> &'static [u8] {
        CERTIFICATES[usize::from(self.with(|fritz_box| fritz_box.has_second_certificate))].0
    }
}

impl Drop for Standin {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Release);
        for stream in self
            .shared
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .drain(..)
        {
            // One that has ended already is well.
            let _ended = stream.shutdown(Shutdown::Both);
        }
        for address in [self.plain, self.tls] {
            // Wakes whoever waits for the next connection.
            let _woken = TcpStream::connect(address);
        }
        for thread in self.threads.drain(..) {
            let _ended = thread.join();
        }
    }
}

fn accept(listener: &TcpListener, is_secure: bool, shared: &Arc<Shared>) {
    for stream in listener.incoming().flatten() {
        if shared.is_over.load(Ordering::Acquire) {
            break;
        }
        let is_cut = shared.with(|fritz_box| {
            fritz_box.connections += 1;
            let is_cut = fritz_box.cuts_left > 0;
            fritz_box.cuts_left = fritz_box.cuts_left.saturating_sub(1);
            is_cut
        });
        if is_cut {
            continue;
        }
        let mut open = shared.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.extend(stream.try_clone());
        drop(open);
        let shared = Arc::clone(shared);
        // Ends with its connection; a caller that goes away is part of what is tested.
        thread::spawn(move || {
            let end = stream.try_clone();
            let _ended = converse(stream, is_secure, &shared);
            // The list of open ones holds a copy, which would keep it open.
            let _closed = end.and_then(|end| end.shutdown(Shutdown::Both));
        });
    }
}

fn converse(stream: TcpStream, is_secure: bool, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let from = stream.peer_addr()?.ip().to_string();
    if !is_secure {
        return serve(stream, &from, shared);
    }
    let place = usize::from(shared.with(|fritz_box| fritz_box.has_second_certificate));
    let session = ServerConnection::new(Arc::new(secrets(place)?)).map_err(io::Error::other)?;
    serve(StreamOwned::new(session, stream), &from, shared)
}

fn secrets(place: usize) -> io::Result<ServerConfig> {
    let (certificate, key) = CERTIFICATES[place];
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from(certificate)],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key)),
        )
        .map_err(io::Error::other)
}

/// Answers request after request, until either side ends it.
fn serve(mut stream: impl Read + Write, from: &str, shared: &Shared) -> io::Result<()> {
    let mut bytes = Vec::new();
    loop {
        let Some((request, length)) = parse(&bytes, from)? else {
            let mut piece = [0; 8192];
            let read = stream.read(&mut piece)?;
            if read == 0 {
                return Ok(());
            }
            bytes.extend_from_slice(&piece[..read]);
            continue;
        };
        bytes.drain(..length);
        match shared.with(|fritz_box| reply(fritz_box, &request)) {
            Reply::Send(answer) => {
                stream.write_all(&answer)?;
                stream.flush()?;
            }
            Reply::Half(answer) => {
                stream.write_all(&answer[..answer.len() / 2])?;
                return stream.flush();
            }
            Reply::Cut => return Ok(()),
            Reply::Silence => {
                let mut byte = [0];
                let _gone = stream.read(&mut byte)?;
                return Ok(());
            }
            Reply::Endless => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<a>")?;
                let blanks = [b' '; 8192];
                loop {
                    stream.write_all(&blanks)?;
                }
            }
        }
    }
}

/// A whole request and its length; `None` while there is more to come, an error for what is no HTTP.
fn parse(bytes: &[u8], from: &str) -> io::Result<Option<(Request, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(start) = head.parse(bytes).map_err(io::Error::other)? else {
        return Ok(None);
    };
    let named = |name: &str| {
        let found = head
            .headers
            .iter()
            .find(|one| one.name.eq_ignore_ascii_case(name));
        found.map(|one| String::from_utf8_lossy(one.value).into_owned())
    };
    let length = named("content-length")
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    let Some(body) = bytes.get(start..start + length) else {
        return Ok(None);
    };
    let request = Request {
        method: head.method.unwrap_or_default().to_owned(),
        path: head.path.unwrap_or_default().to_owned(),
        authorization: named("authorization"),
        body: String::from_utf8_lossy(body).into_owned(),
        from: from.to_owned(),
    };
    Ok(Some((request, start + length)))
}
