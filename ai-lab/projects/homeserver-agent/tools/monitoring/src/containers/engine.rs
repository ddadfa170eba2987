//! Asks a container engine through the framework's proxy: one `GET` a connection, all of it within a deadline.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use super::answer::{Answer, BadAnswer, parse_answer};

/// The longest answer, in bytes. The longest real one is a list of some hundred containers. Stops one that never ends.
const ANSWER_BYTES: usize = 2 * 1024 * 1024;

/// How much is read at once, in bytes.
const CHUNK: usize = 16 * 1024;

/// The name of what is not there, as the kernel says it.
const NOTHING_THERE: &str = "No such file or directory";

/// A container engine, by the name of the granted socket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Engine<'a> {
    /// The name in `grants.sockets`.
    pub(super) name: &'a str,
    /// The framework's proxy.
    pub(super) proxy: SocketAddr,
}

/// Why an engine did not answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    /// The person granted it not, or not this.
    #[error("{0}")]
    NotGranted(String),
    /// There is no socket where the grant says.
    #[error("{0}")]
    Absent(String),
    /// The framework could not ask it.
    #[error("{0}")]
    Unasked(String),
    /// The engine answered with an error of its own.
    #[error("it answered {0}")]
    Status(u16),
    /// It took too long.
    #[error("it did not answer in time")]
    Slow,
    /// The answer is none.
    #[error(transparent)]
    Bad(#[from] BadAnswer),
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Broken(#[source] io::Error),
}

impl Engine<'_> {
    /// What it answers to this path, which begins with `/`.
    pub(super) fn get(self, path: &str, deadline: Instant) -> Result<Vec<u8>, NoAnswer> {
        let answer = self.ask(path, deadline)?;
        // The proxy's own words begin with the socket's name; an engine's do not.
        let is_proxys = answer.reason.starts_with(&format!("socket {}", self.name));
        match answer.status {
            200 => Ok(answer.body),
            403 if is_proxys => Err(NoAnswer::NotGranted(answer.reason)),
            502 if is_proxys && answer.reason.contains(NOTHING_THERE) => {
                Err(NoAnswer::Absent(answer.reason))
            }
            502 if is_proxys => Err(NoAnswer::Unasked(answer.reason)),
            status => Err(NoAnswer::Status(status)),
        }
    }

    fn ask(self, path: &str, deadline: Instant) -> Result<Answer, NoAnswer> {
        let mut stream =
            TcpStream::connect_timeout(&self.proxy, left(deadline)?).map_err(broken)?;
        stream
            .set_write_timeout(Some(left(deadline)?))
            .map_err(NoAnswer::Broken)?;
        // In one piece, and only so much: the proxy takes one question a connection.
        let name = self.name;
        let question =
            format!("GET http://{name}.socket{path} HTTP/1.1\r\nHost: {name}.socket\r\n\r\n");
        stream.write_all(question.as_bytes()).map_err(broken)?;
        let mut bytes = Vec::new();
        let mut chunk = vec![0; CHUNK];
        loop {
            stream
                .set_read_timeout(Some(left(deadline)?))
                .map_err(NoAnswer::Broken)?;
            match stream.read(&mut chunk) {
                Ok(0) => return Ok(parse_answer(&bytes)?),
                Ok(count) if bytes.len() + count <= ANSWER_BYTES => {
                    bytes.extend_from_slice(&chunk[..count]);
                }
                Ok(_) => return Err(BadAnswer::TooLong(ANSWER_BYTES).into()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(broken(error)),
            }
        }
    }
}

/// What is left of the time; nothing left is no time to ask in.
fn left(deadline: Instant) -> Result<std::time::Duration, NoAnswer> {
    deadline
        .checked_duration_since(Instant::now())
        .filter(|left| !left.is_zero())
        .ok_or(NoAnswer::Slow)
}

fn broken(error: io::Error) -> NoAnswer {
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => NoAnswer::Slow,
        _ => NoAnswer::Broken(error),
    }
}
