//! From a destination to a connection, if it is granted.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ai_lab_contract::HostGrant;
use alf_policy::{Destination, Host, is_granted, may_lead_to};

use crate::resolve::{Lookup, Resolve};
use crate::wire::{Cut, Stop, Wire};

/// How many addresses of one name are tried. Stops a name with thousands from holding a place.
const ADDRESSES: usize = 8;

/// Connects to granted hosts.
#[derive(Debug)]
pub(crate) struct Connector {
    pub(crate) grants: Vec<HostGrant>,
    pub(crate) names: Arc<dyn Resolve>,
    pub(crate) patience: Duration,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoWay {
    /// The host is not granted with that port.
    #[error("host {0} not granted")]
    NotGranted(Destination),
    /// The name is granted, and leads to where it may not.
    #[error("host {name} leads to {address}, which is not granted itself")]
    LeadsInside {
        /// The granted name, with the port.
        name: Destination,
        /// Where it leads.
        address: SocketAddr,
    },
    /// Nobody knows the name.
    #[error("the name of host {0} cannot be looked up")]
    Unknown(Destination),
    /// The host was not reached.
    #[error("host {to} cannot be reached: {why}")]
    Unreachable {
        /// Who.
        to: Destination,
        /// Why, of the last address that was tried.
        why: Cut,
    },
}

impl NoWay {
    /// Whether it was the grants that were in the way.
    pub(crate) const fn is_refusal(&self) -> bool {
        match self {
            Self::NotGranted(_) | Self::LeadsInside { .. } => true,
            Self::Unknown(_) | Self::Unreachable { .. } => false,
        }
    }
}

impl Connector {
    /// Connects, if the host is granted and leads to where it may.
    pub(crate) fn connect(&self, to: &Destination, stop: &Stop) -> Result<Wire, NoWay> {
        // First: nobody is asked about a name that is not granted, since the question alone would tell something.
        if !is_granted(&self.grants, to) {
            return Err(NoWay::NotGranted(to.clone()));
        }
        let deadline = Instant::now() + self.patience;
        let addresses = match &to.host {
            Host::Address(address) => vec![SocketAddr::new(*address, to.port)],
            Host::Name(name) => self.addresses_of(name, to, (stop, deadline))?,
        };
        let mut why = Cut::TimeOver;
        for address in addresses {
            match Wire::connect(address, stop, deadline) {
                Ok(wire) => return Ok(wire),
                Err(cut) => why = cut,
            }
        }
        Err(NoWay::Unreachable {
            to: to.clone(),
            why,
        })
    }

    /// Where a granted name leads, as far as it may.
    fn addresses_of(
        &self,
        name: &str,
        to: &Destination,
        (stop, deadline): (&Stop, Instant),
    ) -> Result<Vec<SocketAddr>, NoWay> {
        let lookup = Lookup::new(stop, deadline);
        let mut addresses = self.names.addresses(name, &lookup);
        addresses.truncate(ADDRESSES);
        let Some(first) = addresses.first().copied() else {
            return Err(NoWay::Unknown(to.clone()));
        };
        let mut allowed: Vec<SocketAddr> = addresses
            .into_iter()
            .map(|address| SocketAddr::new(address, to.port))
            .filter(|address| may_lead_to(&self.grants, name, *address, is_own(*address)))
            .collect();
        if allowed.is_empty() {
            return Err(NoWay::LeadsInside {
                name: to.clone(),
                address: SocketAddr::new(first, to.port),
            });
        }
        // Where there is no version 6, its addresses would fail first; where there is nothing else, these fail at once.
        allowed.sort_by_key(SocketAddr::is_ipv6);
        Ok(allowed)
    }
}

/// Whether an address is one of this machine's: only such a one can be bound to.
fn is_own(address: SocketAddr) -> bool {
    UdpSocket::bind(SocketAddr::new(address.ip(), 0)).is_ok()
}
