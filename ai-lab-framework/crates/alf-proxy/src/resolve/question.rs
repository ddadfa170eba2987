//! One name server, asked for one name: by UDP, and by TCP where the answer is too long for that.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::rand::{GetRandomFlags, getrandom};

use super::message::{Answer, Kind, answer, question};
use crate::wire::{Cut, Stop, Wire, wait};

/// How long one server may take. Stops one that is silent from taking the time of the next.
const PATIENCE: Duration = Duration::from_secs(2);
/// The longest message by UDP that is read, in bytes; without an extension a server sends no more than 512.
const MESSAGE: usize = 4_096;

/// How name servers are asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asking<'a> {
    pub(super) stop: &'a Stop,
    pub(super) deadline: Instant,
    pub(super) port: u16,
}

/// What a server says of a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Its addresses of both versions.
    Addresses(Vec<IpAddr>),
    /// Nobody has it, or none who has it has an address.
    NoSuchName,
    /// Nothing of use.
    Nothing,
}

impl Asking<'_> {
    /// Asks one server for the addresses of both versions.
    pub(super) fn ask(&self, server: IpAddr, name: &str) -> Told {
        let mut addresses = Vec::new();
        let mut has_answered = false;
        for kind in [Kind::A, Kind::Aaaa] {
            match self.ask_for(SocketAddr::new(server, self.port), name, kind) {
                Ok(Answer::Addresses(found)) => {
                    has_answered = true;
                    addresses.extend(found);
                }
                Ok(Answer::NoSuchName) => return Told::NoSuchName,
                // A server that is silent once is not asked for the other kind.
                Ok(Answer::Cut | Answer::Failed) | Err(_) => break,
            }
        }
        match (has_answered, addresses.is_empty()) {
            (true, false) => Told::Addresses(addresses),
            (true, true) => Told::NoSuchName,
            (false, _) => Told::Nothing,
        }
    }

    fn ask_for(&self, server: SocketAddr, name: &str, kind: Kind) -> Result<Answer, Cut> {
        let deadline = self.deadline.min(Instant::now() + PATIENCE);
        let Some(question) = question(random_id()?, name, kind) else {
            return Ok(Answer::NoSuchName);
        };
        match self.by_udp(server, &question, deadline)? {
            Answer::Cut => self.by_tcp(server, &question, deadline),
            told @ (Answer::Addresses(_) | Answer::NoSuchName | Answer::Failed) => Ok(told),
        }
    }

    /// From a port that the kernel chooses, connected: what comes from elsewhere is not seen.
    fn by_udp(
        &self,
        server: SocketAddr,
        question: &[u8],
        deadline: Instant,
    ) -> Result<Answer, Cut> {
        let any: IpAddr = match server {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        let socket = UdpSocket::bind((any, 0)).map_err(Cut::Gone)?;
        socket.set_nonblocking(true).map_err(Cut::Gone)?;
        socket.connect(server).map_err(Cut::Gone)?;
        socket.send(question).map_err(Cut::Gone)?;
        let mut message = [0; MESSAGE];
        loop {
            let ready = PollFd::new(&socket, PollFlags::IN);
            wait(&mut [self.stop.watch(), ready], deadline)?;
            let length = match socket.recv(&mut message) {
                Ok(length) => length,
                // A message that the kernel threw away for its checksum.
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
                Err(error) => return Err(Cut::Gone(error)),
            };
            if let Some(told) = answer(question, &message[..length]) {
                return Ok(told);
            }
        }
    }

    fn by_tcp(
        &self,
        server: SocketAddr,
        question: &[u8],
        deadline: Instant,
    ) -> Result<Answer, Cut> {
        let mut wire = Wire::connect(server, self.stop, deadline)?;
        let length = u16::try_from(question.len()).unwrap_or(u16::MAX);
        let asked = [&length.to_be_bytes(), question].concat();
        wire.write_all(&asked, deadline)?;
        let mut length = [0; 2];
        wire.read_exact(&mut length, deadline)?;
        let mut message = vec![0; u16::from_be_bytes(length).into()];
        wire.read_exact(&mut message, deadline)?;
        Ok(answer(question, &message).unwrap_or(Answer::Failed))
    }
}

/// That nobody who does not see the question can answer it.
fn random_id() -> Result<u16, Cut> {
    let mut id = [0; 2];
    getrandom(&mut id, GetRandomFlags::empty())?;
    Ok(u16::from_ne_bytes(id))
}
