//! The frame of every change: shown first, carried out only from the state that was shown, and read back.

use ai_lab_tool::ToolFailure;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tr064::{CallError, Router};

use crate::failure;
use crate::second_factor::{self, Asked, Confirm};
use crate::session::Session;

/// How far a change has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// Shown and not done: call again with the `precondition` to carry it out.
    Planned,
    /// Nothing to do: it is so already.
    Unchanged,
    /// Somebody has to confirm it at the router; then call again, just as before.
    Confirm,
    /// Done, and read back.
    Done,
}

/// What became of a change.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Change<S> {
    /// How far it has come.
    outcome: Outcome,
    /// How it is, or was.
    before: S,
    /// How it will be; once it is done, as it was read back.
    after: S,
    /// What carries it out, as long as it still is as told in `before`.
    precondition: Option<String>,
    /// The call that takes it back.
    undo: Option<Undo>,
    /// What somebody has to do at the router.
    confirm: Option<Confirm>,
    /// Sentences about what to know.
    notes: Vec<String>,
}

/// The call that takes a change back.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Undo {
    /// Which action.
    pub(crate) action: &'static str,
    /// With what; it shows a plan first, too.
    pub(crate) input: Value,
}

/// What is wanted.
#[derive(Debug)]
pub(crate) struct Wish<S> {
    /// The action that was called.
    pub(crate) action: &'static str,
    /// Its input without the precondition.
    pub(crate) input: Value,
    /// The precondition that was handed in.
    pub(crate) precondition: Option<String>,
    /// How it is.
    pub(crate) before: S,
    /// How it is to be.
    pub(crate) wanted: S,
    /// Whether there is something to do although both are the same, as with a restart.
    pub(crate) is_event: bool,
    /// How it is taken back; `None` if it cannot be.
    pub(crate) undo: Option<Undo>,
}

/// What a look at the router after a change says.
#[derive(Debug)]
pub(crate) struct Seen<S> {
    /// How it is now.
    pub(crate) state: S,
    /// Whether that is what was wanted.
    pub(crate) is_done: bool,
}

/// Plans a change, or carries it out.
///
/// `act` is called once, with the second factor's token if there is one; `look` reads back. Without the right
/// precondition neither is called.
pub(crate) fn carry_out<S: Serialize + Clone + PartialEq>(
    session: &mut Session,
    wish: Wish<S>,
    act: impl FnOnce(&mut Router, Option<&str>) -> Result<(), CallError>,
    look: impl FnOnce(&mut Session) -> Result<Seen<S>, ToolFailure>,
) -> Result<Change<S>, ToolFailure> {
    let precondition = precondition(&wish);
    if !wish.is_event && wish.before == wish.wanted {
        return Ok(told(session, wish, Outcome::Unchanged, None));
    }
    match &wish.precondition {
        None => return Ok(told(session, wish, Outcome::Planned, Some(precondition))),
        Some(given) if *given != precondition => {
            let why = "it is not as it was when this was planned, so nothing was done; call without `precondition` to see";
            let detail = json!({"before": wish.before, "precondition": precondition});
            return Err(ToolFailure::new("precondition_changed", why).with_detail(detail));
        }
        Some(_) => {}
    }
    let token = match second_factor::pending(session, &precondition)? {
        Asked::Nothing => None,
        Asked::Confirmed(token) => Some(token),
        Asked::Waiting(confirm) => return Ok(waiting(session, wish, precondition, confirm)),
    };
    match act(&mut session.router, token.as_deref()) {
        Ok(()) => {}
        Err(CallError::Fault(fault)) if fault.code == 866 && token.is_none() => {
            let confirm = second_factor::begin(session, &precondition)?;
            return Ok(waiting(session, wish, precondition, confirm));
        }
        Err(error) if error.may_have_happened() => {
            let broken = failure::of(&error).into_error();
            session.note(format!(
                "no answer came to the change itself ({}); what is told was read afterwards",
                broken.message
            ));
        }
        Err(error) => return Err(failure::of(&error)),
    }
    let before = json!(wish.before);
    let seen = look(session).map_err(|failure| unknown(&failure, &before))?;
    if !seen.is_done {
        let why = "the router did not do it, or reads back something else";
        let detail = json!({"before": before, "wanted": wish.wanted, "now": seen.state});
        return Err(ToolFailure::new("not_confirmed", why).with_detail(detail));
    }
    let mut change = told(session, wish, Outcome::Done, None);
    change.after = seen.state;
    Ok(change)
}

/// Nobody knows how it is now.
fn unknown(failure: &ToolFailure, before: &Value) -> ToolFailure {
    let why = format!("the change was sent, and what became of it could not be read: {failure}");
    ToolFailure::new("outcome_unknown", why).with_detail(json!({"before": before}))
}

fn told<S>(
    session: &mut Session,
    wish: Wish<S>,
    outcome: Outcome,
    precondition: Option<String>,
) -> Change<S> {
    Change {
        outcome,
        before: wish.before,
        after: wish.wanted,
        precondition,
        undo: wish.undo,
        confirm: None,
        notes: session.notes(),
    }
}

fn waiting<S>(
    session: &mut Session,
    wish: Wish<S>,
    precondition: String,
    confirm: Confirm,
) -> Change<S> {
    let mut change = told(session, wish, Outcome::Confirm, Some(precondition));
    change.confirm = Some(confirm);
    change
}

/// A digest of what was asked for and how it was then: 16 letters.
fn precondition<S: Serialize>(wish: &Wish<S>) -> String {
    let told = json!([wish.action, wish.input, wish.before, wish.wanted]).to_string();
    let digest = Sha256::digest(told);
    let letters: Vec<String> = digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    letters.concat()
}
