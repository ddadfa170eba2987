//! The way to a server: straight, or through the sandbox's proxy; and a line on which nothing outlasts its deadline.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use super::outcome::{Failure, Outcome};
use super::target::Place;

/// The longest answer of the proxy, in bytes.
const PROXY_BYTES: usize = 4096;

/// How many addresses of one name are tried.
const ADDRESSES: usize = 4;

/// A connection whose every read and write ends at the deadline, however slowly bytes drip.
#[derive(Debug)]
pub(crate) struct Line {
    socket: TcpStream,
    deadline: Instant,
    /// Whether anything was ever read.
    has_heard: bool,
}

impl Line {
    fn left(&self) -> io::Result<Duration> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(left)
    }

    /// What an error on this line means.
    pub(crate) fn failure(&self, error: &io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::TimedOut if self.has_heard => {
                Failure::new(Outcome::Late, "it began to answer and was not done in time")
            }
            io::ErrorKind::TimedOut => Failure::new(
                Outcome::Silent,
                "it took the connection and said nothing in time",
            ),
            io::ErrorKind::UnexpectedEof => Failure::new(
                Outcome::Closed,
                "it ended the connection before its answer was whole",
            ),
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionAborted => {
                Failure::new(Outcome::Reset, "it broke the connection off")
            }
            _ => Failure::new(Outcome::OddAnswer, error.to_string()),
        }
    }
}

impl Read for Line {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        self.socket.set_read_timeout(Some(self.left()?))?;
        let read = self.socket.read(piece).map_err(timed_out)?;
        self.has_heard |= read > 0;
        Ok(read)
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.set_write_timeout(Some(self.left()?))?;
        self.socket.write(bytes).map_err(timed_out)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The kernel calls a timeout on a socket `WouldBlock`.
fn timed_out(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::WouldBlock {
        io::ErrorKind::TimedOut.into()
    } else {
        error
    }
}

/// Connects, through the proxy where there is one.
pub(crate) fn connect(
    to: &Place,
    proxy: Option<SocketAddr>,
    deadline: Instant,
) -> Result<Line, Failure> {
    let Some(proxy) = proxy else {
        return straight(to, deadline);
    };
    let no_proxy = |error: &io::Error| {
        Failure::new(
            Outcome::NotRun,
            format!("the sandbox's proxy does not answer: {error}"),
        )
    };
    let mut line = open(proxy, deadline)
        .map_err(|error| no_proxy(&error.unwrap_or_else(|| io::ErrorKind::TimedOut.into())))?;
    let asked = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n\r\n");
    line.write_all(asked.as_bytes())
        .map_err(|error| no_proxy(&error))?;
    let mut head = Vec::new();
    // Byte by byte: what follows the head is the server's.
    while !head.ends_with(b"\r\n\r\n") && head.len() < PROXY_BYTES {
        let mut byte = [0];
        match line.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            Ok(_) => return Err(no_proxy(&io::ErrorKind::UnexpectedEof.into())),
            // It waits for the server.
            Err(error) if error.kind() == io::ErrorKind::TimedOut => return Err(no_connection()),
            Err(error) => return Err(no_proxy(&error)),
        }
    }
    line.has_heard = false;
    let text = String::from_utf8_lossy(&head);
    let (_version, status) = text
        .lines()
        .next()
        .and_then(|first| first.split_once(' '))
        .unwrap_or_default();
    match said_by_proxy(status, to) {
        None => Ok(line),
        Some(failure) => Err(failure),
    }
}

/// What the first line of the proxy's answer means; `None` for success. Its words are those of the framework.
fn said_by_proxy(status: &str, to: &Place) -> Option<Failure> {
    let (code, why) = status.split_once(' ').unwrap_or((status, ""));
    let has = |words: &str| why.contains(words);
    Some(match code {
        "200" => return None,
        "403" => not_granted(to, inside_address(why, to.port).as_ref()),
        _ if has("cannot be looked up") => name_unknown(to),
        _ if has("refused") => refused(),
        _ if has("took too long") => no_connection(),
        _ if has("cannot be reached") => Failure::new(Outcome::Unreachable, shown(why)),
        _ => Failure::new(
            Outcome::NotRun,
            format!("the sandbox's proxy says: {}", shown(status)),
        ),
    })
}

/// The address in `… leads to 192.168.1.4:443, which is not granted itself`.
fn inside_address(why: &str, port: u16) -> Option<Place> {
    let (_, rest) = why.split_once("leads to ")?;
    let address: SocketAddr = rest.split_once(", which")?.0.parse().ok()?;
    Place::new(&address.ip().to_string(), port)
}

fn shown(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_control())
        .take(200)
        .collect()
}

