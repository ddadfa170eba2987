//! `reconnect`: a new connection to the internet, waited for.

use std::time::{Duration, Instant};

use ai_lab_tool::contract::Bounded;
use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tr064::{Arguments, Service};

use super::line::live_service;
use super::reboot::{Patience, is_younger};
use crate::change::{Change, Seen, Wish, carry_out};
use crate::session::{Session, with_session};
use crate::surroundings::Surroundings;

/// How long to wait for the new connection.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Input {
    /// How long to wait for the new connection, in seconds.
    wait_s: Bounded<1, 240>,
    /// From the plan that a call without it shows; with it, the plan is carried out.
    precondition: Option<String>,
}

impl Default for Input {
    fn default() -> Self {
        Self {
            wait_s: Bounded::constant(90),
            precondition: None,
        }
    }
}

/// The connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Connection {
    /// The router's word for it, such as `Connected`.
    status: Option<String>,
    /// The address in the internet.
    ipv4: Option<String>,
}

impl Connection {
    fn of(info: &Arguments) -> Self {
        Self {
            status: info.filled("ConnectionStatus").map(str::to_owned),
            ipv4: info
                .filled("ExternalIPAddress")
                .filter(|text| *text != "0.0.0.0")
                .map(str::to_owned),
        }
    }
}

/// The action.
#[derive(Debug)]
pub(crate) struct Reconnect(pub(crate) Surroundings);

impl Action for Reconnect {
    const NAME: &'static str = "reconnect";
    const DESCRIPTION: &'static str = "Drops the connection to the internet and waits for a new one; providers often give another address then. Shows a plan first.";
    const EFFECTS: Effects = Effects::DESTROYS.open_world();
    type Input = Input;
    type Output = Change<Connection>;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Change<Connection>, ToolFailure> {
        with_session(&self.0, context, |session| {
            let live = live_service(session)?;
            let info = session.read(&live, "GetInfo", &[])?;
            let (before, up_s) = (Connection::of(&info), info.number("Uptime"));
            session.note("everybody in the network is offline meanwhile; since FRITZ!OS 8.25 this device needs the permission for it");
            let wanted = Connection {
                status: Some("Connected".to_owned()),
                ipv4: None,
            };
            let wish = Wish {
                action: Self::NAME,
                input: json!({}),
                precondition: input.precondition,
                before,
                wanted,
                is_event: true,
                undo: None,
            };
            let sent = Instant::now();
            carry_out(
                session,
                wish,
                |router, token| {
                    router
                        .write(&live, "ForceTermination", &[], token)
                        .map(drop)
                },
                |session| {
                    Ok(wait(
                        session,
                        &live,
                        up_s,
                        (sent, Duration::from_secs(input.wait_s.get())),
                    ))
                },
            )
        })
    }
}

/// Asks until the connection is there and younger than this call.
fn wait(
    session: &mut Session,
    live: &Service,
    up_s: Option<u64>,
    (sent, longest): (Instant, Duration),
) -> Seen<Connection> {
    let mut patience = Patience::until(Instant::now() + longest);
    let mut state = Connection {
        status: None,
        ipv4: None,
    };
    while patience.lasts() {
        session.router.renew(patience.piece());
        if let Ok(info) = session.router.read(live, "GetInfo", &[]) {
            state = Connection::of(&info);
            let is_young = is_younger(info.number("Uptime"), up_s, sent.elapsed());
            if state.status.as_deref() == Some("Connected") && state.ipv4.is_some() && is_young {
                return Seen {
                    state,
                    is_done: true,
                };
            }
        }
        patience.rest();
    }
    Seen {
        state,
        is_done: false,
    }
}
