//! Which UNIX sockets a tool may ask for what, and which sockets nobody may be granted.

use std::path::Path;

use ai_lab_contract::{GetPattern, SocketGrant};

use super::hosts::{Destination, Host};

/// With a socket's name before it, what a tool asks for as a host; nobody can register a name below it.
const ENDING: &str = ".socket";
/// The one port: a socket has none, and HTTP's goes without saying.
const PORT: u16 = 80;
/// The one method.
const GET: &str = "GET";

/// What a message calls the person's SSH agent.
pub(super) const SSH_AGENT: &str = "the person's SSH agent";

/// A request to a socket, as far as anything is decided by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketRequest<'a> {
    /// The HTTP method; `CONNECT` for a tunnel.
    pub method: &'a str,
    /// From its first `/`, the query included.
    pub target: &'a str,
    /// Whether it says that a body follows, or one followed.
    pub has_body: bool,
    /// Whether it asks for another protocol on the same connection.
    pub asks_upgrade: bool,
}

/// Why a socket is not asked. The socket's name is said before it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SocketRefused {
    /// No socket of that name is granted.
    #[error("not granted")]
    NotGranted,
    /// It was named with a port that is not HTTP's.
    #[error("it has no port {0}")]
    Port(u16),
    /// Anything but `GET`.
    #[error("{0} not granted, only GET")]
    Method(String),
    /// Bytes would follow the head.
    #[error("a request with a body, or another one behind it, is not passed on")]
    Body,
    /// Another protocol would follow.
    #[error("an upgrade is not passed on")]
    Upgrade,
    /// The path has a spelling that programs understand differently, or the query holds what does not belong there.
    #[error("the path {0} is not in plain letters")]
    Spelling(String),
    /// The path fits no pattern.
    #[error("the path {0} not granted")]
    Path(String),
}

/// The name of the socket that a destination means, granted or not; `None` for a host.
pub fn socket_name(to: &Destination) -> Option<&str> {
    match &to.host {
        Host::Name(name) => name.strip_suffix(ENDING).filter(|name| !name.contains('.')),
        Host::Address(_) => None,
    }
}

/// The grant by which a request may be passed on, or why it may not.
pub fn may_ask<'a>(
    grants: &'a [SocketGrant],
    (name, port): (&str, u16),
    request: SocketRequest<'_>,
) -> Result<&'a SocketGrant, SocketRefused> {
    let grant = grants
        .iter()
        .find(|grant| grant.name.as_str() == name)
        .ok_or(SocketRefused::NotGranted)?;
    if request.method != GET {
        return Err(SocketRefused::Method(shown(request.method)));
    }
    if port != PORT {
        return Err(SocketRefused::Port(port));
    }
    if request.asks_upgrade {
        return Err(SocketRefused::Upgrade);
    }
    if request.has_body {
        return Err(SocketRefused::Body);
    }
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((request.target, ""));
    let is_query = |byte: u8| byte.is_ascii_graphic() && byte != b'#';
    if !is_plain(path) || !query.bytes().all(is_query) {
        return Err(SocketRefused::Spelling(shown(path)));
    }
    if grant.get.iter().any(|pattern| pattern.fits(path)) {
        Ok(grant)
    } else {
        Err(SocketRefused::Path(shown(path)))
    }
}

/// Whether every program reads a path as it stands: what a pattern's `*` takes, said of all segments.
fn is_plain(path: &str) -> bool {
    path.parse::<GetPattern>()
        .is_ok_and(|path_itself| path_itself.fits(path))
}

/// A text of the tool's as a message quotes it: cut short, and in characters that a line of HTTP can hold.
fn shown(text: &str) -> String {
    const MOST: usize = 80;
    let mut chars = text.chars();
    let start: String = chars
        .by_ref()
        .take(MOST)
        .map(|c| if c.is_ascii_graphic() { c } else { '?' })
        .collect();
    let more = if chars.next().is_some() { "..." } else { "" };
    format!("{start}{more}")
}

