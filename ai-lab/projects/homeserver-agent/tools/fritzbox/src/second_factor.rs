//! Confirmation at the router, in two calls: the first starts it, the person presses the button, the second goes on.
//!
//! The token that connects both is remembered here and told to nobody.

use std::collections::BTreeMap;

use ai_lab_tool::ToolFailure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tr064::services;

use crate::clock;
use crate::failure;
use crate::memory::Kept;
use crate::session::Session;

/// How long a router waits for the button, in seconds; afterwards a token is good for nothing.
const WAITS_S: u64 = 600;

/// How many confirmations may be waited for at once.
const MOST: usize = 16;

/// What somebody has to do at the router.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Confirm {
    /// One sentence.
    what: String,
    /// Whether pressing any button of the router will do.
    button: bool,
    /// What to dial on a telephone of the router, if that will do.
    dial: Option<String>,
}

/// A confirmation that is waited for.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Pending {
    token: String,
    methods: String,
    since_s: u64,
}

/// By precondition.
type All = BTreeMap<String, Pending>;

/// How a change stands with its confirmation.
#[derive(Debug)]
pub(crate) enum Asked {
    /// None is waited for.
    Nothing,
    /// The button was pressed; this goes with the change.
    Confirmed(String),
    /// Not yet.
    Waiting(Confirm),
}

/// Looks how the confirmation of this change stands.
pub(crate) fn pending(session: &mut Session, precondition: &str) -> Result<Asked, ToolFailure> {
    let kept: All = session.memory.read(Kept::SecondFactors)?;
    let Some(pending) = kept.get(precondition) else {
        return Ok(Asked::Nothing);
    };
    let answer = session
        .router
        .read_with_token(&services::AUTH, "GetState", &pending.token);
    let answer = answer.map_err(|error| failure::of_read(&error))?;
    match answer.text("State") {
        Some("waitingforauth" | "anothertimepleasewait") => {
            Ok(Asked::Waiting(confirm(&pending.methods)))
        }
        Some("authenticated") => {
            forget(session, precondition)?;
            Ok(Asked::Confirmed(pending.token.clone()))
        }
        state => {
            forget(session, precondition)?;
            let state: String = state.unwrap_or("nothing").chars().take(40).collect();
            let why = format!(
                "the confirmation came to nothing (the router says: {state}); call again to begin anew"
            );
            Err(ToolFailure::new("second_factor_ended", why))
        }
    }
}

/// Begins a confirmation.
pub(crate) fn begin(session: &mut Session, precondition: &str) -> Result<Confirm, ToolFailure> {
    let started = session
        .router
        .write(&services::AUTH, "SetConfig", &[("Action", "start")], None);
    let started = started.map_err(|error| failure::of(&error))?;
    let token = started.filled("Token").ok_or_else(|| {
        ToolFailure::new(
            "odd_answer",
            "the router wants a confirmation and gives no token for it",
        )
    })?;
    let pending = Pending {
        token: token.to_owned(),
        methods: started.text("Methods").unwrap_or_default().to_owned(),
        since_s: clock::now_s(),
    };
    let told = confirm(&pending.methods);
    session
        .memory
        .change(Kept::SecondFactors, |kept: &mut All| {
            kept.retain(|_, one| one.since_s + WAITS_S > pending.since_s);
            while kept.len() >= MOST {
                kept.pop_first();
            }
            kept.insert(precondition.to_owned(), pending);
        })?;
    Ok(told)
}

fn forget(session: &Session, precondition: &str) -> Result<(), ToolFailure> {
    session
        .memory
        .change(Kept::SecondFactors, |kept: &mut All| {
            kept.remove(precondition);
        })
}

/// What the router's list of methods asks a person to do: `button,dtmf;*11234`.
fn confirm(methods: &str) -> Confirm {
    let button = methods.split(',').any(|method| method.trim() == "button");
    let dial = methods
        .split(',')
        .find_map(|method| method.trim().strip_prefix("dtmf;"));
    let dial = dial.map(|code| {
        code.chars()
            .filter(|letter| letter.is_ascii_digit() || "*#".contains(*letter))
            .collect()
    });
    let what = match (button, &dial) {
        (true, Some(code)) => {
            format!("press any button of the router, or dial {code} on one of its telephones")
        }
        (true, None) => "press any button of the router".to_owned(),
        (false, Some(code)) => format!("dial {code} on one of the router's telephones"),
        (false, None) => "confirm it as the router asks".to_owned(),
    };
    Confirm {
        what: format!("{what}, then call again just as before"),
        button,
        dial,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_do_is_told_in_a_sentence() {
        let cases = [
            (
                "button,dtmf;*11234",
                "press any button of the router, or dial *11234 on one of its telephones",
            ),
            ("button", "press any button of the router"),
            ("dtmf;*1<x>2", "dial *12 on one of the router's telephones"),
            ("googleauth", "confirm it as the router asks"),
        ];
        for (methods, expected) in cases {
            assert_eq!(
                confirm(methods).what,
                format!("{expected}, then call again just as before")
            );
        }
    }
}
