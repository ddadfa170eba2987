//! One connection of a tool, from its first byte to its last.

use std::time::Instant;

use ai_lab_contract::SocketGrant;
use alf_policy::{is_granted, may_ask, socket_name};

use crate::bounds::Bounds;
use crate::connector::{Connector, NoWay};
use crate::http::{self, Passage, ResponseFilter};
use crate::refusals::Refusals;
use crate::relay::relay;
use crate::sockets;
use crate::socks::{self, Heard, Reply};
use crate::wire::{Cut, Wire};

/// The word that a tunnel stands.
const ESTABLISHED: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";
/// How much is read at once of a head, in bytes.
const CHUNK: usize = 4_096;

fn peek(tool: &Wire, first: &mut [u8; 1], deadline: Instant) -> Result<usize, Cut> {
    use rustix::event::{PollFd, PollFlags};
    let input = PollFd::new(&tool.stream, PollFlags::IN);
    crate::wire::wait(&mut [tool.stop.watch(), input], deadline)?;
    tool.stream.peek(first).map_err(Cut::Gone)
}

/// The ways out that one proxy has.
pub(crate) struct Ways<'a> {
    pub(crate) connector: &'a Connector,
    pub(crate) sockets: &'a [SocketGrant],
    pub(crate) bounds: &'a Bounds,
    pub(crate) refusals: &'a Refusals,
}

impl Ways<'_> {
    /// Serves a connection that the tool has just opened.
    pub(crate) fn serve(&self, tool: Wire) {
        let deadline = Instant::now() + self.bounds.head;
        let mut first = [0; 1];
        // Looked at and not taken: whoever reads next reads it again.
        let speaks_socks = match peek(&tool, &mut first, deadline) {
            Ok(1) => first[0] == socks::VERSION,
            Ok(_) | Err(_) => return,
        };
        if speaks_socks {
            self.serve_socks(tool, deadline);
        } else {
            self.serve_http(tool, deadline);
        }
    }

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
        if let Some(name) = self.socket_of(&asked) {
            let has_more = read.len() > asked.length;
            return self.ask_socket(tool, name, &asked, has_more);
        }
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

    /// The name of the socket that is asked; `None` for a host. A host that is granted by a name like a socket's is one,
    /// unless the socket is granted too.
    fn socket_of<'n>(&self, asked: &'n http::Asked) -> Option<&'n str> {
        let name = socket_name(&asked.to)?;
        let is_granted_socket = self.sockets.iter().any(|grant| grant.name.as_str() == name);
        let is_host = !is_granted_socket && is_granted(&self.connector.grants, &asked.to);
        (!is_host).then_some(name)
    }

    fn ask_socket(&self, mut tool: Wire, name: &str, asked: &http::Asked, has_more: bool) {
        let request = asked.of_socket(has_more);
        let grant = match may_ask(self.sockets, (name, asked.to.port), request) {
            Ok(grant) => grant,
            Err(refused) => {
                let why = format!("socket {name}: {refused}");
                self.refusals.note(&why);
                return tool.say_farewell(&http::answer(403, &why));
            }
        };
        let asked = sockets::connect_to(grant.path.as_str(), &tool.stop);
        let socket = match asked {
            Ok(socket) => socket,
            Err(error) => {
                let why = format!("socket {name} cannot be asked: {error}");
                return tool.say_farewell(&http::answer(502, &why));
            }
        };
        let question = http::question(request.target);
        match sockets::pass_answer(&mut tool, socket, &question, self.bounds) {
            Ok(()) => tool.say_farewell(b""),
            Err(cut) => {
                let why = format!("socket {name}: {cut}");
                if cut.why.is_bound() {
                    self.refusals.note(&why);
                }
                if cut.has_begun {
                    tool.break_off();
                } else {
                    tool.say_farewell(&http::answer(502, &why));
                }
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
