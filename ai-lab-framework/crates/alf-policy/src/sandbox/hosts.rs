//! Which hosts a tool may reach: by what it asks for, and by where that leads.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ai_lab_contract::{GrantedHost, HostGrant, is_host_name};

/// The port in a tool's own network at which the framework's proxy is reached, by HTTP and by SOCKS5.
pub const PROXY_PORT: u16 = 3_128;

/// Endings of names that nobody can register: whoever answers for them is of the local network.
///
/// `fritz.box` is not among those by any standard; it is the name of a home's router, and belongs to its maker.
const LOCAL_NAMES: &[&str] = &[
    "corp",
    "fritz.box",
    "home",
    "home.arpa",
    "internal",
    "intranet",
    "lan",
    "local",
    "localdomain",
    "private",
    "test",
];

/// Addresses at which a cloud's machine is told its own credentials, beside those in the link-local networks.
const METADATA: &[IpAddr] = &[
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

/// Where a tool wants to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The host.
    pub host: Host,
    /// The TCP port.
    pub port: u16,
}

/// A host as a tool names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// By its name, in lower case and without the last dot.
    Name(String),
    /// By its address; one of version 4 is never in the clothes of version 6.
    Address(IpAddr),
}

impl Destination {
    /// The host of that name or address, of version 6 with or without brackets; `None` when it is neither.
    pub fn new(host: &str, port: u16) -> Option<Self> {
        let bare = host
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        let address: Option<IpAddr> = match bare {
            Some(inner) => Some(inner.parse::<Ipv6Addr>().ok()?.into()),
            None => host.parse().ok(),
        };
        let host = if let Some(address) = address {
            Host::Address(address.to_canonical())
        } else {
            let name = host.strip_suffix('.').unwrap_or(host);
            Host::Name(is_host_name(name).then(|| name.to_ascii_lowercase())?)
        };
        (port > 0).then_some(Self { host, port })
    }
}

impl std::fmt::Display for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.host {
            Host::Name(name) => write!(f, "{name}:{}", self.port),
            Host::Address(address) => SocketAddr::new(*address, self.port).fmt(f),
        }
    }
}

/// Whether what the tool asks for is granted, as it asks for it.
pub fn is_granted(grants: &[HostGrant], to: &Destination) -> bool {
    grants.iter().any(|grant| {
        grant.port() == to.port
            && match (grant.host(), &to.host) {
                (GrantedHost::Name(granted), Host::Name(name)) => granted == name,
                (GrantedHost::Below(granted), Host::Name(name)) => is_below(name, granted),
                (GrantedHost::Address(granted), Host::Address(address)) => granted == address,
                (GrantedHost::Name(_) | GrantedHost::Below(_), Host::Address(_))
                | (GrantedHost::Address(_), Host::Name(_)) => false,
            }
    })
}

/// Whether a granted name may lead to this address; `is_own` says that it is one of this machine.
///
/// Whoever answers for a name chooses its address. So a name of the world leads to the world only, a name of the local
/// network also into that, and neither to this machine, its links or a cloud's metadata, unless the address itself is
/// granted with the port.
pub fn may_lead_to(grants: &[HostGrant], name: &str, address: SocketAddr, is_own: bool) -> bool {
    let ip = address.ip().to_canonical();
    let itself = Destination {
        host: Host::Address(ip),
        port: address.port(),
    };
    if is_granted(grants, &itself) {
        return true;
    }
    match network_of(ip) {
        NetworkOf::World => !is_own,
        NetworkOf::Place => !is_own && is_local(name),
        NetworkOf::Machine => false,
    }
}

fn is_below(name: &str, ending: &str) -> bool {
    name.strip_suffix(ending)
        .is_some_and(|rest| rest.ends_with('.'))
}

fn is_local(name: &str) -> bool {
    let is = |ending: &str| name == ending || is_below(name, ending);
    !name.contains('.') || LOCAL_NAMES.iter().any(|ending| is(ending))
}

/// How far away an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NetworkOf {
    /// Anywhere.
    World,
    /// In a home or a company.
    Place,
    /// This machine, its links, or no single host at all.
    Machine,
}

fn network_of(address: IpAddr) -> NetworkOf {
    if METADATA.contains(&address) {
        return NetworkOf::Machine;
    }
    match address {
        IpAddr::V4(address) => network_of_v4(address),
        IpAddr::V6(address) => network_of_v6(address),
    }
}

fn network_of_v4(address: Ipv4Addr) -> NetworkOf {
    match address.octets() {
        [0 | 127 | 224..=255, ..] | [169, 254, ..] | [192, 0, 0, _] => NetworkOf::Machine,
        [10, ..]
        | [172, 16..=31, ..]
        | [192, 168, ..]
        | [100, 64..=127, ..]
        | [198, 18 | 19, ..] => NetworkOf::Place,
        _ => NetworkOf::World,
    }
}

