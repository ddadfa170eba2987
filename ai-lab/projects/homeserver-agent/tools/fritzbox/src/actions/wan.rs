//! `wan`: the line to the internet.

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::Serialize;
use tr064::{Arguments, CallError, services};

use super::NoInput;
use super::line::live_service;
use super::totals::{Totals, totals};
use crate::failure;
use crate::session::{Session, with_session};
use crate::surroundings::Surroundings;

/// The fastest line that is reckoned with where the router does not tell: 10 Gbit/s, in bytes a second.
const FASTEST: u64 = 1_250_000_000;

/// The line to the internet. What this router or line does not tell is `null`; `notes` says why.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    /// Whether there is a connection.
    connected: Option<bool>,
    /// The router's word for it, such as `Connected`.
    status: Option<String>,
    /// How long it has been up, in seconds.
    uptime_s: Option<u64>,
    /// Why it last failed; `null` if it did not.
    last_error: Option<String>,
    /// The address in the internet.
    ipv4: Option<String>,
    /// The IPv6 address in the internet.
    ipv6: Option<String>,
    /// `DSL`, `Ethernet`, `X_AVM-DE_Fiber`, `X_AVM-DE_Cable`.
    access: Option<String>,
    /// Whether the cable carries.
    link_up: Option<bool>,
    /// The most that comes in, in bit a second.
    max_down_bit_s: Option<u64>,
    /// The most that goes out, in bit a second.
    max_up_bit_s: Option<u64>,
    /// What comes in now, in bytes a second.
    down_byte_s: Option<u64>,
    /// What goes out now, in bytes a second.
    up_byte_s: Option<u64>,
    /// What passed since the router counts.
    totals: Totals,
    /// Name servers.
    dns: Vec<String>,
    /// Whether a login was needed: the router's tree without one is asked first.
    with_login: bool,
    /// Sentences about what to know.
    notes: Vec<String>,
}

/// What was read, whichever tree it came from.
#[derive(Debug, Default)]
struct Read {
    state: Arguments,
    address: Arguments,
    ipv6: Option<Arguments>,
    link: Option<Arguments>,
    traffic: Arguments,
    with_login: bool,
}

/// The action.
#[derive(Debug)]
pub(crate) struct Wan(pub(crate) Surroundings);

impl Action for Wan {
    const NAME: &'static str = "wan";
    const DESCRIPTION: &'static str = "Says how the line to the internet is: connected or not, addresses, speed, traffic now and in total.";
    const EFFECTS: Effects = Effects::READ_ONLY.open_world();
    type Input = NoInput;
    type Output = Output;

    fn run(&self, _input: NoInput, context: &ToolContext) -> Result<Output, ToolFailure> {
        with_session(&self.0, context, |session| {
            let read = match session.router.read(&services::IGD_IP, "GetStatusInfo", &[]) {
                Ok(state) => without_login(session, state)?,
                Err(
                    error @ (CallError::Absent(_) | CallError::Fault(_) | CallError::NotXml(_)),
                ) => {
                    session.note(format!(
                        "the router tells nothing without a login ({error}); Heimnetz > Netzwerk > Netzwerkeinstellungen > \
                         Statusinformationen über UPnP übertragen"
                    ));
                    with_login(session)?
                }
                Err(error) => return Err(failure::of_read(&error)),
            };
            let output = output(session, &read)?;
            let up = output
                .connected
                .map_or(0.0, |is_up| f64::from(u8::from(is_up)));
            context.metric("wan_connected", up, "");
            Ok(output)
        })
    }
}

/// Five requests, none of them with a login.
fn without_login(session: &mut Session, state: Arguments) -> Result<Read, ToolFailure> {
    let address = session.try_read(
        &services::IGD_IP,
        "GetExternalIPAddress",
        "the IPv4 address",
    )?;
    let ipv6 = session.try_read(
        &services::IGD_IP,
        "X_AVM_DE_GetExternalIPv6Address",
        "the IPv6 address",
    )?;
    let link = session.try_read(&services::IGD_COMMON, "GetCommonLinkProperties", "the link")?;
    let traffic = session.try_read(&services::IGD_COMMON, "GetAddonInfos", "traffic")?;
    Ok(Read {
        state,
        address: address.unwrap_or_default(),
        ipv6,
        link,
        traffic: traffic.unwrap_or_default(),
        with_login: false,
    })
}

