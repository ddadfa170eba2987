//! What is checked, as the configuration says it, and where that is.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use ai_lab_tool::contract::Bounded;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::shell::quoted;

/// One thing to check.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Check {
    /// What it is called in answers and alerts.
    pub(crate) name: String,
    /// How long it may take, in milliseconds.
    #[serde(default = "usual_timeout")]
    pub(crate) timeout_ms: Bounded<100, 30_000>,
    /// What is asked.
    pub(crate) probe: Probe,
}

fn usual_timeout() -> Bounded<100, 30_000> {
    Bounded::constant(5000)
}

/// What is asked. Every host has to be granted in tool.toml with its port.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Probe {
    /// A page answers.
    Http {
        /// `http://` or `https://`, without user and password.
        url: String,
        /// The status that it has to answer; unless said, any from 200 to 299.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        /// A text that has to be in the first 256 KiB of the page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contains: Option<String>,
        /// How many redirects are followed.
        #[serde(default = "usual_redirects")]
        redirects: Bounded<0, 10>,
    },
    /// A port takes connections.
    Tcp {
        /// A name or an address.
        host: String,
        /// The port.
        port: u16,
    },
    /// A certificate is trusted, fits the name and is still valid; nothing is asked of the server.
    Tls {
        /// The name that the certificate has to fit.
        host: String,
        /// The port.
        #[serde(default = "https")]
        port: u16,
    },
    /// A name server knows a name (by TCP).
    Dns {
        /// The name server: a name or an address.
        server: String,
        /// Its port.
        #[serde(default = "domain")]
        port: u16,
        /// What is looked up.
        name: String,
        /// Which record.
        #[serde(default)]
        record: RecordKind,
        /// What one of the records has to say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expect: Option<String>,
    },
    /// A machine is there: a connection to one of its ports is taken or refused, either shows that it lives.
    Ping {
        /// A name or an address.
        host: String,
        /// The port.
        #[serde(default = "https")]
        port: u16,
    },
}

/// A kind of DNS record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum RecordKind {
    /// An IPv4 address.
    #[default]
    A,
    /// An IPv6 address.
    Aaaa,
    /// Another name for this one.
    Cname,
    /// Who takes mail.
    Mx,
    /// Who knows the zone.
    Ns,
    /// A text.
    Txt,
}

fn usual_redirects() -> Bounded<0, 10> {
    Bounded::constant(5)
}

const fn https() -> u16 {
    443
}

const fn domain() -> u16 {
    53
}

