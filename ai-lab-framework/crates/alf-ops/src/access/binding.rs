//! The session of a client in a lab: where its work goes on, also after the client or the server was started anew.
//!
//! Kept in a small file and not in the record: it says only what is taken up next. Where it is lost, a client begins a
//! new session, and `session resume` by id brings the old one back.

use std::path::Path;

use ai_lab_contract::{ErrorClass, SessionId};
use alf_store::{SessionStatus, Store as _};
use serde::{Deserialize, Serialize};

use super::kept::{FORMAT, Kept, Write, change, read};
use crate::failure::Failure;
use crate::framework::Framework;
use crate::sessions::{SessionDetail, resume_session, show_session, start_session};

/// How many bindings are kept; the one that was used longest ago goes first. Stops clients that name themselves anew
/// each time from filling the file.
const MOST_BINDINGS: usize = 1_000;

/// How much of a name stands in a title, in characters.
const NAMED: usize = 60;

#[derive(Debug, Serialize, Deserialize)]
struct Bindings {
    format: u32,
    /// The last used at the end.
    bindings: Vec<Binding>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Binding {
    /// The lab's folder; empty outside any.
    lab: String,
    client: String,
    session: SessionId,
}

impl Default for Bindings {
    fn default() -> Self {
        Self {
            format: FORMAT,
            bindings: Vec::new(),
        }
    }
}

impl Kept for Bindings {
    const FILE: &'static str = "sessions.json";

    fn format(&self) -> u32 {
        self.format
    }
}

impl Bindings {
    fn of(&self, lab: &str, client: &str) -> Option<&SessionId> {
        let is_it = |binding: &&Binding| binding.lab == lab && binding.client == client;
        self.bindings.iter().find(is_it).map(|found| &found.session)
    }

    fn bind(&mut self, lab: &str, client: &str, session: &SessionId) {
        let is_other = |binding: &Binding| binding.lab != lab || binding.client != client;
        self.bindings.retain(is_other);
        let surplus = (self.bindings.len() + 1).saturating_sub(MOST_BINDINGS);
        self.bindings.drain(..surplus);
        self.bindings.push(Binding {
            lab: lab.to_owned(),
            client: client.to_owned(),
            session: session.clone(),
        });
    }
}

/// The session in which this client goes on in this lab: its own while that is active, else a new one.
///
/// A session that was paused or ended stays so: it was put aside on purpose, and is taken up by its id
/// ([`rebind_session`]). Of two servers that ask at once both are given the same one.
pub fn session_of_client(framework: &Framework, client: &str) -> Result<SessionDetail, Failure> {
    let lab = lab_of(framework);
    change(&framework.surroundings.home, |kept: &mut Bindings| {
        if let Some(bound) = kept.of(&lab, client)
            && is_active(framework, bound)?
        {
            return Ok((show_session(framework, bound.as_str())?, Write::Nothing));
        }
        let begun = start_session(framework, &title_of(client, &lab), None)?;
        kept.bind(&lab, client, &begun.session.id);
        Ok((begun, Write::Document))
    })
}

/// The session that this client has in this lab, whatever became of it; `None` where it has none.
pub fn bound_session(framework: &Framework, client: &str) -> Result<Option<SessionId>, Failure> {
    let kept: Bindings = read(&framework.surroundings.home)?;
    Ok(kept.of(&lab_of(framework), client).cloned())
}

/// Lets this client go on in that session, which must be there.
pub fn bind_session(
    framework: &Framework,
    client: &str,
    session: &SessionId,
) -> Result<(), Failure> {
    if framework.store()?.session(session)?.is_none() {
        let told = format!("there is no session {session}");
        return Err(Failure::new(ErrorClass::NotFound, told)
            .with_hint("`ai-lab-framework session list` shows the sessions there are."));
    }
    let lab = lab_of(framework);
    change(&framework.surroundings.home, |kept: &mut Bindings| {
        kept.bind(&lab, client, session);
        Ok(((), Write::Document))
    })
}

/// Takes a session up again, by its id or the beginning of it, and lets this client go on in it: also one that another
/// client began.
pub fn rebind_session(
    framework: &Framework,
    client: &str,
    id: &str,
) -> Result<SessionDetail, Failure> {
    let resumed = resume_session(framework, id)?;
    bind_session(framework, client, &resumed.session.id)?;
    Ok(resumed)
}

fn is_active(framework: &Framework, session: &SessionId) -> Result<bool, Failure> {
    let session = framework.store()?.session(session)?;
    Ok(session.is_some_and(|session| session.status == SessionStatus::Active))
}

fn lab_of(framework: &Framework) -> String {
    let lab = framework.surroundings.instance.as_deref();
    lab.map_or(String::new(), |lab| lab.to_string_lossy().into_owned())
}

/// `opencode in homelab`.
fn title_of(client: &str, lab: &str) -> String {
    let lab = Path::new(lab).file_name().unwrap_or_default();
    let lab = lab.to_string_lossy();
    let short = |text: &str| -> String {
        let plain = text.chars().filter(|c| !c.is_control());
        plain.take(NAMED).collect()
    };
    match (short(client), short(&lab)) {
        (client, lab) if lab.is_empty() => client,
        (client, lab) => format!("{client} in {lab}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_unused_binding_goes_first() {
        let mut kept = Bindings::default();
        let id = |text: String| text.parse::<SessionId>().expect("an id");
        for number in 0..=MOST_BINDINGS {
            kept.bind("/lab", &format!("c-{number}"), &id(format!("s-{number}")));
            kept.bind("/lab", "c-0", &id("s-0".to_owned()));
        }
        assert_eq!(kept.bindings.len(), MOST_BINDINGS);
        assert_eq!(kept.of("/lab", "c-0"), Some(&id("s-0".to_owned())));
        assert_eq!(kept.of("/lab", "c-1"), None);
        assert_eq!(kept.of("/elsewhere", "c-2"), None);
    }

    #[test]
    fn a_title_names_the_client_and_the_lab() {
        assert_eq!(
            title_of("opencode", "/home/ada/homelab"),
            "opencode in homelab"
        );
        assert_eq!(title_of("open\ncode", ""), "opencode");
    }
}
