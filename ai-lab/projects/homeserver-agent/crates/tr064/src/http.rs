//! HTTP 1.1, as little of it as a router speaks: one request's bytes, one answer's parts.

use httparse::{EMPTY_HEADER, Response, Status, parse_chunk_size};

use crate::CallError;

/// The longest answer, head and body. The longest real one is a host list of some hundred kilobytes.
pub(crate) const ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// The longest head of an answer.
const HEAD_BYTES: usize = 16 * 1024;

/// How many headers an answer may have.
const HEADERS: usize = 64;

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    /// `GET` or `POST`.
    pub(crate) method: &'static str,
    /// The path with its query.
    pub(crate) path: &'a str,
    /// What is called, for a call.
    pub(crate) soap_action: Option<&'a str>,
    /// The body of a call.
    pub(crate) body: &'a str,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In small letters, without parameters.
    pub(crate) content_type: String,
    /// The digest's challenge, where there are several ways offered.
    pub(crate) challenge: Option<String>,
    /// Whether the connection may be used again.
    pub(crate) stays: bool,
    pub(crate) body: Vec<u8>,
}

/// Whether a text can stand in a request's first line: no blank, no control character, nothing but ASCII.
pub(crate) fn is_path(text: &str) -> bool {
    text.starts_with('/')
        && !text.starts_with("//")
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The path and query of an address that the router gave. Its host is not looked at: whatever it says, the request
/// goes to the router itself.
pub(crate) fn own_path(address: &str) -> Option<&str> {
    let address = address.trim();
    let path = match address.split_once("://") {
        Some((_, rest)) => &rest[rest.find('/')?..],
        None => address,
    };
    is_path(path).then_some(path)
}

/// Host and port, as HTTP writes them.
pub(crate) fn authority(host: &str, port: u16) -> String {
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

/// The whole request in one piece: head and body in two segments cost a delayed acknowledgement each.
pub(crate) fn request(
    request: Request<'_>,
    host: &str,
    port: u16,
    authorization: Option<&str>,
) -> Vec<u8> {
    let Request {
        method,
        path,
        soap_action,
        body,
    } = request;
    let at = authority(host, port);
    let login = authorization.map(|login| format!("Authorization: {login}\r\n"));
    let login = login.unwrap_or_default();
    let length = body.len();
    let call = soap_action.map(|action| {
        format!(
            "Content-Type: text/xml; charset=\"utf-8\"\r\nSOAPAction: \"{action}\"\r\nContent-Length: {length}\r\n"
        )
    });
    let call = call.unwrap_or_default();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: {at}\r\nUser-Agent: ai-lab-fritzbox\r\n{login}{call}\r\n{body}"
    )
    .into_bytes()
}

/// Reads an answer from what has come so far; `None` while there is more to come. `is_over` is that there is not.
pub(crate) fn parse_answer(bytes: &[u8], is_over: bool) -> Result<Option<Answer>, CallError> {
    let mut headers = [EMPTY_HEADER; HEADERS];
    let mut head = Response::new(&mut headers);
    let start = match head.parse(bytes) {
        Ok(Status::Complete(start)) => start,
        Ok(Status::Partial) if bytes.len() > HEAD_BYTES => {
            return Err(CallError::TooLong(HEAD_BYTES));
        }
        Ok(Status::Partial) => return Ok(None),
        Err(_) => return Err(CallError::Http("its head is broken")),
    };
    let values = |name: &'static str| {
        let same = head
            .headers
            .iter()
            .filter(move |header| header.name.eq_ignore_ascii_case(name));
        same.map(|header| String::from_utf8_lossy(header.value).trim().to_owned())
    };
    let has = |name: &'static str, word: &str| {
        values(name).any(|value| value.to_ascii_lowercase().contains(word))
    };
    let rest = &bytes[start..];
    let mut lengths = values("content-length").map(|text| text.parse::<usize>());
    let (body, is_closed) = if has("transfer-encoding", "chunked") {
        (unchunked(rest)?, false)
    } else if let Some(length) = lengths.next() {
        let length = length.map_err(|_| CallError::Http("its length is no number"))?;
        if length > ANSWER_BYTES {
            return Err(CallError::TooLong(ANSWER_BYTES));
        }
        (rest.get(..length).map(<[u8]>::to_vec), false)
    } else {
        (is_over.then(|| rest.to_vec()), true)
    };
    let stays = !is_closed && head.version == Some(1) && !has("connection", "close");
    let content_type = values("content-type")
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    Ok(body.map(|body| Answer {
        status: head.code.unwrap_or_default(),
        content_type: content_type
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned(),
        challenge: digest_first(values("www-authenticate")),
        stays,
        body,
    }))
}

/// The digest's challenge, else the first one.
fn digest_first(challenges: impl Iterator<Item = String>) -> Option<String> {
    let challenges: Vec<String> = challenges.collect();
    let is_digest = |text: &&String| text.to_ascii_lowercase().starts_with("digest");
    challenges
        .iter()
        .find(is_digest)
        .or_else(|| challenges.first())
        .cloned()
}

