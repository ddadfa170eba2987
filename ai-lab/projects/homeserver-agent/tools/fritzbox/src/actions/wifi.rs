//! `wifi`: the radios, and which of them is the guests'.

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::Serialize;
use tr064::Service;
use tr064::description::Tree;

use super::NoInput;
use crate::failure;
use crate::session::{Session, with_session};
use crate::surroundings::Surroundings;

/// How many radios are asked. A FRITZ!Box has up to four.
const RADIOS: usize = 8;

/// The radios.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    /// The radios, in the router's order.
    radios: Vec<Radio>,
    /// Sentences about what to know.
    notes: Vec<String>,
}

/// A radio.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Radio {
    /// Its number in the router. It says nothing: 3 is the guests' radio on one model and 6 GHz on the next.
    pub(super) number: String,
    /// What it is declared to be: `normal`, `guest`, `repeater`; `null` where the router does not declare it.
    pub(super) kind: Option<String>,
    /// Its network's name.
    pub(super) ssid: Option<String>,
    /// Whether it is switched on.
    pub(super) enabled: Option<bool>,
    /// The router's word for it: `Up`, `Disabled`.
    pub(super) status: Option<String>,
    /// Its channel.
    pub(super) channel: Option<u64>,
    /// Such as `ax`.
    pub(super) standard: Option<String>,
    /// How it is secured, such as `11iandWPA3`.
    pub(super) security: Option<String>,
}

/// The action.
#[derive(Debug)]
pub(crate) struct Wifi(pub(crate) Surroundings);

impl Action for Wifi {
    const NAME: &'static str = "wifi";
    const DESCRIPTION: &'static str =
        "Lists the Wi-Fi networks with what each is declared to be. Never asks for a key.";
    const EFFECTS: Effects = Effects::READ_ONLY.open_world();
    type Input = NoInput;
    type Output = Output;

    fn run(&self, _input: NoInput, context: &ToolContext) -> Result<Output, ToolFailure> {
        with_session(&self.0, context, |session| {
            let services = services(session)?;
            let mut radios = Vec::new();
            for service in &services {
                radios.push(radio(session, service)?);
            }
            Ok(Output {
                radios,
                notes: session.notes(),
            })
        })
    }
}

/// The radios' services, as the router declares them.
pub(super) fn services(session: &mut Session) -> Result<Vec<Service>, ToolFailure> {
    let described = session.router.description(Tree::Tr064);
    let described = described.map_err(|error| failure::of_read(&error))?;
    Ok(described
        .all_named("WLANConfiguration")
        .into_iter()
        .take(RADIOS)
        .cloned()
        .collect())
}

/// One radio.
pub(super) fn radio(session: &mut Session, service: &Service) -> Result<Radio, ToolFailure> {
    let number = service
        .kind
        .rsplit(':')
        .next()
        .unwrap_or_default()
        .to_owned();
    let info = session
        .try_read(service, "GetInfo", &format!("radio {number}"))?
        .unwrap_or_default();
    let extra = session.try_read(
        service,
        "X_AVM-DE_GetWLANExtInfo",
        &format!("what radio {number} is"),
    )?;
    let extra = extra.unwrap_or_default();
    let text = |name: &str| info.filled(name).map(str::to_owned);
    Ok(Radio {
        number,
        kind: extra.filled("X_AVM-DE_APType").map(str::to_owned),
        ssid: text("SSID"),
        enabled: info.flag("Enable"),
        status: text("Status"),
        channel: info.number("Channel"),
        standard: text("Standard"),
        security: text("BeaconType"),
    })
}
