//! From what a person typed to one session.

use ai_lab_contract::{ErrorClass, SessionId};
use alf_store::{MOST_ROWS, Session, SessionFilter, Store};
use serde_json::{Map, Value};

use crate::failure::Failure;

/// How many sessions are named where several are meant.
const NAMED: usize = 8;

/// The session of that id, or the only one whose id begins so among the newest [`MOST_ROWS`].
pub(super) fn find_session(store: &dyn Store, text: &str) -> Result<Session, Failure> {
    if let Ok(id) = text.parse::<SessionId>()
        && let Some(session) = store.session(&id)?
    {
        return Ok(session);
    }
    let sessions = store.sessions(&SessionFilter {
        status: None,
        limit: MOST_ROWS,
    })?;
    let ids = || sessions.iter().map(|session| session.id.as_str());
    let begin_so: Vec<&str> = ids().filter(|id| id.starts_with(text)).collect();
    match begin_so.as_slice() {
        [only] => {
            let is_it = |session: &Session| session.id.as_str() == *only;
            let place = sessions.iter().position(is_it);
            let place = place.expect("because it was just found there");
            Ok(sessions[place].clone())
        }
        [] => {
            let told = format!("there is no session `{}`", text.escape_debug());
            let hint = match alf_schema::nearest(text, ids()) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => "`ai-lab-framework session list` shows the sessions there are.".to_owned(),
            };
            Err(Failure::new(ErrorClass::NotFound, told).with_hint(hint))
        }
        several => {
            let more = if several.len() > NAMED { ", …" } else { "" };
            let named = several[..several.len().min(NAMED)].join(", ");
            let told = format!(
                "`{}` begins the ids of several sessions: {named}{more}",
                text.escape_debug()
            );
            Err(Failure::new(ErrorClass::Usage, told).with_hint("Give more of the id."))
        }
    }
}

/// A session's context.
pub(super) fn context_of(session: &Session) -> Result<Map<String, Value>, Failure> {
    serde_json::from_str(&session.data).map_err(|error| {
        let told = format!("the context of session {} is no JSON object", session.id);
        Failure::caused(ErrorClass::Internal, told, error)
            .with_hint("`ai-lab-framework doctor` looks at the database.")
    })
}
