//! A host and a port that a tool may connect to.

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::IdError;

/// The longest name that the domain name system takes, in characters.
const NAME_BYTES: usize = 253;
/// The longest part of one between two dots.
const LABEL_BYTES: usize = 63;

/// A granted host with its port: `api.example.org:443`, `*.example.org:443`, `192.168.1.4:80` or `[fd00::4]:80`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostGrant {
    host: GrantedHost,
    port: u16,
}

/// Whom a [`HostGrant`] names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GrantedHost {
    /// The host of exactly this name, in lower case.
    Name(String),
    /// Every host below this name, in lower case; not the name itself.
    Below(String),
    /// The host at this address; one of version 4 is never in the clothes of version 6.
    Address(IpAddr),
}

impl HostGrant {
    /// Whom it names.
    pub const fn host(&self) -> &GrantedHost {
        &self.host
    }

    /// The TCP port, from 1.
    pub const fn port(&self) -> u16 {
        self.port
    }
}

/// Whether a text is a host's name: labels of letters, digits, `-` and `_` between dots, of which the last is no number.
///
/// A name whose last label is a number is an address in some program's eyes, and so it is none here.
pub fn is_host_name(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=LABEL_BYTES).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let is_number = |label: &str| {
        let digits = label.strip_prefix("0x").or(label.strip_prefix("0X"));
        label.bytes().all(|byte| byte.is_ascii_digit())
            || digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    text.len() <= NAME_BYTES
        && text.split('.').all(is_label)
        && !text.rsplit('.').next().is_some_and(is_number)
}

impl FromStr for HostGrant {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let refused = || IdError {
            kind: "host with a port",
            given: text.to_owned(),
            rule: "write `name:port`, `*.name:port`, `1.2.3.4:port` or `[::1]:port`",
        };
        let (host, port) = text.rsplit_once(':').ok_or_else(refused)?;
        let is_number = !port.starts_with('0') && port.bytes().all(|byte| byte.is_ascii_digit());
        let port = port.parse().ok().filter(|_| is_number);
        Ok(Self {
            host: granted_host(host).ok_or_else(refused)?,
            port: port.ok_or_else(refused)?,
        })
    }
}

fn granted_host(text: &str) -> Option<GrantedHost> {
    if let Some(inner) = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
    {
        let address: Ipv6Addr = inner.parse().ok()?;
        return Some(GrantedHost::Address(address.to_canonical()));
    }
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        return Some(GrantedHost::Address(address.into()));
    }
    let (name, made): (&str, fn(String) -> GrantedHost) = match text.strip_prefix("*.") {
        // Below a single label lies half the world.
        Some(below) if !below.contains('.') => return None,
        Some(below) => (below, GrantedHost::Below),
        None => (text, GrantedHost::Name),
    };
    is_host_name(name).then(|| made(name.to_ascii_lowercase()))
}

impl fmt::Display for HostGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.port;
        match &self.host {
            GrantedHost::Name(name) => write!(f, "{name}:{port}"),
            GrantedHost::Below(name) => write!(f, "*.{name}:{port}"),
            GrantedHost::Address(IpAddr::V4(address)) => write!(f, "{address}:{port}"),
            GrantedHost::Address(IpAddr::V6(address)) => write!(f, "[{address}]:{port}"),
        }
    }
}

impl Serialize for HostGrant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for HostGrant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for HostGrant {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "HostGrant".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": r"^((\*\.)?[A-Za-z0-9_][A-Za-z0-9._-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\]):[1-9][0-9]{0,4}$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_a_wildcard_or_an_address_with_its_port() {
        for (text, written) in [
            ("api.example.org:443", "api.example.org:443"),
            ("API.Example.ORG:443", "api.example.org:443"),
            ("*.example.org:65535", "*.example.org:65535"),
            ("nas:80", "nas:80"),
            ("_dmarc.example.org:1", "_dmarc.example.org:1"),
            ("192.168.1.4:80", "192.168.1.4:80"),
            ("[FD00::4]:80", "[fd00::4]:80"),
            ("[::ffff:10.0.0.1]:80", "10.0.0.1:80"),
        ] {
            let grant: HostGrant = text.parse().expect(text);
            assert_eq!(grant.to_string(), written);
            assert_eq!(written.parse(), Ok(grant), "what is written is read again");
        }
    }

    #[test]
    fn what_names_no_host_or_too_many_is_refused() {
        let label = "a".repeat(64);
        let long = format!("{}a.example.org:80", "a.".repeat(121));
        for text in [
            "",
            "api.example.org",
            ":80",
            "api.example.org:",
            "api.example.org:0",
            "api.example.org:080",
            "api.example.org:+80",
            "api.example.org:65536",
            "api.example.org.:80",
            "*:80",
            "*.org:80",
            "a.*.example.org:80",
            "*.*.example.org:80",
            "*.192.168.1.4:80",
            "http://example.org:80",
            "user@example.org:80",
            "127.1:80",
            "0x7f.0.0.1:80",
            "2130706433:80",
            "010.0.0.1:80",
            "1.2.3.4.5:80",
            "a.0x1:80",
            "::1:80",
            "[::1%1]:80",
            "[127.0.0.1]:80",
            "-a.example.org:80",
            "a-.example.org:80",
            "a..example.org:80",
            "ä.example.org:80",
            "a b.example.org:80",
            &format!("{label}.example.org:80"),
            &long,
        ] {
            assert!(text.parse::<HostGrant>().is_err(), "{text}");
        }
    }
}
