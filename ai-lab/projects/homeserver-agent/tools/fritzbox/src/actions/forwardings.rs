//! `forwardings`: which ports lead inside, to whom, and which of them this machine may change.

use std::net::IpAddr;

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::Serialize;
use tr064::{Arguments, CallError};

use super::NoInput;
use super::line::live_service;
use crate::failure;
use crate::session::with_session;
use crate::surroundings::Surroundings;

/// How many forwardings are asked for, one by one.
const MOST: u64 = 128;

/// The fault of an entry past the last one.
const PAST_THE_LAST: u16 = 713;

/// Which ports lead inside.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    /// The forwardings.
    forwardings: Vec<Forwarding>,
    /// This machine's address in the router's network; `null` if it is not known (set `own_address`).
    own_address: Option<String>,
    /// Sentences about what to know.
    notes: Vec<String>,
}

/// A forwarding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Forwarding {
    /// The port outside.
    pub(super) external_port: Option<u64>,
    /// `TCP` or `UDP`.
    pub(super) protocol: Option<String>,
    /// The device inside that it leads to, and that alone may change it.
    pub(super) client: Option<String>,
    /// The port there.
    pub(super) internal_port: Option<u64>,
    /// Whether it is on.
    pub(super) enabled: Option<bool>,
    /// Its name.
    pub(super) description: Option<String>,
    /// From whom it is open; `null` is everybody.
    pub(super) remote_host: Option<String>,
    /// How long it lasts, in seconds; 0 is for ever.
    pub(super) lease_s: Option<u64>,
    /// Whether this machine may change it; `null` if its own address is not known.
    pub(super) changeable: Option<bool>,
}

impl Forwarding {
    /// As an answer tells it, seen from a machine of that address.
    pub(super) fn of(entry: &Arguments, own: Option<IpAddr>) -> Self {
        let text = |name: &str| entry.filled(name).map(str::to_owned);
        let client = text("InternalClient");
        Self {
            external_port: entry.number("ExternalPort"),
            protocol: text("Protocol"),
            changeable: own.map(|own| {
                client
                    .as_deref()
                    .is_some_and(|client| client.parse() == Ok(own))
            }),
            client,
            internal_port: entry.number("InternalPort"),
            enabled: entry.flag("Enabled"),
            description: text("PortMappingDescription"),
            remote_host: text("RemoteHost").filter(|host| host != "0.0.0.0"),
            lease_s: entry.number("LeaseDuration"),
        }
    }
}

/// The action.
#[derive(Debug)]
pub(crate) struct Forwardings(pub(crate) Surroundings);

impl Action for Forwardings {
    const NAME: &'static str = "forwardings";
    const DESCRIPTION: &'static str = "Lists the port forwardings (IPv4), to whom they lead and which of them this machine may change.";
    const EFFECTS: Effects = Effects::READ_ONLY.open_world();
    type Input = NoInput;
    type Output = Output;

    fn run(&self, _input: NoInput, context: &ToolContext) -> Result<Output, ToolFailure> {
        with_session(&self.0, context, |session| {
            let live = live_service(session)?;
            let count = session.read(&live, "GetPortMappingNumberOfEntries", &[])?;
            let count = count
                .number("PortMappingNumberOfEntries")
                .unwrap_or_default();
            let own = session.own_address();
            let mut forwardings = Vec::new();
            for index in 0..count.min(MOST) {
                let at = index.to_string();
                match session.router.read(
                    &live,
                    "GetGenericPortMappingEntry",
                    &[("PortMappingIndex", &at)],
                ) {
                    Ok(entry) => forwardings.push(Forwarding::of(&entry, own)),
                    // One was taken away meanwhile.
                    Err(CallError::Fault(fault)) if fault.code == PAST_THE_LAST => break,
                    Err(error) => return Err(failure::of_read(&error)),
                }
            }
            if count > MOST {
                session.note(format!("the first {MOST} of {count} are shown"));
            }
            session.note("forwardings of IPv6 are not in this list: TR-064 does not tell them");
            if own.is_none() {
                session.note("this machine's own address is not known: set `own_address` in the configuration");
            }
            Ok(Output {
                forwardings,
                own_address: own.map(|own| own.to_string()),
                notes: session.notes(),
            })
        })
    }
}
