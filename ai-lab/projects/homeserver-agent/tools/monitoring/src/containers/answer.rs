//! An answer in HTTP, from its bytes.

use httparse::{EMPTY_HEADER, Response, Status, parse_chunk_size};

/// How many lines a head may have.
const LINES: usize = 64;

/// One answer, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The first line behind the number.
    pub(super) reason: String,
    pub(super) body: Vec<u8>,
}

/// Bytes that are no whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadAnswer {
    /// It has no head.
    #[error("what it answered is no HTTP")]
    NoHead,
    /// It ended before its end.
    #[error("its answer was cut off")]
    Cut,
    /// More than is read, in bytes.
    #[error("its answer is longer than {0} bytes")]
    TooLong(usize),
}

/// Reads an answer from all the bytes of its connection.
pub(super) fn parse_answer(bytes: &[u8]) -> Result<Answer, BadAnswer> {
    let mut headers = [EMPTY_HEADER; LINES];
    let mut head = Response::new(&mut headers);
    let Ok(Status::Complete(start)) = head.parse(bytes) else {
        return Err(BadAnswer::NoHead);
    };
    let value = |name: &str| {
        let same = |header: &&httparse::Header<'_>| header.name.eq_ignore_ascii_case(name);
        let found = head.headers.iter().find(same)?;
        Some(
            String::from_utf8_lossy(found.value)
                .trim()
                .to_ascii_lowercase(),
        )
    };
    let rest = &bytes[start..];
    let body = if value("transfer-encoding").is_some_and(|coding| coding == "chunked") {
        joined(rest)?
    } else if let Some(length) = value("content-length") {
        let length: usize = length.parse().map_err(|_| BadAnswer::NoHead)?;
        rest.get(..length).ok_or(BadAnswer::Cut)?.to_vec()
    } else {
        rest.to_vec()
    };
    Ok(Answer {
        status: head.code.unwrap_or_default(),
        reason: head.reason.unwrap_or_default().to_owned(),
        body,
    })
}

/// The chunks' bytes, up to the empty one that says that all have come.
fn joined(mut rest: &[u8]) -> Result<Vec<u8>, BadAnswer> {
    let mut body = Vec::new();
    loop {
        let Ok(Status::Complete((start, size))) = parse_chunk_size(rest) else {
            return Err(BadAnswer::Cut);
        };
        if size == 0 {
            return Ok(body);
        }
        let end = usize::try_from(size)
            .ok()
            .and_then(|size| start.checked_add(size))
            .ok_or(BadAnswer::Cut)?;
        body.extend_from_slice(rest.get(start..end).ok_or(BadAnswer::Cut)?);
        rest = rest
            .get(end..)
            .and_then(|rest| rest.strip_prefix(b"\r\n"))
            .ok_or(BadAnswer::Cut)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn body(bytes: &str) -> Result<String, BadAnswer> {
        parse_answer(bytes.as_bytes()).map(|answer| String::from_utf8(answer.body).expect("text"))
    }

    #[test]
    fn a_body_ends_by_its_length_by_its_chunks_or_with_the_connection() {
        let all = Ok("[{}]".to_owned());
        assert_eq!(
            body("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n[{}]"),
            all
        );
        assert_eq!(
            body(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\n[\r\n3;x=y\r\n{}]\r\n0\r\n\r\n"
            ),
            all
        );
        assert_eq!(body("HTTP/1.1 200 OK\r\n\r\n[{}]"), all);
    }

    #[test]
    fn what_is_cut_off_is_not_taken_for_all_there_is() {
        for cut in [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n[{}]",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n[{}]\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[{}]",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n[{}]",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n[{}]xx",
        ] {
            assert_eq!(body(cut), Err(BadAnswer::Cut), "{cut}");
        }
        for none in [
            "",
            "HTTP/1.1 200 OK\r\n",
            "SSH-2.0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        ] {
            assert_eq!(body(none), Err(BadAnswer::NoHead), "{none}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(parts in proptest::collection::vec(
            "(HTTP/1.1 200 OK\r\n|Transfer-Encoding: chunked\r\n|Content-Length: [0-9]{1,20}\r\n|\r\n|[0-9a-f]{1,17}\r\n|[\u{0}-\u{ff}]{0,6})", 0..8,
        )) {
            let _ = parse_answer(parts.concat().as_bytes());
        }
    }
}