fn network_of_v6(address: Ipv6Addr) -> NetworkOf {
    let inner = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        network_of(Ipv4Addr::new(a, b, c, d).into())
    };
    match address.segments() {
        // Nobody, this machine, and version 4 in its oldest clothes; links; many hosts at once; tunnels.
        [0, 0, 0, 0, 0, 0, ..]
        | [0xfe80..=0xffff, ..]
        | [0x2001, 0, ..]
        | [0x64, 0xff9b, 1, ..] => NetworkOf::Machine,
        // What is written here is reached: version 4 through a translator or a tunnel.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => inner(high, low),
        [0xfc00..=0xfdff, ..] => NetworkOf::Place,
        _ => NetworkOf::World,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants(texts: &[&str]) -> Vec<HostGrant> {
        let grant = |text: &&str| text.parse().expect("a host with a port");
        texts.iter().map(grant).collect()
    }

    #[test]
    fn a_host_is_granted_by_its_whole_name_or_address_and_its_port() {
        let grants = grants(&[
            "api.example.org:443",
            "*.cdn.example.org:443",
            "192.168.1.4:80",
            "[fd00::4]:80",
        ]);
        for (host, port, expected) in [
            ("api.example.org", 443, Some(true)),
            ("API.example.ORG.", 443, Some(true)),
            ("api.example.org", 80, Some(false)),
            ("example.org", 443, Some(false)),
            ("xapi.example.org", 443, Some(false)),
            ("api.example.org.evil.example", 443, Some(false)),
            ("a.cdn.example.org", 443, Some(true)),
            ("b.a.cdn.example.org", 443, Some(true)),
            ("cdn.example.org", 443, Some(false)),
            ("xcdn.example.org", 443, Some(false)),
            ("192.168.1.4", 80, Some(true)),
            ("::ffff:192.168.1.4", 80, Some(true)),
            ("[::ffff:c0a8:104]", 80, Some(true)),
            ("[fd00:0::4]", 80, Some(true)),
            ("fd00::5", 80, Some(false)),
            ("192.168.1.4", 0, None),
            ("192.168.260", 80, None),
            ("3232235780", 80, None),
            ("0xc0a80104", 80, None),
            ("[192.168.1.4]", 80, None),
            ("fe80::1%1", 80, None),
            ("api.example.org\0", 443, None),
            ("", 443, None),
            (".", 443, None),
        ] {
            let to = Destination::new(host, port);
            assert_eq!(
                to.map(|to| is_granted(&grants, &to)),
                expected,
                "{host}:{port}"
            );
        }
    }

    #[test]
    fn a_name_leads_no_further_in_than_it_belongs() {
        let grants = grants(&["10.0.0.9:80", "127.0.0.1:8080"]);
        let leads = |name: &str, address: &str| {
            may_lead_to(&grants, name, address.parse().expect("an address"), false)
        };
        for (address, public, local) in [
            ("93.184.216.34:80", true, true),
            ("[2606:4700::1]:80", true, true),
            ("[64:ff9b::5db8:d822]:80", true, true),
            ("192.168.178.1:80", false, true),
            ("172.31.0.1:80", false, true),
            ("172.32.0.1:80", true, true),
            ("100.64.0.1:80", false, true),
            ("198.18.0.1:80", false, true),
            ("[fd00::1]:80", false, true),
            ("[::ffff:192.168.178.1]:80", false, true),
            ("[64:ff9b::c0a8:b201]:80", false, true),
            ("[2002:c0a8:b201::1]:80", false, true),
            ("127.0.0.1:80", false, false),
            ("127.8.0.1:80", false, false),
            ("0.0.0.0:80", false, false),
            ("169.254.169.254:80", false, false),
            ("168.63.129.16:80", false, false),
            ("100.100.100.200:80", false, false),
            ("192.0.0.192:80", false, false),
            ("224.0.0.1:80", false, false),
            ("255.255.255.255:80", false, false),
            ("[::1]:80", false, false),
            ("[::]:80", false, false),
            ("[::127.0.0.1]:80", false, false),
            ("[::ffff:127.0.0.1]:80", false, false),
            ("[64:ff9b::7f00:1]:80", false, false),
            ("[64:ff9b:1::1]:80", false, false),
            ("[2002:7f00:1::1]:80", false, false),
            ("[fe80::1]:80", false, false),
            ("[fec0::1]:80", false, false),
            ("[ff02::1]:80", false, false),
            ("[fd00:ec2::254]:80", false, false),
            ("[2001::1]:80", false, false),
            // Granted themselves, with that port only.
            ("10.0.0.9:80", true, true),
            ("10.0.0.9:81", false, true),
            ("127.0.0.1:8080", true, true),
        ] {
            assert_eq!(leads("api.example.org", address), public, "{address}");
            for name in ["nas", "nas.lan", "fritz.box", "a.home.arpa", "local"] {
                assert_eq!(leads(name, address), local, "{name} {address}");
            }
        }
        assert!(!leads("notfritz.box", "192.168.178.1:80"));
    }

    #[test]
    fn no_name_leads_to_an_address_of_this_machine() {
        for address in ["93.184.216.34:80", "192.168.178.20:80"] {
            let address = address.parse().expect("an address");
            assert!(!may_lead_to(&[], "nas.lan", address, true));
            assert!(may_lead_to(&[], "nas.lan", address, false));
        }
    }
}
