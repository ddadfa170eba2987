//! The actions, one a file.

mod calls;
mod device;
mod discover;
mod forwarding;
mod forwardings;
mod guest_wifi;
mod hosts;
mod line;
mod log;
mod reboot;
mod reconnect;
mod rights;
mod switch;
mod switches;
mod totals;
mod trust;
mod wake;
mod wan;
mod wifi;

use ai_lab_tool::Actions;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::surroundings::Surroundings;

/// All actions.
pub(crate) fn all(surroundings: &Surroundings) -> Actions {
    let own = || surroundings.clone();
    Actions::new()
        .with(discover::Discover(own()))
        .with(trust::Trust(own()))
        .with(device::Device(own()))
        .with(log::Log(own()))
        .with(rights::Rights(own()))
        .with(wan::Wan(own()))
        .with(hosts::Hosts(own()))
        .with(wifi::Wifi(own()))
        .with(forwardings::Forwardings(own()))
        .with(calls::Calls(own()))
        .with(switches::Switches(own()))
        .with(guest_wifi::GuestWifi(own()))
        .with(forwarding::Forwarding(own()))
        .with(wake::Wake(own()))
        .with(switch::Switch(own()))
        .with(reconnect::Reconnect(own()))
        .with(reboot::Reboot(own()))
}

/// Nothing to say.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoInput {}
