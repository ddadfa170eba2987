//! Webhooks: someone rings, and the signature says whether it is GitHub. What is in the letter is not read.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The largest letter that is read: GitHub sends at most 25 MiB, of which a ring needs nothing, but its
/// signature is over all of it.
const LARGEST_BODY: usize = 25 << 20;

/// The largest head of a request.
const LARGEST_HEAD: usize = 16 << 10;

/// How many headers a request may have.
const MOST_HEADERS: usize = 64;

/// How long a caller may take for all of it; a slow one would otherwise keep every other out.
const CALLER_LIMIT: Duration = Duration::from_secs(10);

/// How many deliveries are remembered, so that one that is sent again rings once.
const MOST_REMEMBERED: usize = 256;

/// The longest name of a delivery or an event.
const LONGEST_NAME: usize = 100;

/// What GitHub and the receiver share. Nothing shows it.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([hidden])")
    }
}

impl Secret {
    /// A shared secret; `None` where it is empty, as everybody could sign with that.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.as_bytes().to_vec()))
    }

    /// Whether a body was signed with this secret: `sha256=` and the HMAC-SHA256 in hexadecimal digits.
    ///
    /// Takes as long for a nearly right signature as for a wrong one.
    pub fn signed(&self, body: &[u8], signature: &str) -> bool {
        let Some(given) = signature.strip_prefix("sha256=").and_then(unhex) else {
            return false;
        };
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return false;
        };
        mac.update(body);
        mac.verify_slice(&given).is_ok()
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}

/// A ring that was GitHub's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its number.
    pub id: String,
    /// What it is about, such as `issues`.
    pub event: String,
}

/// Why a request was no ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is no request, or took too long.
    #[error("it is no request")]
    Malformed,
    /// It is none that a webhook makes.
    #[error("it is no delivery")]
    NotADelivery,
    /// It is too large.
    #[error("it is too large")]
    TooLarge,
    /// Its signature is missing or wrong.
    #[error("its signature is not right")]
    NotSigned,
    /// It was here before.
    #[error("it was here before")]
    Again,
}

impl Refusal {
    const fn status(self) -> &'static str {
        match self {
            Self::Malformed => "400 Bad Request",
            Self::NotADelivery => "404 Not Found",
            Self::TooLarge => "413 Content Too Large",
            Self::NotSigned => "401 Unauthorized",
            Self::Again => "200 OK",
        }
    }
}

/// Listens on this machine's own address; a proxy in front of it brings the network.
#[derive(Debug)]
pub struct Receiver {
    listener: TcpListener,
    secret: Secret,
    seen: Vec<String>,
}

impl Receiver {
    /// Listens on a port of the loopback address; 0 takes any free one.
    pub fn bind(port: u16, secret: Secret) -> io::Result<Self> {
        Ok(Self {
            listener: TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?,
            secret,
            seen: Vec::new(),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Waits for the next caller and answers it: with 202 where GitHub rang.
    pub fn hear_next(&mut self) -> io::Result<Result<Delivery, Refusal>> {
        let (mut stream, _) = self.listener.accept()?;
        let heard = self.hear(&mut stream);
        let status = match &heard {
            Ok(_) => "202 Accepted",
            Err(refusal) => refusal.status(),
        };
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        // Whoever has gone does not need the answer.
        let _ = stream.write_all(answer.as_bytes());
        Ok(heard)
    }

    fn hear(&mut self, stream: &mut TcpStream) -> Result<Delivery, Refusal> {
        let letter = read_letter(stream)?;
        if !self.secret.signed(&letter.body, &letter.signature) {
            return Err(Refusal::NotSigned);
        }
        if self.seen.contains(&letter.delivery.id) {
            return Err(Refusal::Again);
        }
        if self.seen.len() == MOST_REMEMBERED {
            self.seen.remove(0);
        }
        self.seen.push(letter.delivery.id.clone());
        Ok(letter.delivery)
    }
}

struct Letter {
    delivery: Delivery,
    signature: String,
    body: Vec<u8>,
}

/// Reads one request, within its limits.
fn read_letter(stream: &mut TcpStream) -> Result<Letter, Refusal> {
    let until = Instant::now() + CALLER_LIMIT;
    let mut bytes = Vec::new();
    let (letter, start, length) = loop {
        if let Some(head) = read_head(&bytes)? {
            break head;
        }
        if bytes.len() > LARGEST_HEAD {
            return Err(Refusal::TooLarge);
        }
        more(stream, &mut bytes, until)?;
    };
    if length > LARGEST_BODY {
        return Err(Refusal::TooLarge);
    }
    while bytes.len() < start + length {
        more(stream, &mut bytes, until)?;
    }
    let body = bytes[start..start + length].to_vec();
    Ok(Letter { body, ..letter })
}

fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>, until: Instant) -> Result<(), Refusal> {
    let left = until
        .checked_duration_since(Instant::now())
        .filter(|left| !left.is_zero())
        .ok_or(Refusal::Malformed)?;
    let mut piece = [0; 8192];
    let read = stream
        .set_read_timeout(Some(left))
        .and_then(|()| stream.read(&mut piece));
    match read {
        Ok(0) | Err(_) => Err(Refusal::Malformed),
        Ok(length) => {
            bytes.extend_from_slice(&piece[..length]);
            Ok(())
        }
    }
}

/// The head of a request, where its body begins and how long that is; `None` while the head is not whole.
fn read_head(bytes: &[u8]) -> Result<Option<(Letter, usize, usize)>, Refusal> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let start = match request.parse(bytes) {
        Ok(httparse::Status::Complete(start)) => start,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(_) => return Err(Refusal::Malformed),
    };
    if request.method != Some("POST") {
        return Err(Refusal::NotADelivery);
    }
    let named = |name: &str| {
        let header = request
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(header.value).ok()
    };
    let word = |name: &str| {
        named(name)
            .filter(|text| (1..=LONGEST_NAME).contains(&text.len()))
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()))
            .map(str::to_owned)
            .ok_or(Refusal::NotADelivery)
    };
    let length = named("content-length")
        .and_then(|length| length.parse().ok())
        .ok_or(Refusal::Malformed)?;
    let letter = Letter {
        delivery: Delivery {
            id: word("x-github-delivery")?,
            event: word("x-github-event")?,
        },
        signature: word("x-hub-signature-256").map_err(|_| Refusal::NotSigned)?,
        body: Vec::new(),
    };
    Ok(Some((letter, start, length)))
}

#[cfg(test)]
mod tests;
