//! What the head of a request must be before anything else is looked at.

use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, HOST, ORIGIN};
use http::{HeaderMap, Request, StatusCode};

use super::PATH;
use crate::limits::BODY_BYTES;

/// Why a request goes no further.
pub(super) type Refused = (StatusCode, &'static str);

/// That a request is for the one path, says each thing once, and its body can be read.
///
/// Of two hosts or origins, one program looks at the first and the next at the last: whoever sends two means harm.
pub(super) fn is_plain<B>(request: &Request<B>) -> Result<(), Refused> {
    let (uri, headers) = (request.uri(), request.headers());
    if uri.authority().is_some() {
        return Err((
            StatusCode::BAD_REQUEST,
            "this is no proxy: ask for /mcp alone",
        ));
    }
    if uri.path() != PATH {
        return Err((StatusCode::NOT_FOUND, "the lab is served at /mcp"));
    }
    for name in [HOST, ORIGIN] {
        if headers.get_all(name).iter().nth(1).is_some() {
            return Err((StatusCode::BAD_REQUEST, "send one Host and one Origin"));
        }
    }
    if headers.contains_key(CONTENT_ENCODING) {
        return Err((
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "send the body as it is, not packed",
        ));
    }
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|told| told.to_str().ok());
    match length.map(str::parse::<usize>) {
        Some(Ok(length)) if length > BODY_BYTES => Err(TOO_LARGE),
        // One that is no number was refused before; one that is too large for any number is too large for us.
        Some(Err(_)) => Err(TOO_LARGE),
        Some(Ok(_)) | None => Ok(()),
    }
}

/// More body than is taken.
pub(super) const TOO_LARGE: Refused = (
    StatusCode::PAYLOAD_TOO_LARGE,
    "the body is longer than 8 MiB",
);

/// The token of a request; `None` where there is none, or more than one.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(only), None) = (all.next(), all.next()) else {
        return None;
    };
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}
