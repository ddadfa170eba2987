//! The body of a request, read whole before anybody acts on it.

use http::StatusCode;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body, Bytes};

use super::head::{Refused, TOO_LARGE};
use crate::limits::{BODY_BYTES, BODY_WITHIN};

/// All of a body.
///
/// # Errors
///
/// The body is longer than [`BODY_BYTES`], breaks off, or is not there within [`BODY_WITHIN`].
pub(super) async fn whole<B>(body: B) -> Result<Bytes, Refused>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let read = Limited::new(body, BODY_BYTES).collect();
    match tokio::time::timeout(BODY_WITHIN, read).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(TOO_LARGE),
        Ok(Err(_)) => Err((
            StatusCode::BAD_REQUEST,
            "the body cannot be read to its end",
        )),
        Err(_late) => Err((StatusCode::REQUEST_TIMEOUT, "the body took too long")),
    }
}
