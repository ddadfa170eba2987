//! Names to addresses, by the machine's files and name servers.
//!
//! Not by the C library: a static program cannot look names up by it everywhere, and nobody could end its waiting.
//! What a name service switch would add (mDNS, LDAP) is had where a local name server answers for it.

mod message;
mod question;
mod settings;

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::wire::Stop;
use question::{Asking, Told};
use settings::{Settings, addresses_in_hosts};

/// The most that is read of a file of settings, in bytes. Stops one that is none from being read whole.
const FILE_BYTES: u64 = 1 << 20;
/// How often every name server is asked.
const ROUNDS: usize = 2;

/// Looks names up.
pub trait Resolve: fmt::Debug + Send + Sync {
    /// The addresses of a name in lower case; none when nobody knows it in time.
    fn addresses(&self, name: &str, lookup: &Lookup<'_>) -> Vec<IpAddr>;
}

/// Until when a name is looked up.
#[derive(Debug)]
pub struct Lookup<'a> {
    pub(crate) stop: &'a Stop,
    pub(crate) deadline: Instant,
}

impl<'a> Lookup<'a> {
    pub(crate) const fn new(stop: &'a Stop, deadline: Instant) -> Self {
        Self { stop, deadline }
    }
}

/// The names of a file of hosts, and those that the name servers of a file of settings know.
#[derive(Clone, Debug)]
pub struct NameServers {
    hosts: PathBuf,
    settings: PathBuf,
    port: u16,
}

impl NameServers {
    /// Those of this machine: `/etc/hosts` and `/etc/resolv.conf`, read anew for each name.
    pub fn of_machine() -> Self {
        Self::of_files("/etc/hosts".into(), "/etc/resolv.conf".into(), 53)
    }

    /// Those of other files, with the port at which the name servers answer.
    pub const fn of_files(hosts: PathBuf, settings: PathBuf, port: u16) -> Self {
        Self {
            hosts,
            settings,
            port,
        }
    }

    fn ask(&self, name: &str, lookup: &Lookup<'_>) -> Vec<IpAddr> {
        let settings = Settings::parse(&read(&self.settings));
        let asking = Asking {
            stop: lookup.stop,
            deadline: lookup.deadline,
            port: self.port,
        };
        for candidate in settings.candidates(name) {
            let mut unknown = false;
            for server in (0..ROUNDS).flat_map(|_| settings.servers.iter()) {
                match asking.ask(*server, &candidate) {
                    Told::Addresses(addresses) => return addresses,
                    Told::NoSuchName => {
                        unknown = true;
                        break;
                    }
                    Told::Nothing => {}
                }
            }
            if !unknown {
                // Nobody answered: the next candidate would wait as long for nothing.
                break;
            }
        }
        Vec::new()
    }
}

impl Resolve for NameServers {
    fn addresses(&self, name: &str, lookup: &Lookup<'_>) -> Vec<IpAddr> {
        let known = addresses_in_hosts(&read(&self.hosts), name);
        if known.is_empty() {
            self.ask(name, lookup)
        } else {
            known
        }
    }
}

/// A file's text, as far as it is one; nothing when it is not there.
fn read(path: &Path) -> String {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(FILE_BYTES).read_to_end(&mut bytes));
    match read {
        Ok(_) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => String::new(),
    }
}