fn not_granted(to: &Place, leads_to: Option<&Place>) -> Failure {
    let why = match leads_to {
        None => "the sandbox does not let this tool there".to_owned(),
        Some(address) => {
            format!("the name leads to {address}, where the sandbox does not let this tool")
        }
    };
    let wanted = leads_to.unwrap_or(to);
    Failure {
        outcome: Outcome::NotGranted,
        why,
        next: Some(format!(
            "add \"{wanted}\" to hosts = [...] below [grants] in tool.toml, then `ai-lab-framework tool approve monitoring`"
        )),
    }
}

fn name_unknown(to: &Place) -> Failure {
    Failure {
        outcome: Outcome::NameUnknown,
        why: format!("nobody knows an address for {}", to.host),
        next: Some(format!("getent ahosts {}", to.host)),
    }
}

fn refused() -> Failure {
    Failure::new(
        Outcome::Refused,
        "the machine is there, and nothing listens on the port",
    )
}

fn no_connection() -> Failure {
    Failure::new(
        Outcome::NoConnection,
        "nothing answered to the attempt to connect",
    )
}

fn straight(to: &Place, deadline: Instant) -> Result<Line, Failure> {
    let addresses = (to.host.as_str(), to.port)
        .to_socket_addrs()
        .map_err(|_| name_unknown(to))?;
    let mut failure = name_unknown(to);
    for address in addresses.take(ADDRESSES) {
        match open(address, deadline) {
            Ok(line) => return Ok(line),
            Err(error) => failure = not_connected(to, error.as_ref()),
        }
    }
    Err(failure)
}

/// `None` is that the time was up.
fn open(address: SocketAddr, deadline: Instant) -> Result<Line, Option<io::Error>> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(None);
    }
    let socket = TcpStream::connect_timeout(&address, left).map_err(Some)?;
    socket.set_nodelay(true).map_err(Some)?;
    Ok(Line {
        socket,
        deadline,
        has_heard: false,
    })
}

fn not_connected(to: &Place, error: Option<&io::Error>) -> Failure {
    let Some(error) = error else {
        return no_connection();
    };
    match error.kind() {
        io::ErrorKind::TimedOut => no_connection(),
        io::ErrorKind::ConnectionRefused => refused(),
        // Without a granted host there is no proxy, and the kernel closes every way out.
        io::ErrorKind::PermissionDenied => not_granted(to, None),
        _ => Failure {
            outcome: Outcome::Unreachable,
            why: error.to_string(),
            next: Some(format!("ip route get {}", to.host)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_proxy_is_understood() {
        let to = Place::new("nas.example", 443).expect("a host");
        let outcome = |status: &str| {
            said_by_proxy(status, &to).map(|failure| (failure.outcome, failure.next))
        };
        assert_eq!(outcome("200 Connection established"), None);
        let line = |wanted: &str| {
            Some(format!(
                "add \"{wanted}\" to hosts = [...] below [grants] in tool.toml, then `ai-lab-framework tool approve monitoring`"
            ))
        };
        let cases = [
            (
                "403 host nas.example:443 not granted",
                Outcome::NotGranted,
                line("nas.example:443"),
            ),
            (
                "403 host nas.example:443 leads to 192.168.1.4:443, which is not granted itself",
                Outcome::NotGranted,
                line("192.168.1.4:443"),
            ),
            (
                "502 the name of host nas.example:443 cannot be looked up",
                Outcome::NameUnknown,
                Some("getent ahosts nas.example".to_owned()),
            ),
            (
                "502 host nas.example:443 cannot be reached: Connection refused (os error 111)",
                Outcome::Refused,
                None,
            ),
            (
                "502 host nas.example:443 cannot be reached: it took too long",
                Outcome::NoConnection,
                None,
            ),
            (
                "502 host nas.example:443 cannot be reached: No route to host (os error 113)",
                Outcome::Unreachable,
                None,
            ),
            ("408 the request took too long", Outcome::NoConnection, None),
            ("", Outcome::NotRun, None),
        ];
        for (status, wanted, next) in cases {
            assert_eq!(outcome(status), Some((wanted, next)), "{status}");
        }
    }

    #[test]
    fn what_the_kernel_says_has_its_own_name_each() {
        let to = Place::new("nas", 1).expect("a host");
        let outcome = |kind: io::ErrorKind| not_connected(&to, Some(&kind.into())).outcome;
        assert_eq!(
            [
                io::ErrorKind::TimedOut,
                io::ErrorKind::ConnectionRefused,
                io::ErrorKind::PermissionDenied,
                io::ErrorKind::NetworkUnreachable
            ]
            .map(outcome),
            [
                Outcome::NoConnection,
                Outcome::Refused,
                Outcome::NotGranted,
                Outcome::Unreachable
            ]
        );
        assert_eq!(not_connected(&to, None).outcome, Outcome::NoConnection);
    }
}
