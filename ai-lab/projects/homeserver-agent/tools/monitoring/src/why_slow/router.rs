//! What the router says of the line without a login: three requests, within a time.

use std::io;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use ai_lab_tool::contract::Bounded;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tr064::{Arguments, CallError, LoginStyle, Router, Target, services};

use super::situation::RouterSeen;
use crate::counters::percent;

/// How long a look-up of the router's name may hang beyond the budget: the system's library knows no deadline.
const GRACE: Duration = Duration::from_millis(250);

/// Which router is asked for the line.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RouterSettings {
    /// Whether there is one to ask: a FRITZ!Box, or another that tells its state by `UPnP` at the same place.
    pub(crate) on: bool,
    /// Its name or address. It has to be granted in tool.toml, with its port.
    pub(crate) host: String,
    /// Its port of `UPnP`.
    pub(crate) port: u16,
    /// How long it may take to answer, in milliseconds.
    pub(crate) budget_ms: Bounded<200, 10_000>,
}

impl Default for RouterSettings {
    fn default() -> Self {
        Self {
            on: true,
            host: "fritz.box".to_owned(),
            port: 49000,
            budget_ms: Bounded::constant(3000),
        }
    }
}

/// Asks it. What is not known comes with a sentence.
pub(crate) fn ask_router(
    settings: &RouterSettings,
    proxy: Option<SocketAddr>,
) -> (RouterSeen, Option<String>) {
    if !settings.on {
        return (RouterSeen::Unknown, None);
    }
    let budget = Duration::from_millis(settings.budget_ms.get());
    let target = Target {
        host: settings.host.clone(),
        port: settings.port,
        tls: None,
        proxy,
        login: None,
        style: LoginStyle::Digest,
        budget,
    };
    let (sender, answer) = mpsc::channel();
    let asking = thread::Builder::new().spawn(move || {
        // Whoever waits no longer needs no answer.
        let _sent = sender.send(read(target));
    });
    if let Err(why) = asking {
        let note = format!("no thread to ask the router with: {why}");
        return (RouterSeen::Unknown, Some(note));
    }
    match answer.recv_timeout(budget + GRACE) {
        Ok(Ok(seen)) => (seen, None),
        Ok(Err(error)) => {
            let (seen, why) = not_read(&error, settings);
            (seen, Some(why))
        }
        Err(_) => (
            RouterSeen::Unknown,
            Some(format!(
                "the router {} cannot be found in time",
                settings.host
            )),
        ),
    }
}

fn read(target: Target) -> Result<RouterSeen, CallError> {
    let mut router = Router::new(target);
    let state = router.read(&services::IGD_IP, "GetStatusInfo", &[])?;
    let status = state.filled("ConnectionStatus").unwrap_or("unknown");
    if status != "Connected" {
        let error = state
            .filled("LastConnectionError")
            .filter(|error| *error != "ERROR_NONE");
        return Ok(RouterSeen::Down {
            status: shown(status),
            error: error.map(shown),
        });
    }
    // A router that does not tell how much it carries is up all the same.
    let mut figures = |action| {
        router
            .read(&services::IGD_COMMON, action, &[])
            .unwrap_or_default()
    };
    let link = figures("GetCommonLinkProperties");
    let traffic = figures("GetAddonInfos");
    let share = |rate: &str, most: &str| {
        let bits = traffic.number(rate)?.saturating_mul(8);
        percent(bits, link.number(most)?)
    };
    Ok(RouterSeen::Up {
        down: share("ByteReceiveRate", "Layer1DownstreamMaxBitRate"),
        up: share("ByteSendRate", "Layer1UpstreamMaxBitRate"),
        since_s: Arguments::number(&state, "Uptime"),
    })
}

fn shown(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_control())
        .take(60)
        .collect()
}

/// A router that is not there is nobody's fault; one that is there and does not answer may be.
fn not_read(error: &CallError, settings: &RouterSettings) -> (RouterSeen, String) {
    let RouterSettings { host, port, .. } = settings;
    let elsewhere = "say which router it is, or that there is none: `ai-lab-framework config edit monitoring`, key `router`";
    match error {
        CallError::Proxy { why, .. } if why.starts_with("403") => (
            RouterSeen::Unknown,
            format!(
                "the router was not asked: add \"{host}:{port}\" to hosts = [...] below [grants] in tool.toml"
            ),
        ),
        CallError::Proxy { why, .. } if why.contains("cannot be looked up") => (
            RouterSeen::Unknown,
            format!("there is no router {host} here: {elsewhere}"),
        ),
        CallError::Connect { source, .. } if is_no_name(source) => (
            RouterSeen::Unknown,
            format!("there is no router {host} here: {elsewhere}"),
        ),
        CallError::Connect { .. }
        | CallError::Proxy { .. }
        | CallError::Late { .. }
        | CallError::Lost { .. } => (
            RouterSeen::Silent,
            format!("the router does not answer: {error}"),
        ),
        error => (
            RouterSeen::Unknown,
            format!("the router does not tell the line's state without a login: {error}"),
        ),
    }
}

