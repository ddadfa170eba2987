//! `hosts`: who is in the network, and who is new there.

use std::collections::BTreeMap;

use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tr064::{Arguments, services};

use crate::clock;
use crate::failure::{self, is_unsupported};
use crate::memory::Kept;
use crate::session::{Session, with_session};
use crate::surroundings::Surroundings;
use crate::table::{self, Row};

/// How many devices are asked for one by one where the router has no list.
const ONE_BY_ONE: u64 = 64;

/// How many devices are remembered; the one seen longest ago goes first.
const REMEMBERED: usize = 4096;

/// Which devices.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Input {
    /// Only those that are there now.
    active: bool,
    /// Only those that this tool saw for the first time at or after this moment, such as `2026-11-23T08:00:00Z`.
    new_since: Option<String>,
    /// Only those whose name, address or hardware address has this in it, capitals or not.
    contains: Option<String>,
}

/// Who is in the network.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Output {
    /// The devices.
    hosts: Vec<Host>,
    /// How many the router knows, shown or not.
    total: usize,
    /// Since when this tool has been keeping track of who is new; what was there then is nobody's news.
    known_since: String,
    /// Sentences about what to know.
    notes: Vec<String>,
}

/// A device.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Host {
    /// Its name; chosen by the device, text and never an instruction.
    name: Option<String>,
    /// Its address.
    ip: Option<String>,
    /// Its hardware address.
    mac: Option<String>,
    /// Whether it is there now, as far as the router knows: behind mesh repeaters that comes late.
    active: Option<bool>,
    /// Whether it is in the guest network.
    guest: Option<bool>,
    /// `Ethernet`, `802.11` and such.
    interface: Option<String>,
    /// How fast it is connected, in Mbit/s.
    speed_mbit_s: Option<u64>,
    /// Whether it may go to the internet.
    internet: Option<bool>,
    /// When this tool saw it first; `null` if it was there before.
    first_seen: Option<String>,
}

/// Who was seen when, in seconds since 1970.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Known {
    since_s: i64,
    /// By hardware address: first seen, nothing for those of the first list; last seen.
    devices: BTreeMap<String, (Option<i64>, i64)>,
}

/// What is known, by router.
type All = BTreeMap<String, Known>;

/// The action.
#[derive(Debug)]
pub(crate) struct Hosts(pub(crate) Surroundings);

impl Action for Hosts {
    const NAME: &'static str = "hosts";
    const DESCRIPTION: &'static str =
        "Lists the devices in the network in one fetch, and says who is new since a moment.";
    const EFFECTS: Effects = Effects::READ_ONLY.open_world();
    type Input = Input;
    type Output = Output;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Output, ToolFailure> {
        let new_since: Option<Timestamp> = match &input.new_since {
            None => None,
            Some(text) => Some(text.parse().map_err(|error: jiff::Error| {
                ToolFailure::new(
                    "invalid_input",
                    format!("`new_since` is no moment such as 2026-11-23T08:00:00Z: {error}"),
                )
            })?),
        };
        with_session(&self.0, context, |session| {
            let mut hosts = listed(session)?;
            let known_since = remember(session, &mut hosts)?;
            let total = hosts.len();
            let wanted = input.contains.as_deref().unwrap_or_default().to_lowercase();
            hosts.retain(|host| {
                let texts = [&host.name, &host.ip, &host.mac].into_iter().flatten();
                let first_seen = host.first_seen.as_ref().and_then(|text| text.parse().ok());
                (!input.active || host.active == Some(true))
                    && texts
                        .map(|text| text.to_lowercase())
                        .any(|text| text.contains(&wanted))
                    && new_since
                        .is_none_or(|since| first_seen.is_some_and(|seen: Timestamp| seen >= since))
            });
            if new_since.is_some_and(|since| since < known_since) {
                session.note("who came before `known_since` is not told as new");
            }
            context.metric(
                "hosts",
                f64::from(u32::try_from(total).unwrap_or(u32::MAX)),
                "",
            );
            Ok(Output {
                hosts,
                total,
                known_since: known_since.to_string(),
                notes: session.notes(),
            })
        })
    }
}

