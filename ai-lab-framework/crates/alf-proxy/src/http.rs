//! The head of a request to an HTTP proxy, and of the response to it. Reads bytes and gives bytes.

use alf_policy::{Destination, SocketRequest};
use httparse::{EMPTY_HEADER, Header, Status};

/// The most lines that a head may have.
const LINES: usize = 128;

/// What belongs to one connection and is not passed on, beside what the head itself names.
const OF_CONNECTION: [&str; 7] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "upgrade",
];

/// What a tool asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) to: Destination,
    pub(crate) how: Passage,
    /// What a socket would be asked.
    question: Question,
    /// How many bytes of what was read belong to the head.
    pub(crate) length: usize,
}

/// A request, as far as it matters to a socket.
#[derive(Debug, PartialEq, Eq)]
struct Question {
    method: String,
    target: String,
    has_body: bool,
    asks_upgrade: bool,
}

impl Asked {
    /// The same as a request to a socket; `has_more` says that bytes came behind its head.
    pub(crate) fn of_socket(&self, has_more: bool) -> SocketRequest<'_> {
        SocketRequest {
            method: &self.question.method,
            target: &self.question.target,
            has_body: self.question.has_body || has_more,
            asks_upgrade: self.question.asks_upgrade,
        }
    }
}

/// What becomes of the connection.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Passage {
    /// After a word of success, every byte as it is.
    Tunnel,
    /// One request, whose head is this; one response.
    Request(Vec<u8>),
}

/// A head that is none that can be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HeadError {
    /// It is no head of HTTP.
    #[error("this is neither HTTP nor SOCKS5")]
    Malformed,
    /// It names no host and port, or a host that nobody can be.
    #[error("the request names no host")]
    NoHost,
    /// It asks this proxy for something of its own.
    #[error("this is a proxy: ask by CONNECT or with the whole http:// URL")]
    NotForProxy,
}

/// Reads a head; `None` when its end is not there yet.
pub(crate) fn parse_request(bytes: &[u8]) -> Result<Option<Asked>, HeadError> {
    let mut headers = [EMPTY_HEADER; LINES];
    let mut request = httparse::Request::new(&mut headers);
    let length = match request.parse(bytes) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => return Ok(None),
        Err(_) => return Err(HeadError::Malformed),
    };
    let (Some(method), Some(target), Some(version)) =
        (request.method, request.path, request.version)
    else {
        return Err(HeadError::Malformed);
    };
    let question = |target: String| Question {
        method: method.to_owned(),
        target,
        has_body: says_body(request.headers),
        asks_upgrade: asks_upgrade(request.headers),
    };
    if method == "CONNECT" {
        return Ok(Some(Asked {
            to: authority(target, None).ok_or(HeadError::NoHost)?,
            how: Passage::Tunnel,
            question: question(String::new()),
            length,
        }));
    }
    let scheme = target
        .get(..7)
        .filter(|s| s.eq_ignore_ascii_case("http://"));
    let rest = scheme.map(|_| &target[7..]).ok_or(HeadError::NotForProxy)?;
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let to = authority(host, Some(80)).ok_or(HeadError::NoHost)?;
    let slash = if path.starts_with('/') { "" } else { "/" };
    let mut head =
        format!("{method} {slash}{path} HTTP/1.{version}\r\nHost: {host}\r\n").into_bytes();
    put_headers(&mut head, request.headers, Some("host"));
    Ok(Some(Asked {
        to,
        how: Passage::Request(head),
        question: question(format!("{slash}{path}")),
        length,
    }))
}