impl Probe {
    /// Its kind, as the configuration has it.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Http { .. } => "http",
            Self::Tcp { .. } => "tcp",
            Self::Tls { .. } => "tls",
            Self::Dns { .. } => "dns",
            Self::Ping { .. } => "ping",
        }
    }

    /// Whether a certificate may be looked at: a page may redirect to one.
    pub(crate) const fn needs_trust(&self) -> bool {
        match self {
            Self::Tls { .. } | Self::Http { .. } => true,
            Self::Tcp { .. } | Self::Dns { .. } | Self::Ping { .. } => false,
        }
    }

    /// What it means that it succeeds.
    pub(crate) const fn success(&self) -> &'static str {
        match self {
            Self::Http { .. } => "it answers as it should",
            Self::Tcp { .. } => "the port takes connections",
            Self::Tls { .. } => "its certificate is valid",
            Self::Dns { .. } => "the name server answers as it should",
            Self::Ping { .. } => "the machine is there (a TCP connection: the sandbox has no ICMP)",
        }
    }

    /// The same by hand: a command.
    pub(crate) fn by_hand(&self) -> String {
        match self {
            Self::Http { url, .. } => format!("curl -sv -o /dev/null {}", quoted(url)),
            Self::Tcp { host, port } | Self::Ping { host, port } => {
                format!("nc -vz -w 5 {} {port}", quoted(host))
            }
            Self::Tls { host, port } => {
                let at = quoted(&format!("{host}:{port}"));
                format!("openssl s_client -connect {at} </dev/null")
            }
            Self::Dns {
                server,
                port,
                name,
                record,
                ..
            } => {
                let at = quoted(&format!("@{server}"));
                format!("dig +tcp {at} -p {port} {} {record:?}", quoted(name))
            }
        }
    }

    /// What is asked of whom, for a person.
    pub(crate) fn target(&self) -> String {
        let at = |host: &str, port: u16| match Place::new(host, port) {
            Some(place) => place.to_string(),
            None => format!("{host}:{port}"),
        };
        match self {
            Self::Http { url, .. } => url.clone(),
            Self::Tcp { host, port } | Self::Tls { host, port } | Self::Ping { host, port } => {
                at(host, *port)
            }
            Self::Dns {
                server, port, name, ..
            } => format!("{name} at {}", at(server, *port)),
        }
    }
}

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// A name in small letters, or an address without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Place {
    /// `None` for what no host is called.
    pub(crate) fn new(host: &str, port: u16) -> Option<Self> {
        let bare = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        let is_address = match bare {
            Some(bare) => bare.parse::<Ipv6Addr>().is_ok(),
            None => host.parse::<IpAddr>().is_ok(),
        };
        let host = bare.unwrap_or(host);
        let is_name = bare.is_none()
            && host.len() <= 253
            && host.split('.').all(|label| {
                (1..=63).contains(&label.len())
                    && label
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            });
        (port > 0 && (is_address || is_name)).then(|| Self {
            host: host.to_ascii_lowercase(),
            port,
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_and_nothing_that_breaks_a_line() {
        let shown = |host: &str| Place::new(host, 80).map(|place| place.to_string());
        assert_eq!(shown("NAS.lan").as_deref(), Some("nas.lan:80"));
        assert_eq!(shown("192.168.1.4").as_deref(), Some("192.168.1.4:80"));
        for v6 in ["fe80::1", "[fe80::1]"] {
            assert_eq!(shown(v6).as_deref(), Some("[fe80::1]:80"));
        }
        let long = "a".repeat(64);
        for odd in [
            "",
            "a b",
            "a\r\nX: y",
            "a/b",
            "a@b",
            "a:1",
            "[nas]",
            "a..b",
            &long,
        ] {
            assert_eq!(shown(odd), None, "{odd}");
        }
        assert_eq!(Place::new("a", 0), None);
    }

    #[test]
    fn a_check_names_its_target_and_takes_no_key_that_is_none() {
        let read = |text: &str| {
            serde_json::from_str::<Check>(text)
                .map(|check| {
                    format!(
                        "{} {} {}",
                        check.probe.kind(),
                        check.probe.target(),
                        check.timeout_ms.get()
                    )
                })
                .map_err(|error| error.to_string())
        };
        let cases = [
            (
                r#"{"kind":"http","url":"https://a/b"}"#,
                "http https://a/b 5000",
            ),
            (r#"{"kind":"tcp","host":"a","port":22}"#, "tcp a:22 5000"),
            (r#"{"kind":"tls","host":"a"}"#, "tls a:443 5000"),
            (r#"{"kind":"ping","host":"::1"}"#, "ping [::1]:443 5000"),
            (
                r#"{"kind":"dns","server":"1.1.1.1","name":"a.b","record":"AAAA"}"#,
                "dns a.b at 1.1.1.1:53 5000",
            ),
        ];
        for (probe, told) in cases {
            let text = format!(r#"{{"name":"n","probe":{probe}}}"#);
            assert_eq!(read(&text), Ok(told.to_owned()));
        }
        for wrong in [
            r#"{"name":"n","probe":{"kind":"tcp","host":"a","port":1,"prot":2}}"#,
            r#"{"name":"n","probe":{"kind":"udp"}}"#,
            r#"{"name":"n","timeout_ms":1,"probe":{"kind":"ping","host":"a"}}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