/// What a socket is known to be by the words of its path, if it speaks for the person or the machine: those are granted
/// to nobody, whatever they would answer.
pub(super) fn agent_at(path: &Path) -> Option<&'static str> {
    let words: Vec<&str> = path.iter().filter_map(|word| word.to_str()).collect();
    let (name, folders) = words.split_last()?;
    let lies_in = |begins: &str| folders.iter().any(|folder| folder.starts_with(begins));
    if lies_in("gnupg") || lies_in(".gnupg") || name.starts_with("S.") {
        Some("the person's GPG agent")
    } else if lies_in("ssh-") || lies_in(".ssh") || name.contains("ssh-agent") {
        Some(SSH_AGENT)
    } else if lies_in("keyring") {
        Some("the person's keyring")
    } else if lies_in("dbus") || matches!(*name, "bus" | "system_bus_socket") {
        Some("a message bus")
    } else if lies_in("systemd") {
        Some("the service manager")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn grants() -> Vec<SocketGrant> {
        serde_json::from_value(json!([{
            "name": "docker", "path": "/run/docker.sock",
            "get": ["/containers/json", "/containers/*/stats"],
        }]))
        .expect("a grant")
    }

    fn asked(host: &str, method: &str, target: &str) -> Result<String, String> {
        let to = Destination::new(host, 80).expect("a host");
        let name = socket_name(&to).ok_or("a host")?;
        let request = SocketRequest {
            method,
            target,
            has_body: false,
            asks_upgrade: false,
        };
        may_ask(&grants(), (name, to.port), request)
            .map(|grant| grant.path.to_string())
            .map_err(|refused| refused.to_string())
    }

    #[test]
    fn a_socket_is_asked_by_get_for_a_listed_path_with_any_query() {
        let socket = Ok("/run/docker.sock".to_owned());
        for target in [
            "/containers/json",
            "/containers/json?all=true",
            "/containers/json?filters=%7B%22..%2F%22%7D",
            "/containers/4f/stats?stream=false&one-shot=true",
        ] {
            assert_eq!(asked("Docker.socket.", "GET", target), socket, "{target}");
        }
        for (host, told) in [
            ("podman.socket", "not granted"),
            ("x.docker.socket", "a host"),
            ("docker", "a host"),
            ("docker.sockets", "a host"),
            ("127.0.0.1", "a host"),
        ] {
            assert_eq!(
                asked(host, "GET", "/containers/json"),
                Err(told.into()),
                "{host}"
            );
        }
    }

    #[test]
    fn every_other_method_path_and_spelling_is_refused_by_name() {
        for method in [
            "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "CONNECT", "get", "GETT",
        ] {
            let told = format!("{method} not granted, only GET");
            assert_eq!(
                asked("docker.socket", method, "/containers/json"),
                Err(told)
            );
        }
        for path in [
            "/containers/create",
            "/containers/a/json",
            "/v1.43/containers/json",
            "/containers/json/x",
        ] {
            let told = format!("the path {path} not granted");
            assert_eq!(asked("docker.socket", "GET", path), Err(told));
        }
        for path in [
            "/",
            "",
            "/containers/../containers/json",
            "/containers/./json",
            "/containers//json",
            "//containers/json",
            "/containers/json/",
            "/containers/%2e%2e/exec",
            "/containers%2fjson",
            "/containers/json%3f",
            "/containers/json;x",
            "/containers\\json",
            "/containers/*/stats",
            "*",
        ] {
            let told = format!("the path {path} is not in plain letters");
            assert_eq!(asked("docker.socket", "GET", path), Err(told));
        }
        let path = format!("/{}\u{e4}", "a".repeat(78));
        let told = format!("the path /{}? is not in plain letters", "a".repeat(78));
        assert_eq!(asked("docker.socket", "GET", &path), Err(told));
        let path = format!("/{}", "a".repeat(200));
        let told = format!("the path /{}... not granted", "a".repeat(79));
        assert_eq!(asked("docker.socket", "GET", &path), Err(told));
        for query in ["/containers/json?a#b", "/containers/json?\u{e4}"] {
            let told = "the path /containers/json is not in plain letters";
            assert_eq!(asked("docker.socket", "GET", query), Err(told.into()));
        }
    }

    #[test]
    fn a_port_a_body_and_an_upgrade_are_refused() {
        let plain = SocketRequest {
            method: "GET",
            target: "/containers/json",
            has_body: false,
            asks_upgrade: false,
        };
        let told = |port, request| {
            may_ask(&grants(), ("docker", port), request)
                .map(drop)
                .map_err(|refused| refused.to_string())
        };
        assert_eq!(told(80, plain), Ok(()));
        assert_eq!(told(2375, plain), Err("it has no port 2375".into()));
        let body = SocketRequest {
            has_body: true,
            ..plain
        };
        let upgrade = SocketRequest {
            asks_upgrade: true,
            ..plain
        };
        let not_passed = |what: &str| Err(format!("{what} is not passed on"));
        assert_eq!(
            told(80, body),
            not_passed("a request with a body, or another one behind it,")
        );
        assert_eq!(told(80, upgrade), not_passed("an upgrade"));
    }

    #[test]
    fn what_speaks_for_the_person_or_the_machine_is_known_by_its_path() {
        for (path, what) in [
            (
                "/run/user/1000/gnupg/S.gpg-agent",
                Some("the person's GPG agent"),
            ),
            ("/home/me/.gnupg/S.keyboxd", Some("the person's GPG agent")),
            ("/srv/S.gpg-agent.ssh", Some("the person's GPG agent")),
            (
                "/tmp/ssh-XXXXaBcD/agent.4242",
                Some("the person's SSH agent"),
            ),
            ("/home/me/.ssh/control", Some("the person's SSH agent")),
            (
                "/run/user/1000/ssh-agent.socket",
                Some("the person's SSH agent"),
            ),
            (
                "/run/user/1000/openssh-agent",
                Some("the person's SSH agent"),
            ),
            (
                "/run/user/1000/keyring/control",
                Some("the person's keyring"),
            ),
            ("/run/dbus/system_bus_socket", Some("a message bus")),
            ("/run/user/1000/bus", Some("a message bus")),
            ("/run/systemd/private", Some("the service manager")),
            ("/run/docker.sock", None),
            ("/run/user/1000/podman/podman.sock", None),
            ("/run/podman/podman.sock", None),
            ("/var/lib/busybox/api.sock", None),
        ] {
            assert_eq!(agent_at(Path::new(path)), what, "{path}");
        }
    }
}
