//! Where GitHub's API is, and which addresses belong to it.

use std::str::FromStr;

/// The API's address: GitHub's own, or an Enterprise server's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiAddress(String);

/// A text that is no such address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{}` is no address such as https://api.github.com; without TLS only this machine's own are taken",
    given.escape_debug()
)]
pub struct ApiAddressError {
    /// What was given.
    pub given: String,
}

impl Default for ApiAddress {
    fn default() -> Self {
        Self("https://api.github.com".to_owned())
    }
}

impl FromStr for ApiAddress {
    type Err = ApiAddressError;

    fn from_str(text: &str) -> Result<Self, ApiAddressError> {
        let bare = text.trim_end_matches('/');
        let host = |rest: &str| !rest.is_empty() && !rest.starts_with('/');
        let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '@' | '?' | '#' | '\\' | '"');
        let fits = bare.strip_prefix("https://").is_some_and(host) || is_loopback(bare);
        if fits && bare.chars().all(is_plain) {
            Ok(Self(bare.to_owned()))
        } else {
            Err(ApiAddressError {
                given: text.to_owned(),
            })
        }
    }
}

/// Whether an address is this machine's own, where nobody listens in.
fn is_loopback(address: &str) -> bool {
    let port = |rest: &str| rest.parse::<u16>().is_ok();
    ["http://127.0.0.1:", "http://[::1]:", "http://localhost:"]
        .iter()
        .any(|start| address.strip_prefix(start).is_some_and(port))
}

/// The same for an address with a path behind it.
pub(crate) fn is_loopback_address(address: &str) -> bool {
    let host = address.get("http://".len()..).unwrap_or_default();
    let end = host.find('/').unwrap_or(host.len());
    is_loopback(&address[.."http://".len().min(address.len()) + end])
}

impl ApiAddress {
    /// The address of a path, which begins with `/`.
    pub(crate) fn of(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The path of an address that an answer named; `None` where it leads elsewhere, which gets no token.
    pub(crate) fn path_of(&self, address: &str) -> Option<String> {
        let rest = address.strip_prefix(&self.0)?;
        rest.starts_with('/').then(|| rest.to_owned())
    }
}

/// A text as a part of a path or the value of a query.
pub(crate) fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tls_or_this_machine_is_taken() {
        for (text, good) in [
            ("https://api.github.com", true),
            ("https://git.example.org/api/v3/", true),
            ("http://127.0.0.1:4015", true),
            ("http://[::1]:80", true),
            ("http://localhost:1", true),
            ("http://api.github.com", false),
            ("http://127.0.0.1.example.org:80", false),
            ("http://127.0.0.1:80@example.org", false),
            ("https://a@example.org", false),
            ("https:///x", false),
            ("https://", false),
            ("ftp://x", false),
            ("", false),
        ] {
            assert_eq!(text.parse::<ApiAddress>().is_ok(), good, "{text}");
        }
    }

    #[test]
    fn an_address_that_leads_elsewhere_is_none_of_the_api() {
        let api = ApiAddress::default();
        let path = |address: &str| api.path_of(address);
        assert_eq!(
            path("https://api.github.com/repositories/1/issues?page=2"),
            Some("/repositories/1/issues?page=2".to_owned())
        );
        assert_eq!(path("https://api.github.com.example.org/x"), None);
        assert_eq!(path("https://example.org/x"), None);
    }

    #[test]
    fn a_name_is_escaped_byte_by_byte() {
        assert_eq!(escaped("ui/ux ä"), "ui%2Fux%20%C3%A4");
    }
}
