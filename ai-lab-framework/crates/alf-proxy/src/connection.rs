//! One connection of a tool, from its first byte to its last.

use std::time::Instant;

use crate::bounds::Bounds;
use crate::connector::{Connector, NoWay};
use crate::http::{self, Passage, ResponseFilter};
use crate::refusals::Refusals;
use crate::relay::relay;
use crate::socks::{self, Heard, Reply};
use crate::wire::{Cut, Wire};

/// The word that a tunnel stands.
const ESTABLISHED: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";
/// How much is read at once of a head, in bytes.
const CHUNK: usize = 4_096;

/// Serves a connection that the tool has just opened.
pub(crate) fn serve(tool: Wire, connector: &Connector, bounds: &Bounds, refusals: &Refusals) {
    let deadline = Instant::now() + bounds.head;
    let mut first = [0; 1];
    // Looked at and not taken: whoever reads next reads it again.
    let speaks_socks = match peek(&tool, &mut first, deadline) {
        Ok(1) => first[0] == socks::VERSION,
        Ok(_) | Err(_) => return,
    };
    let connection = Connection {
        connector,
        bounds,
        refusals,
    };
    if speaks_socks {
        connection.serve_socks(tool, deadline);
    } else {
        connection.serve_http(tool, deadline);
    }
}

fn peek(tool: &Wire, first: &mut [u8; 1], deadline: Instant) -> Result<usize, Cut> {
    use rustix::event::{PollFd, PollFlags};
    let input = PollFd::new(&tool.stream, PollFlags::IN);
    crate::wire::wait(&mut [tool.stop.watch(), input], deadline)?;
    tool.stream.peek(first).map_err(Cut::Gone)
}

struct Connection<'a> {
    connector: &'a Connector,
    bounds: &'a Bounds,
    refusals: &'a Refusals,
}

impl Connection<'_> {
    fn serve_socks(&self, mut tool: Wire, deadline: Instant) {
        let to = match socks::greet(&mut tool, deadline) {
            Ok(Heard::Wanted(to)) => to,
            Ok(Heard::Refused(answer)) => return tool.say_farewell(&answer),
            Err(_) => return,
        };
        match self.connector.connect(&to, &tool.stop) {
            Ok(host) => {
                let granted = Reply::Granted.to_bytes();
                let deadline = Instant::now() + self.bounds.head;
                if tool.write_all(&granted, deadline).is_ok() {
                    relay(
                        &tool,
                        &host,
                        Vec::new(),
                        ResponseFilter::none(),
                        self.bounds,
                    );
                }
            }
            Err(no_way) => {
                self.note(&no_way);
                tool.say_farewell(&reply_of(&no_way).to_bytes());
            }
        }
    }

    fn serve_http(&self, mut tool: Wire, deadline: Instant) {
        let (asked, mut read) = match self.read_head(&mut tool, deadline) {
            Ok(head) => head,
            Err(answer) => {
                if let Some(answer) = answer {
                    tool.say_farewell(&answer);
                }
                return;
            }
        };
        let host = match self.connector.connect(&asked.to, &tool.stop) {
            Ok(host) => host,
            Err(no_way) => {
                self.note(&no_way);
                let code = if no_way.is_refusal() { 403 } else { 502 };
                return tool.say_farewell(&http::answer(code, &no_way.to_string()));
            }
        };
        let mut rest = read.split_off(asked.length);
        match asked.how {
            Passage::Tunnel => {
                let deadline = Instant::now() + self.bounds.head;
                if tool.write_all(ESTABLISHED, deadline).is_ok() {
                    relay(&tool, &host, rest, ResponseFilter::none(), self.bounds);
                }
            }
            Passage::Request(mut head) => {
                head.append(&mut rest);
                relay(&tool, &host, head, ResponseFilter::default(), self.bounds);
            }
        }
    }

    /// What is asked for, with all that was read; or what the tool is to be told, if anything.
    fn read_head(
        &self,
        tool: &mut Wire,
        deadline: Instant,
    ) -> Result<(http::Asked, Vec<u8>), Option<Vec<u8>>> {
        let mut read = Vec::new();
        let mut chunk = [0; CHUNK];
        loop {
            match tool.read(&mut chunk, deadline) {
                Ok(0) | Err(Cut::Stopped | Cut::Gone(_)) => return Err(None),
                Err(Cut::TimeOver) => {
                    return Err(Some(http::answer(408, "the request took too long")));
                }
                Ok(count) => {
                    read.extend_from_slice(&chunk[..count]);
                    // Read anew only with each new line: byte by byte it would cost the square of its length.
                    if !chunk[..count].contains(&b'\n') && read.len() < self.bounds.head_bytes {
                        continue;
                    }
                }
            }
            match http::parse_request(&read) {
                Ok(Some(asked)) if asked.length <= self.bounds.head_bytes => {
                    return Ok((asked, read));
                }
                Ok(None) if read.len() < self.bounds.head_bytes => {}
                Ok(_) => {
                    let most = self.bounds.head_bytes;
                    let why = format!("the head of the request is longer than {most} bytes");
                    self.refusals.note(&why);
                    return Err(Some(http::answer(431, &why)));
                }
                Err(error) => {
                    self.refusals.note(&error.to_string());
                    return Err(Some(http::answer(400, &error.to_string())));
                }
            }
        }
    }

    fn note(&self, no_way: &NoWay) {
        if no_way.is_refusal() {
            self.refusals.note(&no_way.to_string());
        }
    }
}

const fn reply_of(no_way: &NoWay) -> Reply {
    match no_way {
        NoWay::NotGranted(_) | NoWay::LeadsInside { .. } => Reply::NotAllowed,
        NoWay::Unknown(_) => Reply::Unreachable,
        NoWay::Unreachable { why, .. } => match why {
            Cut::Gone(_) => Reply::Refused,
            Cut::TimeOver => Reply::Unreachable,
            Cut::Stopped => Reply::Failed,
        },
    }
}
