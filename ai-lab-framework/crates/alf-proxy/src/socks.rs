//! SOCKS5 (RFC 1928), as far as a tool needs it: connections, without a login.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Instant;

use alf_policy::Destination;

use crate::wire::{Cut, Wire};

/// The first byte of a greeting.
pub(crate) const VERSION: u8 = 5;
/// The login that is none.
const NO_LOGIN: u8 = 0;
/// No login that the tool offers is taken.
const NO_METHOD: u8 = 0xff;
/// The one command.
const CONNECT: u8 = 1;

/// What a tool is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Reply {
    /// The connection stands.
    Granted = 0,
    /// Something else failed.
    Failed = 1,
    /// The host is not granted.
    NotAllowed = 2,
    /// It cannot be reached.
    Unreachable = 4,
    /// It does not want the connection.
    Refused = 5,
    /// Only connections can be asked for.
    NoSuchCommand = 7,
    /// It is no address of version 4 or 6, and no name.
    NoSuchAddress = 8,
}

impl Reply {
    /// As the tool reads it; the address it would be told of is none.
    pub(crate) const fn to_bytes(self) -> [u8; 10] {
        [VERSION, self as u8, 0, 1, 0, 0, 0, 0, 0, 0]
    }
}

/// What came of the greeting.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Where it wants to go.
    Wanted(Destination),
    /// What it asked for cannot be served; this is the answer.
    Refused(Vec<u8>),
}

/// Speaks with a tool until it has said where it wants to go. Nothing has been read yet.
pub(crate) fn greet(wire: &mut Wire, deadline: Instant) -> Result<Heard, Cut> {
    let mut counted = [0; 2];
    wire.read_exact(&mut counted, deadline)?;
    let mut methods = vec![0; usize::from(counted[1])];
    wire.read_exact(&mut methods, deadline)?;
    if !methods.contains(&NO_LOGIN) {
        return Ok(Heard::Refused(vec![VERSION, NO_METHOD]));
    }
    wire.write_all(&[VERSION, NO_LOGIN], deadline)?;
    let mut request = [0; 4];
    wire.read_exact(&mut request, deadline)?;
    let refused = |reply: Reply| Ok(Heard::Refused(reply.to_bytes().to_vec()));
    let [VERSION, command, _, kind] = request else {
        return refused(Reply::Failed);
    };
    let host = match kind {
        1 => IpAddr::from(Ipv4Addr::from(read::<4>(wire, deadline)?)).to_string(),
        3 => {
            let [length] = read::<1>(wire, deadline)?;
            let mut name = vec![0; usize::from(length)];
            wire.read_exact(&mut name, deadline)?;
            // What is no text is no host.
            String::from_utf8(name).unwrap_or_default()
        }
        4 => IpAddr::from(Ipv6Addr::from(read::<16>(wire, deadline)?)).to_string(),
        _ => return refused(Reply::NoSuchAddress),
    };
    let port = u16::from_be_bytes(read::<2>(wire, deadline)?);
    if command != CONNECT {
        return refused(Reply::NoSuchCommand);
    }
    match Destination::new(&host, port) {
        Some(to) => Ok(Heard::Wanted(to)),
        None => refused(Reply::NoSuchAddress),
    }
}

fn read<const COUNT: usize>(wire: &mut Wire, deadline: Instant) -> Result<[u8; COUNT], Cut> {
    let mut bytes = [0; COUNT];
    wire.read_exact(&mut bytes, deadline)?;
    Ok(bytes)
}
