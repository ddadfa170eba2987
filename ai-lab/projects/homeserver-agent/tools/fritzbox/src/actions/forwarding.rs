//! `forwarding`: one port forwarding on or off, if it is this machine's own.

use ai_lab_tool::contract::Bounded;
use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tr064::{Arguments, CallError, Router, Service};

use super::forwardings;
use super::line::live_service;
use crate::change::{Change, Seen, Undo, Wish, carry_out};
use crate::session::{Session, with_session};
use crate::surroundings::Surroundings;

/// TCP or UDP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

impl Protocol {
    const fn word(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        }
    }
}

/// Which forwarding, and how it is to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// The port outside.
    external_port: Bounded<1, 65535>,
    /// The protocol.
    protocol: Protocol,
    /// On or off.
    enable: bool,
    /// From the plan that a call without it shows; with it, the plan is carried out.
    precondition: Option<String>,
}

/// The action.
#[derive(Debug)]
pub(crate) struct Forwarding(pub(crate) Surroundings);

impl Action for Forwarding {
    const NAME: &'static str = "forwarding";
    const DESCRIPTION: &'static str = "Switches a port forwarding to this machine on or off; says whose it is before anything is sent. Shows a plan first.";
    const EFFECTS: Effects = Effects::CHANGES.open_world();
    type Input = Input;
    type Output = Change<forwardings::Forwarding>;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Self::Output, ToolFailure> {
        with_session(&self.0, context, |session| {
            let live = live_service(session)?;
            let port = input.external_port.get().to_string();
            let key = [
                ("RemoteHost", ""),
                ("ExternalPort", &port),
                ("Protocol", input.protocol.word()),
            ];
            let entry = session.read(&live, "GetSpecificPortMappingEntry", &key)?;
            let own = session.own_address();
            let see = |entry: &Arguments| {
                let mut seen = forwardings::Forwarding::of(entry, own);
                // The answer leaves out what it was asked by.
                seen.external_port = Some(input.external_port.get());
                seen.protocol = Some(input.protocol.word().to_owned());
                seen
            };
            let before = see(&entry);
            owned(session, &before)?;
            let told = json!({"external_port": input.external_port.get(), "protocol": input.protocol, "enable": input.enable});
            let mut taken_back = told.clone();
            taken_back["enable"] = json!(!input.enable);
            let wish = Wish {
                action: Self::NAME,
                input: told,
                precondition: input.precondition,
                wanted: forwardings::Forwarding {
                    enabled: Some(input.enable),
                    ..before.clone()
                },
                before,
                is_event: false,
                undo: Some(Undo {
                    action: Self::NAME,
                    input: taken_back,
                }),
            };
            carry_out(
                session,
                wish,
                |router, token| switch(router, &live, &key, &entry, (input.enable, token)),
                |session| {
                    let state = see(&session.read(&live, "GetSpecificPortMappingEntry", &key)?);
                    Ok(Seen {
                        is_done: state.enabled == Some(input.enable),
                        state,
                    })
                },
            )
        })
    }
}

/// Refuses, before anything is sent, what the router would refuse or do for the wrong device.
fn owned(session: &Session, before: &forwardings::Forwarding) -> Result<(), ToolFailure> {
    let owner = before.client.as_deref().unwrap_or("nobody");
    match (session.own_address(), before.changeable) {
        (Some(_), Some(true)) => Ok(()),
        (Some(own), _) => {
            let why = format!(
                "it leads to {owner}, and this machine is {own}: a device may change only what leads to itself"
            );
            Err(ToolFailure::new("not_owner", why)
                .with_detail(json!({"owner": owner, "own_address": own})))
        }
        (None, _) => {
            let why = format!(
                "it leads to {owner}, and whether that is this machine is not known; \
                 `ai-lab-framework config set fritzbox own_address ADDRESS` says it"
            );
            Err(ToolFailure::new("own_address_unknown", why).with_detail(json!({"owner": owner})))
        }
    }
}

/// The same entry once more, on or off: that is how TR-064 changes one.
fn switch(
    router: &mut Router,
    live: &Service,
    key: &[(&str, &str); 3],
    entry: &Arguments,
    (enable, token): (bool, Option<&str>),
) -> Result<(), CallError> {
    let text = |name: &str| entry.text(name).unwrap_or_default();
    let arguments = [
        key[0],
        key[1],
        key[2],
        ("InternalPort", text("InternalPort")),
        ("InternalClient", text("InternalClient")),
        ("Enabled", if enable { "1" } else { "0" }),
        ("PortMappingDescription", text("PortMappingDescription")),
        ("LeaseDuration", entry.text("LeaseDuration").unwrap_or("0")),
    ];
    router
        .write(live, "AddPortMapping", &arguments, token)
        .map(drop)
}
