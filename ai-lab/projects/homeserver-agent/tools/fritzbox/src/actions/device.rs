//! `device`: what the router is.

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::Serialize;
use tr064::services;

use super::NoInput;
use crate::session::with_session;
use crate::surroundings::Surroundings;

/// What the router is.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    /// Its model.
    model: Option<String>,
    /// Its FRITZ!OS.
    firmware: Option<String>,
    /// Its hardware.
    hardware: Option<String>,
    /// Since when it runs, in seconds.
    uptime_s: Option<u64>,
    /// Whether there is a newer FRITZ!OS; `null` where this user may not ask.
    update_available: Option<bool>,
    /// The newer FRITZ!OS.
    update: Option<String>,
    /// Sentences about what to know.
    notes: Vec<String>,
}

/// The action.
#[derive(Debug)]
pub(crate) struct Device(pub(crate) Surroundings);

impl Action for Device {
    const NAME: &'static str = "device";
    const DESCRIPTION: &'static str =
        "Says what the router is: model, FRITZ!OS, uptime, whether an update waits.";
    const EFFECTS: Effects = Effects::READ_ONLY.open_world();
    type Input = NoInput;
    type Output = Output;

    fn run(&self, _input: NoInput, context: &ToolContext) -> Result<Output, ToolFailure> {
        with_session(&self.0, context, |session| {
            let info = session.read(&services::DEVICE_INFO, "GetInfo", &[])?;
            let update = session.try_read(&services::USER_INTERFACE, "GetInfo", "updates")?;
            let text = |name: &str| info.filled(name).map(str::to_owned);
            let newer = update
                .as_ref()
                .and_then(|update| update.filled("X_AVM-DE_Version"));
            Ok(Output {
                model: text("ModelName"),
                firmware: text("SoftwareVersion"),
                hardware: text("HardwareVersion"),
                uptime_s: info.number("UpTime"),
                update_available: update
                    .as_ref()
                    .and_then(|update| update.flag("UpgradeAvailable")),
                update: newer.map(str::to_owned),
                notes: session.notes(),
            })
        })
    }
}
