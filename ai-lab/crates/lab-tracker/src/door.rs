//! What enters from outside: the working folder, the clock, and who calls.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use ai_lab_tool::contract::Context;
use ai_lab_tool::{Level, ToolContext, ToolFailure};
use lab_model::{Actor, ActorKind, Moment};
use lab_ops::{By, Lab};

use crate::refusal::refused;

/// How many characters of a session's id tell it from others; its end, as its beginning is the time of its birth.
const SESSION_CHARACTERS: usize = 6;

/// The longest name of a caller, in characters; an actor's has at most 100.
const NAME_CHARACTERS: usize = 80;

/// Where the tool stands. Clones share it.
#[derive(Clone)]
pub(crate) struct Door {
    folder: Option<PathBuf>,
    now_ms: Arc<dyn Fn() -> i64 + Send + Sync>,
}

impl Door {
    /// The working folder and the machine's clock.
    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    pub(crate) fn of_this_process() -> Self {
        let now_ms = || {
            let since = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default();
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        };
        Self {
            folder: std::env::current_dir().ok(),
            now_ms: Arc::new(now_ms),
        }
    }

    /// A folder and a clock that stands still.
    #[cfg(test)]
    pub(crate) fn fixed(folder: PathBuf, now_ms: i64) -> Self {
        Self {
            folder: Some(folder),
            now_ms: Arc::new(move || now_ms),
        }
    }

    /// The lab that the tool is in; what goes otherwise than expected is in the call's log.
    pub(crate) fn lab<'a>(&self, context: &'a ToolContext) -> Result<Opened<'a>, ToolFailure> {
        let folder = self
            .folder
            .as_deref()
            .ok_or_else(|| ToolFailure::new("environment", "the tool's working folder is gone"))?;
        let lab = Lab::find(folder).map_err(|error| refused(&error))?;
        Ok(Opened { lab, context })
    }

    /// Now.
    pub(crate) fn now(&self) -> Result<Moment, ToolFailure> {
        Moment::from_ms((self.now_ms)())
            .map_err(|error| ToolFailure::caused_by("environment", &error))
    }

    /// Who calls, when, and which version it has read.
    pub(crate) fn by(
        &self,
        context: &ToolContext,
        version: Option<u64>,
    ) -> Result<By, ToolFailure> {
        Ok(By {
            actor: caller(context.context()),
            at: self.now()?,
            seen_revision: version,
        })
    }
}

/// A lab during one call.
pub(crate) struct Opened<'a> {
    lab: Lab,
    context: &'a ToolContext,
}

impl Deref for Opened<'_> {
    type Target = Lab;

    fn deref(&self) -> &Lab {
        &self.lab
    }
}

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        for notice in self.lab.notices().take() {
            self.context.log(Level::Warn, &notice);
        }
    }
}

/// The agent behind a call: whose it is, and the end of its session's id, so that two at once are two.
fn caller(context: &Context) -> Actor {
    let user: String = context
        .user_id
        .iter()
        .flat_map(|user| user.chars())
        .filter(|c| !c.is_control() && !c.is_whitespace())
        .take(NAME_CHARACTERS)
        .collect();
    let user = if user.is_empty() { "unknown" } else { &user };
    let session = context.session_id.as_ref().map(|id| {
        let id = id.as_str();
        let from = id.len().saturating_sub(SESSION_CHARACTERS);
        id.get(from..).unwrap_or(id)
    });
    let name = match session {
        Some(session) => format!("{user}/{session}"),
        None => user.to_owned(),
    };
    let actor = format!("{}:{name}", ActorKind::Agent).parse();
    actor.unwrap_or_else(|_| Actor {
        kind: ActorKind::Agent,
        name: "unknown".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_is_named_by_account_and_session() {
        let called = |user: Option<&str>, session: Option<&str>| {
            let context = Context {
                user_id: user.map(str::to_owned),
                session_id: session.map(|id| id.parse().expect("an id")),
                ..Context::default()
            };
            caller(&context).to_string()
        };
        let session = "01a206a3-da63-71b6-b628-7738ae05aa32";
        assert_eq!(called(Some("jo"), Some(session)), "agent:jo/05aa32");
        assert_eq!(called(Some("jo"), None), "agent:jo");
        assert_eq!(called(None, None), "agent:unknown");
        assert_eq!(called(Some("j\u{1b} o\n"), None), "agent:jo");
        let long = "ä".repeat(300);
        assert_eq!(
            called(Some(&long), None).chars().count(),
            "agent:".len() + 80
        );
    }
}
