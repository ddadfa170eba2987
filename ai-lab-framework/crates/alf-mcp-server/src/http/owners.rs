//! Whose a session is, in the era that has them: its id alone opens nothing to the bearer of another token.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::HeaderMap;

use crate::limits::HTTP_SESSIONS;

/// Names a session in a request and in the answer that begins it.
pub(super) const SESSION: &str = "mcp-session-id";

/// The token's name by session.
#[derive(Default)]
pub(super) struct Owners(Mutex<HashMap<String, String>>);

impl Owners {
    /// Whether a request may be in the session that it names, if it names one.
    pub(super) fn lets(&self, request: &HeaderMap, token: &str) -> bool {
        let mut named = request.get_all(SESSION).iter();
        let Some(session) = named.next() else {
            return true;
        };
        let owners = self.owners();
        let owner = session.to_str().ok().and_then(|id| owners.get(id));
        named.next().is_none() && owner.is_some_and(|owner| owner == token)
    }

    /// Keeps who began a session; those that are open no more are forgotten when there are many.
    pub(super) fn note(
        &self,
        answer: &HeaderMap,
        token: String,
        open: impl FnOnce() -> Option<HashSet<String>>,
    ) {
        let Some(session) = answer.get(SESSION).and_then(|id| id.to_str().ok()) else {
            return;
        };
        let mut owners = self.owners();
        if owners.len() >= HTTP_SESSIONS
            && let Some(open) = open()
        {
            owners.retain(|id, _| open.contains(id));
        }
        owners.entry(session.to_owned()).or_insert(token);
    }

    fn owners(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn naming(sessions: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for session in sessions {
            headers.append(SESSION, HeaderValue::from_str(session).expect("a header"));
        }
        headers
    }

    #[test]
    fn a_session_is_its_tokens_alone() {
        let owners = Owners::default();
        owners.note(&naming(&["s1"]), "laptop".to_owned(), || None);
        owners.note(&naming(&["s1"]), "thief".to_owned(), || None);
        owners.note(&naming(&[]), "nobody".to_owned(), || None);
        let lets = |sessions: &[&str], token: &str| owners.lets(&naming(sessions), token);
        assert_eq!(
            [
                lets(&["s1"], "laptop"),
                lets(&["s1"], "thief"),
                lets(&["s2"], "laptop"),
                lets(&["s1", "s1"], "laptop"),
                lets(&[], "thief"),
            ],
            [true, false, false, false, true]
        );
    }

    #[test]
    fn sessions_that_are_over_are_forgotten_before_there_are_too_many() {
        let owners = Owners::default();
        for number in 0..HTTP_SESSIONS {
            owners.note(&naming(&[&number.to_string()]), "a".to_owned(), || None);
        }
        let open = || Some(HashSet::from(["7".to_owned()]));
        owners.note(&naming(&["new"]), "a".to_owned(), open);
        let mut kept: Vec<String> = owners.owners().keys().cloned().collect();
        kept.sort();
        assert_eq!(kept, ["7", "new"]);
    }
}