fn with_login(session: &mut Session) -> Result<Read, ToolFailure> {
    let live = live_service(session)?;
    let state = session.read(&live, "GetInfo", &[])?;
    let link = session.try_read(&services::WAN_COMMON, "GetCommonLinkProperties", "the link")?;
    let mut traffic = Arguments::default();
    for name in ["TotalBytesReceived", "TotalBytesSent"] {
        if let Some(answer) =
            session.try_read(&services::WAN_COMMON, &format!("Get{name}"), "traffic")?
        {
            traffic.take_from(&answer);
        }
    }
    Ok(Read {
        address: state.clone(),
        state,
        ipv6: None,
        link,
        traffic,
        with_login: true,
    })
}

fn output(session: &mut Session, read: &Read) -> Result<Output, ToolFailure> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let link = read.link.clone().unwrap_or_default();
    let (down, up) = (speed(&link, "Down"), speed(&link, "Up"));
    let fastest = down
        .max(up)
        .filter(|bits| *bits > 0)
        .map_or(FASTEST, |bits| bits / 8);
    let uptime_s = read.state.number("Uptime");
    let status = owned(read.state.filled("ConnectionStatus"));
    let listed = read.state.text("DNSServers").unwrap_or_default().split(',');
    let named = ["DNSServer1", "DNSServer2"]
        .into_iter()
        .filter_map(|name| read.traffic.text(name));
    let dns = listed
        .chain(named)
        .map(str::trim)
        .filter(|text| !text.is_empty() && *text != "0.0.0.0");
    let address = read
        .address
        .filled("ExternalIPAddress")
        .filter(|text| *text != "0.0.0.0");
    let ipv6 = read
        .ipv6
        .as_ref()
        .and_then(|answer| answer.filled("ExternalIPv6Address"));
    Ok(Output {
        connected: status.as_deref().map(|status| status == "Connected"),
        status,
        uptime_s,
        last_error: owned(
            read.state
                .filled("LastConnectionError")
                .filter(|text| *text != "ERROR_NONE"),
        ),
        ipv4: owned(address),
        ipv6: owned(ipv6.filter(|text| *text != "::")),
        access: owned(link.filled("WANAccessType")),
        link_up: link.filled("PhysicalLinkStatus").map(|text| text == "Up"),
        max_down_bit_s: down,
        max_up_bit_s: up,
        down_byte_s: read.traffic.number("ByteReceiveRate"),
        up_byte_s: read.traffic.number("ByteSendRate"),
        totals: totals(session, &read.traffic, fastest, uptime_s)?,
        dns: dns.map(str::to_owned).collect(),
        with_login: read.with_login,
        notes: session.notes(),
    })
}

/// How fast the link can be, in bit a second: 32 bits are too few above 4.29 Gbit/s, where newer FRITZ!OS have 64.
fn speed(link: &Arguments, direction: &str) -> Option<u64> {
    let narrow = format!("Layer1{direction}streamMaxBitRate");
    // Both spellings are about.
    let wide = ["X_AVM_DE_", "X_AVM-DE_"].into_iter();
    wide.filter_map(|mark| link.number(&format!("{mark}{narrow}64")))
        .find(|bits| *bits > 0)
        .or_else(|| link.number(&narrow))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fast_link_is_told_in_64_bits() {
        let narrow = ("Layer1DownstreamMaxBitRate", "4294967295");
        let told = |pairs: [(&str, &str); 2]| speed(&Arguments::from(pairs), "Down");
        assert_eq!(told([narrow, ("Other", "1")]), Some(4_294_967_295));
        for name in [
            "X_AVM_DE_Layer1DownstreamMaxBitRate64",
            "X_AVM-DE_Layer1DownstreamMaxBitRate64",
        ] {
            assert_eq!(
                told([narrow, (name, "10000000000")]),
                Some(10_000_000_000),
                "{name}"
            );
        }
        assert_eq!(
            told([narrow, ("X_AVM_DE_Layer1DownstreamMaxBitRate64", "0")]),
            Some(4_294_967_295)
        );
    }
}
