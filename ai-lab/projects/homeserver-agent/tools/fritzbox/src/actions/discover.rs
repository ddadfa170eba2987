//! `discover`: which routers answer, without a login.

use std::time::Duration;

use ai_lab_tool::contract::Bounded;
use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tr064::description::Tree;
use tr064::{services, ssdp};

use crate::failure;
use crate::redact::without_numbers;
use crate::session::{Session, with_session};
use crate::surroundings::Surroundings;

/// Where to look.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Input {
    /// Whether to ask the whole network (SSDP), too. The sandbox keeps UDP closed, so this works by hand only:
    /// `bin/fritzbox --call discover '{"ask_network": true}'`.
    ask_network: bool,
    /// How long to wait for answers from the network, in milliseconds.
    wait_ms: Bounded<100, 10_000>,
}

impl Default for Input {
    fn default() -> Self {
        Self {
            ask_network: false,
            wait_ms: Bounded::constant(2000),
        }
    }
}

/// Which routers answer.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    /// The configured host's name or address.
    host: String,
    /// Its model.
    model: Option<String>,
    /// The name that its owner gave it.
    name: Option<String>,
    /// Its FRITZ!OS, such as `154.07.29`.
    firmware: Option<String>,
    /// How many services it offers.
    services: usize,
    /// Where it speaks TLS.
    tls_port: Option<u64>,
    /// What answered in the network.
    found: Vec<Found>,
    /// Sentences about what to know.
    notes: Vec<String>,
}

/// A router in the network.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Found {
    /// Its address: set it as `host`.
    address: String,
    /// Its port without TLS.
    port: u16,
    /// What it says it is.
    server: Option<String>,
}

/// The action.
#[derive(Debug)]
pub(crate) struct Discover(pub(crate) Surroundings);

impl Action for Discover {
    const NAME: &'static str = "discover";
    const DESCRIPTION: &'static str = "Says whether the configured router answers and what it is, and finds others in the network. Needs no login.";
    const EFFECTS: Effects = Effects::READ_ONLY.open_world();
    type Input = Input;
    type Output = Output;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Output, ToolFailure> {
        with_session(&self.0, context, |session| {
            let found = if input.ask_network {
                ask(session, input.wait_ms.get())
            } else {
                Vec::new()
            };
            let described = session.router.description(Tree::Tr064).cloned();
            let described = described.map_err(|error| failure::of_read(&error))?;
            let port =
                session.try_read(&services::DEVICE_INFO, "GetSecurityPort", "the port of TLS")?;
            Ok(Output {
                host: session.settings.host.clone(),
                model: described.model,
                name: described.name,
                firmware: described.firmware,
                services: described.services.len(),
                tls_port: port.and_then(|port| port.number("SecurityPort")),
                found,
                notes: session.notes(),
            })
        })
    }
}

fn ask(session: &mut Session, wait_ms: u64) -> Vec<Found> {
    match ssdp::discover(ssdp::GROUP, Duration::from_millis(wait_ms)) {
        Ok(found) => found
            .into_iter()
            .map(|one| Found {
                address: one.from.ip().to_string(),
                port: one.port,
                server: one.server.as_deref().map(without_numbers),
            })
            .collect(),
        Err(error) => {
            session.note(format!("the network could not be asked ({error}): the sandbox keeps UDP closed; try by hand"));
            Vec::new()
        }
    }
}