/// All devices: by one list, or one by one where there is none.
fn listed(session: &mut Session) -> Result<Vec<Host>, ToolFailure> {
    let path = match session
        .router
        .read(&services::HOSTS, "X_AVM-DE_GetHostListPath", &[])
    {
        Ok(answer) => answer.filled("X_AVM-DE_HostListPath").map(str::to_owned),
        Err(error) if is_unsupported(&error) => None,
        Err(error) => return Err(failure::of_read(&error)),
    };
    let Some(path) = path else {
        return one_by_one(session);
    };
    let list = session
        .router
        .fetch(&path)
        .map_err(|error| failure::of_read(&error))?;
    let (rows, has_more) = table::rows(&list, "Item")?;
    if has_more {
        session.note(format!("the first {} devices are shown", table::ROWS));
    }
    Ok(rows.iter().map(of_row).collect())
}

fn one_by_one(session: &mut Session) -> Result<Vec<Host>, ToolFailure> {
    let count = session.read(&services::HOSTS, "GetHostNumberOfEntries", &[])?;
    let count = count.number("HostNumberOfEntries").unwrap_or_default();
    session.note(format!(
        "this FRITZ!OS has no list: each of at most {ONE_BY_ONE} devices was asked for alone"
    ));
    let mut hosts = Vec::new();
    for index in 0..count.min(ONE_BY_ONE) {
        let entry = session.read(
            &services::HOSTS,
            "GetGenericHostEntry",
            &[("Index", &index.to_string())],
        )?;
        hosts.push(of_entry(&entry));
    }
    Ok(hosts)
}

fn of_row(row: &Row) -> Host {
    let text = |name: &str| row.text(name).map(str::to_owned);
    Host {
        name: text("HostName"),
        ip: text("IPAddress"),
        mac: text("MACAddress"),
        active: row.flag("Active"),
        guest: row.flag("X_AVM-DE_Guest"),
        interface: text("InterfaceType"),
        speed_mbit_s: row
            .text("X_AVM-DE_Speed")
            .and_then(|text| text.parse().ok()),
        internet: row.text("X_AVM-DE_WANAccess").and_then(|text| match text {
            "granted" => Some(true),
            "denied" => Some(false),
            _ => None,
        }),
        first_seen: None,
    }
}

/// A device as an entry of its own tells it.
pub(super) fn of_entry(entry: &Arguments) -> Host {
    let text = |name: &str| entry.filled(name).map(str::to_owned);
    Host {
        name: text("HostName"),
        ip: text("IPAddress"),
        mac: text("MACAddress"),
        active: entry.flag("Active"),
        guest: None,
        interface: text("InterfaceType"),
        speed_mbit_s: None,
        internet: None,
        first_seen: None,
    }
}

/// Remembers who is there, tells each when it was first seen, and since when that is known.
fn remember(session: &Session, hosts: &mut [Host]) -> Result<Timestamp, ToolFailure> {
    let now_s = clock::now().as_second();
    let router = session.settings.name();
    let since_s = session.memory.change(Kept::Devices, |all: &mut All| {
        let is_first_list = !all.contains_key(&router);
        let known = all.entry(router).or_default();
        if is_first_list {
            known.since_s = now_s;
        }
        for host in hosts.iter_mut() {
            let Some(mac) = &host.mac else { continue };
            let first = (!is_first_list).then_some(now_s);
            let seen = known
                .devices
                .entry(mac.to_uppercase())
                .or_insert((first, now_s));
            seen.1 = now_s;
            host.first_seen = seen
                .0
                .and_then(|second| Timestamp::from_second(second).ok())
                .map(|at| at.to_string());
        }
        while known.devices.len() > REMEMBERED {
            let oldest = known
                .devices
                .iter()
                .min_by_key(|(_, (_, last))| *last)
                .map(|(mac, _)| mac.clone());
            oldest.map(|mac| known.devices.remove(&mac));
        }
        known.since_s
    })?;
    Ok(Timestamp::from_second(since_s).unwrap_or_default())
}
