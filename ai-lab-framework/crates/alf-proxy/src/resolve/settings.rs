//! `/etc/resolv.conf` (resolv.conf(5)) and `/etc/hosts` (hosts(5)), as texts.

use std::net::{IpAddr, Ipv4Addr};

/// How many name servers are asked, as the C library has it.
const SERVERS: usize = 3;
/// How many endings are tried behind a name without a dot, as the C library had it.
const ENDINGS: usize = 6;

/// Whom to ask.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) servers: Vec<IpAddr>,
    endings: Vec<String>,
}

impl Settings {
    pub(super) fn parse(text: &str) -> Self {
        let mut servers: Vec<IpAddr> = Vec::new();
        let mut endings = Vec::new();
        for line in text.lines() {
            let mut words = line.split_ascii_whitespace();
            match words.next() {
                // A server on one link only (`fe80::1%eth0`) is left out.
                Some("nameserver") => {
                    servers.extend(words.next().and_then(|a| a.parse::<IpAddr>().ok()));
                }
                // The last such line counts.
                Some("search" | "domain") => endings = words.map(str::to_owned).collect(),
                Some(_) | None => {}
            }
        }
        servers.truncate(SERVERS);
        endings.truncate(ENDINGS);
        if servers.is_empty() {
            servers.push(Ipv4Addr::LOCALHOST.into());
        }
        Self { servers, endings }
    }

    /// The names to ask for, in turn: one without a dot first with the endings of the place.
    pub(super) fn candidates(&self, name: &str) -> Vec<String> {
        if name.contains('.') {
            return vec![name.to_owned()];
        }
        let with = |ending: &String| format!("{name}.{}", ending.trim_end_matches('.'));
        let longer = self.endings.iter().map(with);
        longer.chain([name.to_owned()]).collect()
    }
}

/// The addresses of the lines that have this name. The machine's own name for itself needs no line.
pub(super) fn addresses_in_hosts(text: &str, name: &str) -> Vec<IpAddr> {
    let of_line = |line: &str| -> Option<IpAddr> {
        let line = line.split('#').next()?;
        let mut words = line.split_ascii_whitespace();
        let address = words.next()?.parse().ok()?;
        words
            .any(|word| word.eq_ignore_ascii_case(name))
            .then_some(address)
    };
    let found: Vec<IpAddr> = text.lines().filter_map(of_line).collect();
    let is_own = name == "localhost" || name.ends_with(".localhost");
    if found.is_empty() && is_own {
        return vec![Ipv4Addr::LOCALHOST.into()];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_and_endings_are_read_and_bounded() {
        let text = "# by the router\nnameserver 192.168.1.1\nnameserver fe80::1%2\n  nameserver\t2001:db8::1 \n\
                    nameserver no\nsearch old\noptions edns0\nsearch lan home.arpa.\n";
        let settings = Settings::parse(text);
        let servers: Vec<String> = settings.servers.iter().map(ToString::to_string).collect();
        assert_eq!(servers, ["192.168.1.1", "2001:db8::1"]);
        assert_eq!(
            settings.candidates("nas"),
            ["nas.lan", "nas.home.arpa", "nas"]
        );
        assert_eq!(settings.candidates("nas.lan"), ["nas.lan"]);
        let many = "nameserver 10.0.0.1\n".repeat(9) + "search a b c d e f g h\n";
        let settings = Settings::parse(&many);
        assert_eq!((settings.servers.len(), settings.endings.len()), (3, 6));
        let own: IpAddr = Ipv4Addr::LOCALHOST.into();
        assert_eq!(Settings::parse("").servers, [own]);
    }

    #[test]
    fn a_name_in_the_file_of_hosts_needs_no_server() {
        let text = "127.0.0.1 localhost\n::1 localhost ip6-localhost\n10.0.0.4\tNAS nas.lan # the box\n#10.0.0.5 nas\nx nas\n";
        let found = |name| {
            let found = addresses_in_hosts(text, name);
            found.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(found("localhost"), ["127.0.0.1", "::1"]);
        assert_eq!(found("nas"), ["10.0.0.4"]);
        assert_eq!(found("nas.lan"), ["10.0.0.4"]);
        assert_eq!(found("box"), Vec::<String>::new());
        assert_eq!(found("a.localhost"), ["127.0.0.1"]);
    }
}
