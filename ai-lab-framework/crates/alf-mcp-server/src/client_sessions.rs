//! The session in which each client goes on, asked for anew every so often.
//!
//! The binding is on disk, so that it outlives the server and another server can change it. Here it is only kept for a
//! moment: a call waits for no file.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ai_lab_contract::SessionId;
use alf_ops::{Failure, Framework, session_of_client};

/// How long a session is taken for the client's without asking. A change made elsewhere is seen after this.
const KEPT: Duration = Duration::from_secs(1);

/// How many clients are kept; above it all are asked for anew. Stops clients that name themselves anew each time.
const CLIENTS: usize = 64;

/// The sessions of the clients of one server.
#[derive(Debug, Default)]
pub(crate) struct ClientSessions(Mutex<HashMap<String, (SessionId, Instant)>>);

impl ClientSessions {
    /// The session of that client; begun where it has none that is active.
    pub(crate) fn of(&self, framework: &Framework, client: &str) -> Result<SessionId, Failure> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((session, asked)) = kept.get(client)
            && asked.elapsed() < KEPT
        {
            return Ok(session.clone());
        }
        let session = session_of_client(framework, client)?.session.id;
        if kept.len() >= CLIENTS {
            kept.clear();
        }
        kept.insert(client.to_owned(), (session.clone(), Instant::now()));
        Ok(session)
    }

    /// Asks for it anew at the next call.
    pub(crate) fn forget(&self, client: &str) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.remove(client);
    }
}
