//! A UNIX socket that a tool may ask, and what it may ask there.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ids::{IdError, checked_text};

/// The longest path that the kernel connects to, in bytes.
const SOCKET_PATH_BYTES: usize = 107;
/// The longest pattern, in bytes.
const PATTERN_BYTES: usize = 256;

/// A UNIX socket that a tool may ask by HTTP, through the framework's proxy, as `http://NAME.socket/PATH`: by `GET`
/// alone, and only for the listed paths. The socket itself stays closed to the tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SocketGrant {
    /// By which name the tool asks for it; each name once.
    pub name: SocketName,
    /// Where the socket is, the way there free of links.
    pub path: SocketPath,
    /// What may be asked for. 1 to 32 patterns.
    #[schemars(length(min = 1, max = 32))]
    pub get: Vec<GetPattern>,
}

checked_text!(
    /// A granted socket's name: 1 to 32 of `a-z 0-9 -`, a letter first and no `-` last; with `.socket` it is a host's.
    SocketName,
    "socket's name",
    "1 to 32 of a-z, 0-9, `-`, a letter first and no `-` last",
    "^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$",
    is_socket_name
);
checked_text!(
    /// An absolute path of at most 107 bytes, without `.`, `..`, an empty part or a control character.
    SocketPath,
    "path of a socket",
    "an absolute path of at most 107 bytes, without `.`, `..`, `//` and control characters",
    r"^(/[^/\x00-\x1f\x7f]+)+$",
    is_socket_path
);
checked_text!(
    /// Which paths may be asked for: `/containers/*/json`, where `*` stands for one whole segment. At most 256 bytes.
    ///
    /// Segments are letters, digits, `.`, `_`, `~` and `-`, which no program spells in two ways; the first is no `*`.
    GetPattern,
    "pattern of paths",
    "`/containers/*/json`: letters, digits, `.`, `_`, `~`, `-` between slashes, or `*` for a whole segment, which is not the first",
    r"^/[A-Za-z0-9._~-]+(/(\*|[A-Za-z0-9._~-]+))*$",
    is_pattern
);

impl GetPattern {
    /// Whether a request's path, without its query, is one of these.
    ///
    /// A path that holds anything but plain segments fits no pattern.
    pub fn fits(&self, path: &str) -> bool {
        let (Some(pattern), Some(path)) = (self.as_str().strip_prefix('/'), path.strip_prefix('/'))
        else {
            return false;
        };
        let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return true,
                (Some(wanted), Some(given))
                    if is_plain_segment(given) && (wanted == "*" || wanted == given) => {}
                (Some(_) | None, Some(_)) | (Some(_), None) => return false,
            }
        }
    }
}

fn is_socket_name(text: &str) -> bool {
    text.len() <= 32
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && !text.ends_with('-')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn is_socket_path(text: &str) -> bool {
    let is_part = |part: &str| !matches!(part, "" | "." | "..");
    text.len() <= SOCKET_PATH_BYTES
        && !text.contains(|c: char| c.is_ascii_control())
        && text
            .strip_prefix('/')
            .is_some_and(|rest| rest.split('/').all(is_part))
}

fn is_pattern(text: &str) -> bool {
    let mut segments = text.strip_prefix('/').unwrap_or_default().split('/');
    text.len() <= PATTERN_BYTES
        && segments.next().is_some_and(is_plain_segment)
        && segments.all(|segment| segment == "*" || is_plain_segment(segment))
}

/// A segment that means itself to every program: nothing to decode, and no step up or to the same place.
fn is_plain_segment(segment: &str) -> bool {
    !matches!(segment, "" | "." | "..")
        && segment
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'~' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_takes_whole_plain_segments_and_nothing_that_can_be_spelled_otherwise() {
        let pattern: GetPattern = "/containers/*/json".parse().expect("a pattern");
        for (path, fits) in [
            ("/containers/4f2a/json", true),
            ("/containers/my_db-1.x~y/json", true),
            ("/containers/*/json", false),
            ("/containers//json", false),
            ("/containers/./json", false),
            ("/containers/../json", false),
            ("/containers/../exec/json", false),
            ("/containers/a/b/json", false),
            ("/containers/a/json/", false),
            ("/containers/a", false),
            ("/containers/a%2fb/json", false),
            ("/containers/%2e%2e/json", false),
            ("/containers/a;b/json", false),
            ("/containers/a\\b/json", false),
            ("/containers/ä/json", false),
            ("//containers/a/json", false),
            ("/Containers/a/json", false),
            ("containers/a/json", false),
            ("/", false),
            ("", false),
        ] {
            assert_eq!(pattern.fits(path), fits, "{path}");
        }
        let whole: GetPattern = "/v1.43/_ping".parse().expect("a pattern");
        assert!(whole.fits("/v1.43/_ping") && !whole.fits("/v1.43/_ping/x"));
    }

    #[test]
    fn what_is_no_pattern_no_path_and_no_name_is_refused() {
        for text in [
            "",
            "/",
            "a",
            "/a/",
            "//a",
            "/a//b",
            "/*",
            "/*/json",
            "/a/**",
            "/a/b*",
            "/a/../b",
            "/./a",
            "/a?b",
            "/a%2fb",
            "/a b",
            "http://a/b",
        ] {
            assert!(text.parse::<GetPattern>().is_err(), "{text}");
        }
        let long = format!("/{}", "a".repeat(PATTERN_BYTES));
        assert!(long.parse::<GetPattern>().is_err());
        for text in [
            "",
            "/",
            "run/a.sock",
            "/run/",
            "/run//a",
            "/run/../a",
            "/run/./a",
            "/run/a\0",
            "/run/a\n",
        ] {
            assert!(text.parse::<SocketPath>().is_err(), "{text:?}");
        }
        let at_most = format!("/{}", "a".repeat(SOCKET_PATH_BYTES - 1));
        assert!(at_most.parse::<SocketPath>().is_ok());
        assert!(format!("{at_most}a").parse::<SocketPath>().is_err());
        for text in [
            "",
            "-a",
            "a-",
            "1a",
            "A",
            "a.b",
            "a_b",
            "a b",
            &"a".repeat(33),
        ] {
            assert!(text.parse::<SocketName>().is_err(), "{text}");
        }
        for text in ["a", "docker", "podman-2", &"a".repeat(32)] {
            assert!(text.parse::<SocketName>().is_ok(), "{text}");
        }
    }
}
