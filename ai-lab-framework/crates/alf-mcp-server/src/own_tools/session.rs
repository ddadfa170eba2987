//! `lab_session`: the session in which the client goes on.

use ai_lab_contract::SessionId;
use alf_ops::{Failure, bind_session, pause_session, rebind_session, start_session};
use rmcp::model::CallToolResult;
use serde::Deserialize;
use serde_json::{Value, json};

use super::text;
use crate::answer::of_failure;
use crate::calls::Answering;
use crate::capsule::{capsule_text, note};

pub(super) const DESCRIPTION: &str = "Where the work stands, also across restarts and agents. show: goal, decisions, open \
     points, files, last executions. note: keep something for later (lines `goal: …`, `decision: …`, `open: …`, `done: …`, \
     `file: …`, the rest is the note). start: a new session. pause: put it aside with a note. resume: go on in the session \
     `id`, also one that another agent began.";

/// The input.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    #[serde(rename = "do")]
    verb: Verb,
    id: Option<String>,
    #[serde(default)]
    text: String,
}

/// What to do with it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Verb {
    Show,
    Start,
    Resume,
    Pause,
    Note,
}

pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "required": ["do"],
        "properties": {
            "do": { "type": "string", "enum": ["show", "note", "start", "pause", "resume"] },
            "id": { "type": "string", "description": "Which session; your own unless said." },
            "text": { "type": "string", "description": "The note, or the title of a new session." },
        },
    })
}

pub(super) fn carry_out(answering: Answering<'_>, wanted: &Wanted) -> CallToolResult {
    done(answering, wanted).map_or_else(|failure| of_failure(&failure), text)
}

fn done(answering: Answering<'_>, wanted: &Wanted) -> Result<String, Failure> {
    let Answering { lab, caller, .. } = answering;
    let framework = &lab.framework;
    let own = || -> Result<SessionId, Failure> { lab.sessions.of(framework, &caller.key) };
    let meant = || match &wanted.id {
        Some(id) => Ok(id.clone()),
        None => own().map(|id| id.to_string()),
    };
    let session = match wanted.verb {
        Verb::Show => meant()?,
        Verb::Note => {
            let id = meant()?;
            note(framework, &id, &wanted.text)?;
            id
        }
        Verb::Start => {
            let title = wanted.text.lines().next().unwrap_or_default();
            let title = if title.is_empty() { &caller.key } else { title };
            let begun = start_session(framework, title, None)?.session.id;
            bind_session(framework, &caller.key, &begun)?;
            begun.to_string()
        }
        Verb::Pause => {
            let id = meant()?;
            pause_session(framework, &id, &wanted.text)?;
            id
        }
        Verb::Resume => {
            let id = meant()?;
            rebind_session(framework, &caller.key, &id)?
                .session
                .id
                .to_string()
        }
    };
    lab.sessions.forget(&caller.key);
    capsule_text(framework, &session)
}
