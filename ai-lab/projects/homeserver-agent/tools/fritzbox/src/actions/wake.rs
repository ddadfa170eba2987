//! `wake`: wakes a device.

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tr064::services;

use crate::change::{Change, Seen, Wish, carry_out};
use crate::session::{Session, with_session};
use crate::surroundings::Surroundings;

/// Whom to wake.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// The hardware address, as `hosts` tells it.
    #[schemars(regex(pattern = r"^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$"))]
    mac: String,
    /// From the plan that a call without it shows; with it, the plan is carried out.
    precondition: Option<String>,
}

/// A device that can be woken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Sleeper {
    /// Its hardware address.
    mac: String,
    /// Its name.
    name: Option<String>,
    /// Its address.
    ip: Option<String>,
    /// Whether it is there, as far as the router knows; after waking that comes late.
    active: Option<bool>,
}

/// The action.
#[derive(Debug)]
pub(crate) struct Wake(pub(crate) Surroundings);

impl Action for Wake {
    const NAME: &'static str = "wake";
    const DESCRIPTION: &'static str =
        "Lets the router wake a device in its network. Shows a plan first.";
    const EFFECTS: Effects = Effects::CHANGES.open_world();
    type Input = Input;
    type Output = Change<Sleeper>;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Change<Sleeper>, ToolFailure> {
        let mac = parse_mac(&input.mac)?;
        with_session(&self.0, context, |session| {
            let before = look(session, &mac)?;
            session.note(
                "the router sends the wake-up and learns nothing of it: ask `hosts` in a minute",
            );
            let wish = Wish {
                action: Self::NAME,
                input: json!({"mac": mac}),
                precondition: input.precondition,
                wanted: before.clone(),
                before,
                is_event: true,
                undo: None,
            };
            carry_out(
                session,
                wish,
                |router, token| {
                    let action = "X_AVM-DE_WakeOnLANByMACAddress";
                    router
                        .write(&services::HOSTS, action, &[("MACAddress", &mac)], token)
                        .map(drop)
                },
                |session| {
                    Ok(Seen {
                        state: look(session, &mac)?,
                        is_done: true,
                    })
                },
            )
        })
    }
}

fn look(session: &mut Session, mac: &str) -> Result<Sleeper, ToolFailure> {
    let entry = session.read(
        &services::HOSTS,
        "GetSpecificHostEntry",
        &[("MACAddress", mac)],
    )?;
    Ok(Sleeper {
        mac: mac.to_owned(),
        name: entry.filled("HostName").map(str::to_owned),
        ip: entry.filled("IPAddress").map(str::to_owned),
        active: entry.flag("Active"),
    })
}

/// Six pairs of hexadecimal digits, in capitals.
fn parse_mac(text: &str) -> Result<String, ToolFailure> {
    let is_pair = |pair: &str| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_mac = text.split(':').count() == 6 && text.split(':').all(is_pair);
    if is_mac {
        return Ok(text.to_uppercase());
    }
    Err(ToolFailure::new(
        "invalid_input",
        "`mac` is no hardware address such as 02:00:5E:00:F7:B0",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hardware_address_is_six_pairs() {
        assert_eq!(
            parse_mac("02:00:5e:00:f7:b0"),
            Ok("02:00:5E:00:F7:B0".to_owned())
        );
        for text in [
            "",
            "02:00:5e:00:f7",
            "02:00:5e:00:f7:b",
            "02-00-5e-00-f7-b0",
            "02:00:5e:00:f7:bg",
        ] {
            assert!(parse_mac(text).is_err(), "{text}");
        }
    }
}
