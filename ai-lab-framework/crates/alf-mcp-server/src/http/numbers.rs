//! The numbers of requests that are not answered yet, in the era that has sessions.
//!
//! The SDK gives the answers of both to the later of two requests with one number, and the earlier waits for ever.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::head::Refused;
use super::owners::SESSION;

/// What is in flight: sessions and numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers(Arc<Mutex<HashSet<(String, String)>>>);

/// One request until it is answered, or its client gone.
#[derive(Debug)]
pub(super) struct InFlight {
    numbers: Numbers,
    own: (String, String),
}

#[derive(Deserialize)]
struct Message {
    id: Option<Value>,
    method: Option<String>,
}

impl Numbers {
    /// Keeps a request's number until the answer's end; `None` for what has no number or is in no session.
    ///
    /// # Errors
    ///
    /// Its session has a request with that number in flight.
    pub(super) fn take(
        &self,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Option<InFlight>, Refused> {
        let Some(own) = request(headers, body) else {
            return Ok(None);
        };
        let mut numbers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !numbers.insert(own.clone()) {
            return Err((
                StatusCode::CONFLICT,
                "a request with this id is not answered yet",
            ));
        }
        drop(numbers);
        Ok(Some(InFlight {
            numbers: self.clone(),
            own,
        }))
    }
}

/// A request's session and number; `None` for what is none, or is in no session.
fn request(headers: &HeaderMap, body: &[u8]) -> Option<(String, String)> {
    let session = headers.get(SESSION)?.to_str().ok()?;
    let message: Message = serde_json::from_slice(body).ok()?;
    message.method?;
    Some((session.to_owned(), message.id?.to_string()))
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let numbers = self.numbers.0.lock();
        let mut numbers = numbers.unwrap_or_else(PoisonError::into_inner);
        numbers.remove(&self.own);
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_number_is_taken_once_a_session_until_it_is_answered() {
        let numbers = Numbers::default();
        let in_session = |session: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(SESSION, HeaderValue::from_str(session).expect("a header"));
            headers
        };
        let call = br#"{"id":7,"method":"tools/call"}"#;
        let first = numbers.take(&in_session("a"), call);
        assert!(matches!(first, Ok(Some(_))));
        let again = numbers.take(&in_session("a"), call);
        assert!(matches!(again, Err((StatusCode::CONFLICT, _))));
        let other_session = numbers.take(&in_session("b"), call);
        assert!(matches!(other_session, Ok(Some(_))));
        let a_text = numbers.take(&in_session("a"), br#"{"id":"7","method":"tools/call"}"#);
        assert!(matches!(a_text, Ok(Some(_))));
        let no_session = numbers.take(&HeaderMap::new(), call);
        assert!(matches!(no_session, Ok(None)));
        let an_answer = numbers.take(&in_session("a"), br#"{"id":7,"result":{}}"#);
        assert!(matches!(an_answer, Ok(None)));
        assert!(matches!(numbers.take(&in_session("a"), b"{"), Ok(None)));
        drop(first);
        let later = numbers.take(&in_session("a"), call);
        assert!(matches!(later, Ok(Some(_))));
    }
}