/// Whether the head says that a body follows, however it says so.
fn says_body(headers: &[Header<'_>]) -> bool {
    headers.iter().any(|header| {
        let is_empty = header.value.trim_ascii() == b"0";
        header.name.eq_ignore_ascii_case("transfer-encoding")
            || (header.name.eq_ignore_ascii_case("content-length") && !is_empty)
    })
}

fn asks_upgrade(headers: &[Header<'_>]) -> bool {
    headers.iter().any(|header| {
        let value = header.value.to_ascii_lowercase();
        header.name.eq_ignore_ascii_case("upgrade")
            || (header.name.eq_ignore_ascii_case("connection")
                && value
                    .split(|byte| *byte == b',')
                    .any(|word| word.trim_ascii() == b"upgrade"))
    })
}

/// What a socket is asked: nothing of the tool's but the path, which was looked at, and the query.
pub(crate) fn question(target: &str) -> Vec<u8> {
    format!(
        "GET {target} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: ai-lab-framework\r\nAccept: */*\r\n\
         Connection: close\r\n\r\n"
    )
    .into_bytes()
}

/// `host:port`, or `host` where a port goes without saying.
fn authority(text: &str, usual: Option<u16>) -> Option<Destination> {
    let is_bare = text
        .rfind(':')
        .is_none_or(|colon| text[colon..].contains(']'));
    if is_bare {
        return Destination::new(text, usual?);
    }
    let (host, port) = text.rsplit_once(':')?;
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
    Destination::new(host, port.parse().ok().filter(|_| is_number)?)
}

/// Passes a response on: its head so that the connection ends behind it, the rest as it is.
///
/// A tool that kept the connection would send its next request, to whatever host, to this one.
#[derive(Debug, Default)]
pub(crate) struct ResponseFilter {
    head: Vec<u8>,
    is_through: bool,
}

/// A response whose head cannot be read, or is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadResponse;

impl ResponseFilter {
    /// For a tunnel: everything as it is.
    pub(crate) const fn none() -> Self {
        Self {
            head: Vec::new(),
            is_through: true,
        }
    }

    /// Whether the answer's own head has been passed on.
    pub(crate) const fn is_through(&self) -> bool {
        self.is_through
    }

    /// Appends to `out` what of these bytes can be passed on.
    pub(crate) fn pass(
        &mut self,
        bytes: &[u8],
        head_bytes: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), BadResponse> {
        if self.is_through {
            out.extend_from_slice(bytes);
            return Ok(());
        }
        self.head.extend_from_slice(bytes);
        while !self.is_through {
            let Some((length, is_last)) = pass_head(&self.head, out)? else {
                break;
            };
            self.head.drain(..length);
            self.is_through = is_last;
        }
        if self.is_through {
            out.append(&mut self.head);
        } else if self.head.len() > head_bytes {
            return Err(BadResponse);
        }
        Ok(())
    }
}

/// The length of the head that was passed on, and whether it was the last; `None` when its end is not there yet.
fn pass_head(bytes: &[u8], out: &mut Vec<u8>) -> Result<Option<(usize, bool)>, BadResponse> {
    let mut headers = [EMPTY_HEADER; LINES];
    let mut response = httparse::Response::new(&mut headers);
    let length = match response.parse(bytes) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => return Ok(None),
        Err(_) => return Err(BadResponse),
    };
    let (Some(version), Some(code)) = (response.version, response.code) else {
        return Err(BadResponse);
    };
    let reason = response.reason.unwrap_or_default();
    out.extend_from_slice(format!("HTTP/1.{version} {code} {reason}\r\n").as_bytes());
    put_headers(out, response.headers, None);
    // What comes before the answer itself, such as `100 Continue`.
    let is_last = !(100..200).contains(&code) || code == 101;
    Ok(Some((length, is_last)))
}

/// The lines that are passed on, and that the connection ends.
fn put_headers(out: &mut Vec<u8>, headers: &[Header<'_>], but: Option<&str>) {
    let is = |name: &str, other: &str| name.eq_ignore_ascii_case(other);
    let named: Vec<&str> = headers
        .iter()
        .filter(|header| is(header.name, "connection"))
        .filter_map(|header| std::str::from_utf8(header.value).ok())
        .flat_map(|value| value.split(',').map(str::trim))
        // What says where the message ends is passed on whatever else is said.
        .filter(|name| !is(name, "content-length") && !is(name, "transfer-encoding"))
        .collect();
    for header in headers {
        let name = header.name;
        let stays = but.is_none_or(|but| !is(name, but))
            && !OF_CONNECTION.iter().any(|other| is(name, other))
            && !named.iter().any(|other| is(name, other));
        if stays {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(header.value);
            out.extend_from_slice(b"\r\n");
        }
    }
    out.extend_from_slice(b"Connection: close\r\n\r\n");
}

/// An answer of the proxy's own: its reason is in the first line too, which is all that many programs show.
pub(crate) fn answer(code: u16, why: &str) -> Vec<u8> {
    let length = why.len() + 1;
    format!(
        "HTTP/1.1 {code} {why}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{why}\n"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(head: &str) -> Result<(String, Option<String>), String> {
        let request = parse_request(head.as_bytes()).map_err(|error| error.to_string())?;
        let asked = request.ok_or("not whole")?;
        assert_eq!(asked.length, head.len());
        let passed = match asked.how {
            Passage::Tunnel => None,
            Passage::Request(head) => Some(String::from_utf8(head).expect("text")),
        };
        Ok((asked.to.to_string(), passed))
    }

    #[test]
    fn a_tunnel_is_asked_for_with_host_and_port() {
        let check = |target: &str| asked(&format!("CONNECT {target} HTTP/1.1\r\nHost: x\r\n\r\n"));
        let to = |to: &str| Ok((to.to_owned(), None));
        assert_eq!(check("api.example.org:443"), to("api.example.org:443"));
        assert_eq!(check("API.example.org.:443"), to("api.example.org:443"));
        assert_eq!(check("[fd00::1]:443"), to("[fd00::1]:443"));
        assert_eq!(check("[::ffff:10.0.0.1]:443"), to("10.0.0.1:443"));
        for target in [
            "api.example.org",
            "api.example.org:",
            "api.example.org:+443",
            "api.example.org:65536",
            "api.example.org:0",
            "[fd00::1]",
            "fd00::g:443",
            "me@api.example.org:443",
            "api.example.org/:443",
            "127.1:443",
            ":443",
        ] {
            assert_eq!(
                check(target),
                Err("the request names no host".into()),
                "{target}"
            );
        }
    }

    #[test]
    fn a_request_is_passed_on_for_its_host_alone_and_ends_the_connection() {
        let head = "GET http://Api.example.org:8080/a?b=c HTTP/1.1\r\nHost: evil.example\r\nProxy-Authorization: x\r\n\
                    connection: keep-alive, X-Hop, Content-Length\r\nx-hop: 1\r\nContent-Length: 3\r\nAccept: */*\r\nHOST: twice\r\n\r\n";
        let passed = "GET /a?b=c HTTP/1.1\r\nHost: Api.example.org:8080\r\nContent-Length: 3\r\nAccept: */*\r\nConnection: close\r\n\r\n";
        let to = "api.example.org:8080".to_owned();
        assert_eq!(asked(head), Ok((to, Some(passed.to_owned()))));
        for (url, to, line) in [
            (
                "http://a.example",
                "a.example:80",
                "GET / HTTP/1.1\r\nHost: a.example\r\n",
            ),
            (
                "HTTP://a.example?q",
                "a.example:80",
                "GET /?q HTTP/1.1\r\nHost: a.example\r\n",
            ),
            (
                "http://[fd00::1]/",
                "[fd00::1]:80",
                "GET / HTTP/1.1\r\nHost: [fd00::1]\r\n",
            ),
        ] {
            let head = format!("GET {url} HTTP/1.1\r\n\r\n");
            let passed = format!("{line}Connection: close\r\n\r\n");
            assert_eq!(asked(&head), Ok((to.to_owned(), Some(passed))));
        }
    }

    #[test]
    fn what_no_proxy_serves_is_refused() {
        let told = |head: &str| asked(head).map(drop);
        let refused = |error: HeadError| Err(error.to_string());
        for line in [
            "GET /",
            "GET https://a.example/",
            "OPTIONS *",
            "GET ftp://a.example/",
        ] {
            let head = format!("{line} HTTP/1.1\r\n\r\n");
            assert_eq!(told(&head), refused(HeadError::NotForProxy), "{line}");
        }
        for line in [
            "GET http://",
            "GET http://me@a.example/",
            "GET http://a.example:/",
        ] {
            let head = format!("{line} HTTP/1.1\r\n\r\n");
            assert_eq!(told(&head), refused(HeadError::NoHost), "{line}");
        }
        for head in [
            "\0\r\n\r\n",
            "GET http://a/ HTTP/2.0\r\n\r\n",
            "GET http://a/ HTTP/1.1\r\na b: c\r\n\r\n",
        ] {
            assert_eq!(told(head), refused(HeadError::Malformed), "{head}");
        }
        let lines = "a: b\r\n".repeat(LINES + 1);
        let head = format!("GET http://a/ HTTP/1.1\r\n{lines}\r\n");
        assert_eq!(told(&head), refused(HeadError::Malformed));
        assert_eq!(told("GET http://a/ HTTP/1.1\r\n"), Err("not whole".into()));
    }

    #[test]
    fn a_response_ends_the_connection_wherever_it_is_cut() {
        let response = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nContent-Length: 2\r\n\r\nHTTP/1.1 no";
        let passed = "HTTP/1.1 100 Continue\r\nConnection: close\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nHTTP/1.1 no";
        for size in 1..=response.len() {
            let mut filter = ResponseFilter::default();
            let mut out = Vec::new();
            for part in response.chunks(size) {
                filter.pass(part, 1_000, &mut out).expect("a response");
            }
            assert_eq!(String::from_utf8_lossy(&out), passed, "cut at {size}");
        }
    }

    #[test]
    fn a_response_without_a_head_or_with_one_too_long_is_refused() {
        let pass = |bytes: &[u8]| ResponseFilter::default().pass(bytes, 64, &mut Vec::new());
        assert_eq!(pass(b"SSH-2.0-OpenSSH\r\n"), Err(BadResponse));
        let long = format!("HTTP/1.1 200 OK\r\nA: {}", "a".repeat(64));
        assert_eq!(pass(long.as_bytes()), Err(BadResponse));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2_000))]

        /// Whatever a tool sends, what is passed on is one request of the host's own, whose connection ends behind it.
        #[test]
        fn what_is_passed_on_is_one_request_for_its_host(
            method in "(GET|POST|CONNECT|[A-Z]{1,4})",
            target in "(http://)?[ -~]{0,24}",
            lines in proptest::collection::vec("[!-~]{1,12}: ?[ -~\t\r\n\u{80}-\u{ff}]{0,12}", 0..6),
        ) {
            let lines = lines.join("\r\n");
            let sent = format!("{method} {target} HTTP/1.1\r\n{lines}\r\n\r\nbody");
            if let Ok(Some(asked)) = parse_request(sent.as_bytes()) {
                proptest::prop_assert!(asked.length <= sent.len());
                if let Passage::Request(head) = asked.how {
                    let mut headers = [EMPTY_HEADER; LINES];
                    let mut request = httparse::Request::new(&mut headers);
                    let whole = request.parse(&head);
                    proptest::prop_assert_eq!(whole, Ok(Status::Complete(head.len())));
                    proptest::prop_assert!(request.path.is_some_and(|path| path.starts_with('/')));
                    for (name, times) in [("host", 1), ("connection", 1), ("upgrade", 0)] {
                        let is = |header: &&Header<'_>| header.name.eq_ignore_ascii_case(name);
                        proptest::prop_assert_eq!(request.headers.iter().filter(is).count(), times);
                    }
                }
            }
        }

        /// Whatever a host answers, the reader ends by its error, and what it passes on grows with what came.
        #[test]
        fn no_answer_of_a_host_breaks_the_filter(
            parts in proptest::collection::vec("(HTTP/1.1 [0-9]{3} [ -~]{0,4}\r\n|[ -~]{0,8}: [ -~]{0,8}\r\n|\r\n|[\u{0}-\u{ff}]{0,6})", 0..8),
        ) {
            let mut filter = ResponseFilter::default();
            let mut out = Vec::new();
            for part in parts {
                if filter.pass(part.as_bytes(), 256, &mut out).is_err() {
                    break;
                }
            }
        }
    }
}
