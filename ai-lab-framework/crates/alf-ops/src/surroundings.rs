//! Everything that enters from outside, gathered at one door.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use ai_lab_contract::ExecutionId;
use serde::{Deserialize, Serialize};

/// The clock and the source of ids.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "the door through which time enters"
        )]
        Self(Arc::new(|| jiff::Timestamp::now().as_millisecond()))
    }

    /// A clock that stands still, for tests: milliseconds since 1970, UTC.
    pub fn fixed(now_ms: i64) -> Self {
        Self(Arc::new(move || now_ms))
    }

    /// Now, in milliseconds since 1970, UTC.
    pub fn now_ms(&self) -> i64 {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now_ms())
    }
}

/// A new id that sorts by its time of birth.
#[expect(clippy::missing_panics_doc, reason = "a UUID keeps the rule of ids")]
pub fn new_execution_id() -> ExecutionId {
    uuid::Uuid::now_v7()
        .to_string()
        .parse()
        .expect("because a UUID keeps the rule of ids")
}

/// Who calls, as recorded with each execution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Its name, such as `cli`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The protocol it speaks, such as `cli/1`.
    pub protocol: String,
}

/// The longest of a client's words, in bytes: they stand in every row of the record and in every listing.
const CLIENT_BYTES: usize = 128;

impl Client {
    /// A client as it named itself: cut, and without control characters.
    pub fn told(name: &str, version: &str, protocol: &str) -> Self {
        let word = |text: &str| {
            let harmless = text.chars().filter(|c| !c.is_control());
            let mut bytes = 0;
            let within = |c: &char| {
                bytes += c.len_utf8();
                bytes <= CLIENT_BYTES
            };
            harmless.take_while(within).collect()
        };
        Self {
            name: word(name),
            version: word(version),
            protocol: word(protocol),
        }
    }
}

/// What the framework stands in.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The framework's home, usually `~/.ai-lab`.
    pub home: PathBuf,
    /// The lab in whose folder the framework was called; `None` outside any.
    pub instance: Option<PathBuf>,
    /// The environment's variables, lent to tools as granted.
    pub variables: BTreeMap<String, String>,
    /// Where programs are looked up.
    pub path: String,
    /// The framework's own program.
    pub executable: PathBuf,
    /// Who calls.
    pub client: Client,
    /// This machine's name.
    pub host: String,
    /// The person's account name; `None` when the machine does not tell.
    pub user: Option<String>,
    /// The clock.
    pub clock: Clock,
}

impl Surroundings {
    /// The framework's database.
    pub fn database(&self) -> PathBuf {
        self.home.join("framework.db")
    }

    /// The store of the framework's releases.
    pub fn release_store(&self) -> PathBuf {
        self.home.join("framework")
    }

    /// Where frameworks that have long-lived processes leave their names.
    pub(crate) fn worker_marks(&self) -> PathBuf {
        self.home.join("workers")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_calls_itself_is_cut_at_a_character_and_commands_nothing() {
        let client = Client::told("open\u{1b}[2Jcode", &"ä".repeat(100), "");
        assert_eq!(
            client,
            Client {
                name: "open[2Jcode".to_owned(),
                version: "ä".repeat(64),
                protocol: String::new(),
            }
        );
    }
}
