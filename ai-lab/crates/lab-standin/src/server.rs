//! The stand-in behind HTTP, on this machine's own address.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use crate::{Asked, Github, Reply};

/// Serves a [`Github`] until it is dropped; one connection a request.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    github: Arc<Mutex<Github>>,
    silences: Mutex<Receiver<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts on a free port.
    pub fn start(mut github: Github) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        github.api = format!("http://{address}");
        let github = Arc::new(Mutex::new(github));
        let shared = Arc::clone(&github);
        let (silent, silences) = channel();
        let thread = thread::spawn(move || {
            let mut held = Vec::new();
            for stream in listener.incoming() {
                // A caller that goes away is part of what is tested.
                if let Ok(Ok(false)) =
                    stream.map(|stream| serve(stream, &shared, (&silent, &mut held)))
                {
                    break;
                }
            }
        });
        Ok(Self {
            address,
            github,
            silences: Mutex::new(silences),
            thread: Some(thread),
        })
    }

    /// The API's address.
    pub fn api(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until a caller was left without an answer; see [`Manners`](crate::Manners).
    pub fn until_silent(&self) {
        let silences = self.silences.lock().unwrap_or_else(PoisonError::into_inner);
        // The server lives as long as this value: there is always someone to tell.
        let _ = silences.recv();
    }

    /// Looks at it, or changes it, between two requests.
    pub fn with<T>(&self, look: impl FnOnce(&mut Github) -> T) -> T {
        look(&mut self.github.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(mut stream) = TcpStream::connect(self.address) {
            // The one request that ends it.
            let _ = stream.write_all(b"STOP / HTTP/1.1\r\n\r\n");
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Answers one connection; `false` ends the server.
fn serve(
    mut stream: TcpStream,
    github: &Mutex<Github>,
    (silent, held): (&Sender<()>, &mut Vec<TcpStream>),
) -> io::Result<bool> {
    let mut bytes = Vec::new();
    let (asked, token) = loop {
        let mut piece = [0; 8192];
        let read = stream.read(&mut piece)?;
        if read == 0 {
            return Ok(true);
        }
        bytes.extend_from_slice(&piece[..read]);
        if let Some(asked) = parse(&bytes) {
            break asked;
        }
    };
    if asked.verb == "STOP" {
        return Ok(false);
    }
    let (reply, is_silent) = {
        let mut github = github.lock().unwrap_or_else(PoisonError::into_inner);
        let number = github.asked.len();
        let is_silent = github
            .manners
            .silent_from
            .is_some_and(|from| number >= from);
        (github.answer(&asked, token.as_deref()), is_silent)
    };
    if is_silent {
        // Held open: a closed connection would be an answer of its own.
        held.push(stream);
        // Whoever waits for it may have gone.
        let _ = silent.send(());
        return Ok(true);
    }
    stream.write_all(&written(&reply))?;
    Ok(true)
}

fn written(reply: &Reply) -> Vec<u8> {
    let mut head = format!(
        "HTTP/1.1 {} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n",
        reply.status,
        reply.body.len()
    );
    for (name, value) in &reply.headers {
        head.push_str(name);
        head.push_str(": ");
        head.push_str(value);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    [head.as_bytes(), &reply.body].concat()
}

/// A whole request; `None` while there is more to come.
fn parse(bytes: &[u8]) -> Option<(Asked, Option<String>)> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut headers);
    let Ok(httparse::Status::Complete(start)) = request.parse(bytes) else {
        return None;
    };
    let named = |name: &str| {
        let found = request
            .headers
            .iter()
            .find(|one| one.name.eq_ignore_ascii_case(name));
        found.map(|one| String::from_utf8_lossy(one.value).into_owned())
    };
    let length: usize = named("content-length")
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    let body = bytes.get(start..start + length)?;
    let asked = Asked {
        verb: request.method.unwrap_or_default().to_owned(),
        target: request.path.unwrap_or_default().to_owned(),
        known: named("if-none-match"),
        body: serde_json::from_slice(body).ok(),
    };
    let token = named("authorization").map(|text| text.trim_start_matches("Bearer ").to_owned());
    Some((asked, token))
}
