//! HTTP as far as a check needs it: addresses, redirects, one request's bytes, one answer's parts. Touches nothing.

use httparse::{EMPTY_HEADER, Response, Status, parse_chunk_size};

use super::target::Place;

/// How much of a page is read, in bytes. Stops a download without end.
pub(crate) const BODY_BYTES: usize = 256 * 1024;

/// The longest head of an answer, in bytes.
pub(crate) const HEAD_BYTES: usize = 32 * 1024;

/// How many headers an answer may have.
const HEADERS: usize = 128;

/// The longest address, in bytes.
const URL_BYTES: usize = 2048;

/// An address that can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Url {
    pub(crate) is_secure: bool,
    pub(crate) at: Place,
    /// Path and query.
    pub(crate) path: String,
}

impl Url {
    /// `None` for what is neither `http://` nor `https://`, names a user, or has a blank or control character.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let is_secure = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_plain || text.len() > URL_BYTES {
            return None;
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let usual = if is_secure { 443 } else { 80 };
        let (host, port) = match authority.rsplit_once(':') {
            // The colon is within the brackets of an address.
            Some((_, port)) if port.ends_with(']') => (authority, usual),
            Some((host, port)) => (host, port.parse().ok()?),
            None => (authority, usual),
        };
        let slash = if path.starts_with('/') { "" } else { "/" };
        Some(Self {
            is_secure,
            at: Place::new(host, port)?,
            path: format!("{slash}{path}"),
        })
    }

    /// Where a redirect leads from here.
    pub(crate) fn follow(&self, location: &str) -> Option<Self> {
        let location = location.trim();
        let scheme = if self.is_secure { "https" } else { "http" };
        let here = self.path.split('?').next().unwrap_or("/");
        let path = if location.contains("://") {
            return Self::parse(location);
        } else if location.starts_with("//") {
            return Self::parse(&format!("{scheme}:{location}"));
        } else if location.starts_with('/') {
            location.to_owned()
        } else if location.starts_with('?') {
            format!("{here}{location}")
        } else {
            let folder = here.rfind('/').map_or("/", |slash| &here[..=slash]);
            format!("{folder}{location}")
        };
        Self::parse(&format!("{scheme}://{}{path}", self.at))
    }

    /// The whole request in one piece. The connection is not used again.
    pub(crate) fn request(&self) -> Vec<u8> {
        let usual = if self.is_secure { 443 } else { 80 };
        let at = self.at.to_string();
        let host = if self.at.port == usual {
            at.rsplit_once(':').map_or(at.as_str(), |(host, _)| host)
        } else {
            &at
        };
        format!(
            "GET {} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: ai-lab-monitoring\r\nAccept: */*\r\nConnection: close\r\n\r\n",
            self.path
        )
        .into_bytes()
    }
}

impl std::fmt::Display for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = if self.is_secure { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.at, self.path)
    }
}

/// What has come of an answer so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    /// What has come of the body, unpacked from its chunks.
    pub(crate) body: Vec<u8>,
    /// Whether that is all of it.
    pub(crate) is_whole: bool,
}

/// Bytes that are no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AnswerError {
    /// Something else than HTTP.
    #[error("its answer is no HTTP")]
    NoHttp,
    /// A head without an end.
    #[error("the head of its answer is longer than {HEAD_BYTES} bytes")]
    LongHead,
}

/// Reads an answer from what has come; `None` while the head is not whole. `is_over` is that no more comes.
pub(crate) fn parse_answer(bytes: &[u8], is_over: bool) -> Result<Option<Answer>, AnswerError> {
    let mut headers = [EMPTY_HEADER; HEADERS];
    let mut head = Response::new(&mut headers);
    let start = match head.parse(bytes) {
        Ok(Status::Complete(start)) => start,
        Ok(Status::Partial) if bytes.len() > HEAD_BYTES => return Err(AnswerError::LongHead),
        Ok(Status::Partial) => return Ok(None),
        Err(_) => return Err(AnswerError::NoHttp),
    };
    let status = head.code.unwrap_or_default();
    // What comes before the answer itself, such as `100 Continue`.
    if (100..200).contains(&status) {
        return parse_answer(&bytes[start..], is_over);
    }
    let value = |name: &str| {
        let found = head
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))?;
        Some(String::from_utf8_lossy(found.value).trim().to_owned())
    };
    let rest = &bytes[start..];
    let is_chunked =
        value("transfer-encoding").is_some_and(|how| how.to_ascii_lowercase().contains("chunked"));
    let length = value("content-length").map(|text| text.parse::<usize>());
    let (body, is_whole) = if matches!(status, 204 | 304) {
        (Vec::new(), true)
    } else if is_chunked {
        unchunked(rest)?
    } else if let Some(length) = length {
        let length = length.map_err(|_| AnswerError::NoHttp)?;
        match rest.get(..length) {
            Some(body) => (body.to_vec(), true),
            None => (rest.to_vec(), false),
        }
    } else {
        (rest.to_vec(), is_over)
    };
    Ok(Some(Answer {
        status,
        location: value("location"),
        body,
        is_whole,
    }))
}

/// What has come of the chunks, and whether the last one has.
fn unchunked(mut rest: &[u8]) -> Result<(Vec<u8>, bool), AnswerError> {
    let mut body = Vec::new();
    loop {
        let (start, size) = match parse_chunk_size(rest) {
            Ok(Status::Complete(found)) => found,
            Ok(Status::Partial) => return Ok((body, false)),
            Err(_) => return Err(AnswerError::NoHttp),
        };
        if size == 0 {
            return Ok((body, true));
        }
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let end = start.saturating_add(size);
        let Some(chunk) = rest.get(start..end) else {
            body.extend_from_slice(rest.get(start..).unwrap_or_default());
            return Ok((body, false));
        };
        body.extend_from_slice(chunk);
        // The line's end after the chunk.
        rest = rest.get(end + 2..).unwrap_or_default();
    }
}

/// Whether the page has the text.
pub(crate) fn has_text(body: &[u8], text: &str) -> bool {
    text.is_empty()
        || body
            .windows(text.len())
            .any(|window| window == text.as_bytes())
}

#[cfg(test)]
mod tests;