/// The system's library calls it so that a name has no address: an error without a number.
fn is_no_name(error: &io::Error) -> bool {
    error.raw_os_error().is_none() && error.kind() != io::ErrorKind::TimedOut
}

#[cfg(test)]
mod tests {
    use fritzbox_standin::{FritzBox, Standin};

    use super::*;

    fn asked(change: impl FnOnce(&mut FritzBox)) -> (RouterSeen, Option<String>, Vec<String>) {
        let mut fritz_box = FritzBox::default();
        change(&mut fritz_box);
        let router = Standin::start(fritz_box).expect("two ports are free");
        let settings = RouterSettings {
            host: "127.0.0.1".into(),
            port: router.port(),
            budget_ms: Bounded::constant(5000),
            ..RouterSettings::default()
        };
        let (seen, note) = ask_router(&settings, None);
        (seen, note, router.asked())
    }

    #[test]
    fn a_line_that_is_up_is_told_with_its_load_in_three_requests_without_a_login() {
        let (seen, note, requests) = asked(|_| ());
        let RouterSeen::Up { down, up, since_s } = seen else {
            panic!("it is up: {seen:?} {note:?}");
        };
        assert!(down.is_some() && up.is_some() && since_s.is_some());
        assert_eq!((note, requests.len()), (None, 3));
    }

    #[test]
    fn a_line_that_is_down_is_told_with_the_routers_word_in_one_request() {
        let (seen, note, requests) =
            asked(|fritz_box| fritz_box.line.status = "Disconnected".into());
        let RouterSeen::Down { status, .. } = seen else {
            panic!("it is down: {seen:?}");
        };
        assert_eq!(
            (status.as_str(), note, requests.len()),
            ("Disconnected", None, 1)
        );
    }

    #[test]
    fn a_router_that_is_silent_is_told_apart_from_one_that_is_not_there() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it has one").port();
        let ask = |host: &str, on| {
            ask_router(
                &RouterSettings {
                    on,
                    host: host.into(),
                    port,
                    budget_ms: Bounded::constant(300),
                },
                None,
            )
        };
        let (seen, note) = ask("127.0.0.1", true);
        assert_eq!(seen, RouterSeen::Silent);
        assert_eq!(
            note.as_deref(),
            Some("the router does not answer: the router did not answer within 300 ms")
        );
        assert_eq!(ask("127.0.0.1", false), (RouterSeen::Unknown, None));
    }

    #[test]
    fn each_way_not_to_be_told_is_understood() {
        let proxy = |why: &str| CallError::Proxy {
            host: "fritz.box".into(),
            port: 49000,
            why: why.into(),
        };
        let told = |error: &CallError| not_read(error, &RouterSettings::default());
        assert_eq!(
            told(&proxy("403 host fritz.box:49000 not granted")),
            (
                RouterSeen::Unknown,
                "the router was not asked: add \"fritz.box:49000\" to hosts = [...] below [grants] in tool.toml".into()
            )
        );
        let (seen, note) = told(&proxy(
            "502 the name of host fritz.box:49000 cannot be looked up",
        ));
        assert_eq!(seen, RouterSeen::Unknown);
        assert!(
            note.starts_with("there is no router fritz.box here"),
            "{note}"
        );
        let connect = |source: io::Error| CallError::Connect {
            host: "fritz.box".into(),
            port: 49000,
            source,
        };
        assert_eq!(
            told(&connect(io::Error::other(
                "failed to lookup address information"
            )))
            .0,
            RouterSeen::Unknown
        );
        assert_eq!(
            told(&connect(io::Error::from_raw_os_error(113))).0,
            RouterSeen::Silent
        );
        let (seen, note) = told(&CallError::NotXml("text/html".into()));
        assert_eq!(seen, RouterSeen::Unknown);
        assert!(
            note.contains("without a login: the router sent text/html"),
            "{note}"
        );
    }
}
