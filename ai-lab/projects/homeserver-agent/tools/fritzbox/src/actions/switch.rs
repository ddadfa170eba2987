//! `switch`: one smart-home switch on or off.

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use tr064::services;

use super::switches;
use crate::change::{Change, Seen, Undo, Wish, carry_out};
use crate::session::with_session;
use crate::surroundings::Surroundings;

/// Which switch, and how it is to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Its number, as `switches` tells it.
    ain: String,
    /// On or off.
    on: bool,
    /// From the plan that a call without it shows; with it, the plan is carried out.
    precondition: Option<String>,
}

/// The action.
#[derive(Debug)]
pub(crate) struct Switch(pub(crate) Surroundings);

impl Action for Switch {
    const NAME: &'static str = "switch";
    const DESCRIPTION: &'static str = "Switches a smart-home device on or off. Shows a plan first.";
    const EFFECTS: Effects = Effects::CHANGES.open_world();
    type Input = Input;
    type Output = Change<switches::Switch>;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Self::Output, ToolFailure> {
        with_session(&self.0, context, |session| {
            let ain = input.ain.as_str();
            let key = [("AIN", ain)];
            let device = session.read(&services::HOMEAUTO, "GetSpecificDeviceInfos", &key)?;
            let before = switches::Switch::of(&device, Some(ain));
            let Some(was_on) = before.on else {
                return Err(ToolFailure::new(
                    "no_switch",
                    "that device has no switch, or its state is not known",
                ));
            };
            let wish = Wish {
                action: Self::NAME,
                input: json!({"ain": ain, "on": input.on}),
                precondition: input.precondition,
                // What it measures changes all the time, and is no part of the plan.
                wanted: settled(switches::Switch {
                    on: Some(input.on),
                    ..before.clone()
                }),
                before: settled(before),
                is_event: false,
                undo: Some(Undo {
                    action: Self::NAME,
                    input: json!({"ain": ain, "on": was_on}),
                }),
            };
            let state = if input.on { "ON" } else { "OFF" };
            carry_out(
                session,
                wish,
                |router, token| {
                    let arguments = [("AIN", ain), ("SwitchState", state)];
                    router
                        .write(&services::HOMEAUTO, "SetSwitch", &arguments, token)
                        .map(drop)
                },
                |session| {
                    let device =
                        session.read(&services::HOMEAUTO, "GetSpecificDeviceInfos", &key)?;
                    let state = settled(switches::Switch::of(&device, Some(ain)));
                    Ok(Seen {
                        is_done: state.on == Some(input.on),
                        state,
                    })
                },
            )
        })
    }
}

/// Without what changes by itself.
fn settled(switch: switches::Switch) -> switches::Switch {
    switches::Switch {
        power_w: None,
        temperature_c: None,
        ..switch
    }
}
