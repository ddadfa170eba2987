//! `guest_wifi`: the guests' radio on or off, and no other.

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use tr064::Service;

use super::wifi::{Radio, radio, services};
use crate::change::{Change, Seen, Undo, Wish, carry_out};
use crate::session::{Session, with_session};
use crate::surroundings::Surroundings;

/// How the guests' Wi-Fi is to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// On or off.
    enable: bool,
    /// From the plan that a call without it shows; with it, the plan is carried out.
    precondition: Option<String>,
}

/// The action.
#[derive(Debug)]
pub(crate) struct GuestWifi(pub(crate) Surroundings);

impl Action for GuestWifi {
    const NAME: &'static str = "guest_wifi";
    const DESCRIPTION: &'static str = "Switches the guests' Wi-Fi on or off, found by what it is declared to be. Shows a plan first.";
    const EFFECTS: Effects = Effects::CHANGES.open_world();
    type Input = Input;
    type Output = Change<Radio>;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Change<Radio>, ToolFailure> {
        with_session(&self.0, context, |session| {
            let (service, before) = guests(session)?;
            let enable = input.enable;
            let wanted = Radio {
                enabled: Some(enable),
                status: Some(if enable { "Up" } else { "Disabled" }.to_owned()),
                ..before.clone()
            };
            let undo = before.enabled.map(|was_on| Undo {
                action: Self::NAME,
                input: json!({"enable": was_on}),
            });
            let is_same = before.enabled == Some(enable);
            let wish = Wish {
                action: Self::NAME,
                input: json!({"enable": enable}),
                precondition: input.precondition,
                wanted: if is_same { before.clone() } else { wanted },
                before,
                is_event: false,
                undo,
            };
            let value = if enable { "1" } else { "0" };
            let there = service.clone();
            carry_out(
                session,
                wish,
                |router, token| {
                    router
                        .write(&service, "SetEnable", &[("Enable", value)], token)
                        .map(drop)
                },
                |session| {
                    let state = radio(session, &there)?;
                    Ok(Seen {
                        is_done: state.enabled == Some(enable),
                        state,
                    })
                },
            )
        })
    }
}

/// The one radio that is declared to be the guests'. None or two is an error: a number would switch the wrong one.
fn guests(session: &mut Session) -> Result<(Service, Radio), ToolFailure> {
    let mut guests = Vec::new();
    let mut kinds = Vec::new();
    for service in services(session)? {
        let radio = radio(session, &service)?;
        kinds.push(json!({"number": radio.number, "kind": radio.kind}));
        if radio.kind.as_deref() == Some("guest") {
            guests.push((service, radio));
        }
    }
    let found = guests.len();
    match guests.pop() {
        Some(only) if found == 1 => Ok(only),
        Some(_) | None => {
            let why =
                format!("{found} radios are declared to be the guests', so nothing was switched");
            Err(ToolFailure::new("no_guest_wifi", why).with_detail(json!({"radios": kinds})))
        }
    }
}