/// The body of chunks; `None` while there is more to come.
fn unchunked(mut rest: &[u8]) -> Result<Option<Vec<u8>>, CallError> {
    let mut body = Vec::new();
    loop {
        let (start, size) = match parse_chunk_size(rest) {
            Ok(Status::Complete(found)) => found,
            Ok(Status::Partial) => return Ok(None),
            Err(_) => return Err(CallError::Http("a chunk has no size")),
        };
        if size == 0 {
            return Ok(Some(body));
        }
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        if size > ANSWER_BYTES {
            return Err(CallError::TooLong(ANSWER_BYTES));
        }
        let Some(chunk) = rest.get(start..start + size) else {
            return Ok(None);
        };
        body.extend_from_slice(chunk);
        // The line's end after the chunk.
        rest = rest.get(start + size + 2..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str, is_over: bool) -> Option<(u16, String, bool)> {
        let answer = parse_answer(text.as_bytes(), is_over).expect("it is HTTP")?;
        Some((
            answer.status,
            String::from_utf8_lossy(&answer.body).into_owned(),
            answer.stays,
        ))
    }

    #[test]
    fn a_request_is_one_piece() {
        let sent = request(
            Request {
                method: "POST",
                path: "/upnp/control/x",
                soap_action: Some("urn:x:1#A"),
                body: "<a/>",
            },
            "fritz.box",
            49000,
            Some("Digest x"),
        );
        assert_eq!(
            String::from_utf8_lossy(&sent),
            "POST /upnp/control/x HTTP/1.1\r\nHost: fritz.box:49000\r\nUser-Agent: ai-lab-fritzbox\r\n\
             Authorization: Digest x\r\nContent-Type: text/xml; charset=\"utf-8\"\r\nSOAPAction: \"urn:x:1#A\"\r\n\
             Content-Length: 4\r\n\r\n<a/>"
        );
        let sent = request(
            Request {
                method: "GET",
                path: "/a",
                soap_action: None,
                body: "",
            },
            "fe80::1",
            80,
            None,
        );
        assert!(sent.starts_with(b"GET /a HTTP/1.1\r\nHost: [fe80::1]:80\r\n"));
    }

    #[test]
    fn the_body_is_as_long_as_the_head_says() {
        let whole = |body: &str, stays| Some((200, body.to_owned(), stays));
        let cases = [
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
                false,
                whole("abc", true),
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: Close\r\n\r\nabc",
                false,
                whole("abc", false),
            ),
            (
                "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc",
                false,
                whole("abc", false),
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
                false,
                None,
            ),
            ("HTTP/1.1 200 OK\r\n\r\nab", false, None),
            ("HTTP/1.1 200 OK\r\n\r\nab", true, whole("ab", false)),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
                false,
                whole("abc", true),
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1",
                false,
                None,
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\na",
                false,
                None,
            ),
            ("HTTP/1.1 2", false, None),
        ];
        for (text, is_over, expected) in cases {
            assert_eq!(read(text, is_over), expected, "{text}");
        }
    }

    #[test]
    fn what_breaks_http_or_never_ends_is_refused() {
        let refused = |text: &str| {
            parse_answer(text.as_bytes(), false)
                .expect_err("it is none")
                .to_string()
        };
        assert_eq!(
            refused("SSH-2.0-x\r\n\r\n"),
            "the answer is no HTTP: its head is broken"
        );
        assert_eq!(
            refused("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"),
            "the answer is no HTTP: its length is no number"
        );
        assert_eq!(
            refused("HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n"),
            "the answer is longer than 4194304 bytes"
        );
        assert_eq!(
            refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n"),
            "the answer is longer than 4194304 bytes"
        );
        assert_eq!(
            refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            "the answer is no HTTP: a chunk has no size"
        );
        let endless = format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(HEAD_BYTES));
        assert_eq!(refused(&endless), "the answer is longer than 16384 bytes");
    }

    #[test]
    fn of_two_ways_to_log_in_the_digest_is_taken() {
        let text = "HTTP/1.1 401 Unauthorized\r\nContent-Type: Text/HTML; charset=x\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\
                    www-authenticate: Digest realm=\"y\"\r\nContent-Length: 0\r\n\r\n";
        let answer = parse_answer(text.as_bytes(), false)
            .expect("it is HTTP")
            .expect("it is whole");
        assert_eq!(answer.challenge.as_deref(), Some("Digest realm=\"y\""));
        assert_eq!(answer.content_type, "text/html");
    }

    #[test]
    fn an_address_leads_nowhere_but_to_the_router() {
        let cases = [
            ("/a.lua?sid=1", Some("/a.lua?sid=1")),
            (
                "http://192.168.178.1:49000/calls.lua?sid=1",
                Some("/calls.lua?sid=1"),
            ),
            ("https://evil.example/x", Some("/x")),
            ("http://evil.example", None),
            ("//evil.example/x", None),
            ("/a b", None),
            ("/a\r\nHost: x", None),
            ("", None),
        ];
        for (address, expected) in cases {
            assert_eq!(own_path(address), expected, "{address}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(tail in prop::collection::vec(any::<u8>(), 0..200), is_over: bool) {
            let _ = parse_answer(&tail, is_over);
            for head in ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"] {
                let _ = parse_answer(&[head.as_bytes(), &tail].concat(), is_over);
            }
        }
    }
}
