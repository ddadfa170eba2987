//! What the stand-in is like: everything a test may set or look at.

use std::collections::BTreeSet;

use crate::Trouble;
use crate::login::Nonces;

/// Somebody who may log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The name.
    pub name: String,
    /// The password.
    pub password: String,
    /// Letters of the rights: C settings, A app, P phone, N files, H smart home.
    pub rights: String,
}

/// Which logins are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Login {
    /// HTTP's digest.
    Digest,
    /// Only that in the call's header.
    Legacy,
}

/// A device in the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Its name.
    pub name: String,
    /// Its address; empty if it has none now.
    pub ip: String,
    /// Its hardware address.
    pub mac: String,
    /// Whether it is there.
    pub is_active: bool,
    /// Whether it is in the guest network.
    pub is_guest: bool,
    /// `Ethernet`, `802.11`.
    pub interface: String,
}

/// A Wi-Fi.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Radio {
    /// Its name.
    pub ssid: String,
    /// `normal`, `guest`, `repeater`.
    pub kind: String,
    /// Whether it is on.
    pub is_on: bool,
    /// Its channel.
    pub channel: u32,
}

/// A port that leads inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forwarding {
    /// From outside.
    pub external_port: u16,
    /// `TCP` or `UDP`.
    pub protocol: String,
    /// The device inside.
    pub client: String,
    /// Its port.
    pub internal_port: u16,
    /// Whether it is on.
    pub is_on: bool,
    /// Its name.
    pub description: String,
}

/// A call in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// 1 in, 2 missed, 3 out, 10 rejected.
    pub kind: u32,
    /// The number outside.
    pub number: String,
    /// Its name in the phone book.
    pub name: String,
    /// The number here.
    pub own: String,
    /// As the router writes it: `23.11.26 09:15`.
    pub date: String,
    /// As the router writes it: `0:03`.
    pub duration: String,
}

/// A smart-home device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// Its number.
    pub ain: String,
    /// Its name.
    pub name: String,
    /// `ON`, `OFF`; `None` for a device that has no switch.
    pub state: Option<String>,
    /// Whether it can be reached.
    pub is_present: bool,
    /// In 0.01 W.
    pub power: u32,
    /// In 0.1 °C.
    pub temperature: i32,
}

/// The connection to the internet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `DSL`, `Ethernet`, `X_AVM-DE_Fiber`, `X_AVM-DE_Cable`.
    pub access: String,
    /// Which service carries it: `1.WANPPPConnection.1` or `1.WANIPConnection.1`.
    pub service: String,
    /// `Connected`, `Connecting`, `Disconnected`.
    pub status: String,
    /// The address now.
    pub ipv4: String,
    /// The addresses after further reconnections, the next first.
    pub next_ipv4: Vec<String>,
    /// Empty if there is none.
    pub ipv6: String,
    /// How many questions after a reconnection are answered with `Connecting`.
    pub connecting_for: u32,
    /// When it came up, on the stand-in's clock.
    pub up_since_s: u64,
    /// All bytes that ever left.
    pub sent: u64,
    /// All bytes that ever came.
    pub received: u64,
    /// Whether the counters of 64 bits are told; else they are 0, as on cable.
    pub has_wide_counters: bool,
}

/// What needs a person at the router.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecondFactor {
    /// The actions that need it, such as `AddPortMapping`.
    pub needed_for: BTreeSet<String>,
    /// The token of the one that is waited for.
    pub token: Option<String>,
    /// Whether the button was pressed.
    pub is_confirmed: bool,
    /// Whether it is refused for now: 867.
    pub is_blocked: bool,
    /// Whether another one is waited for: 868.
    pub is_busy: bool,
}

/// A FRITZ!Box.
#[derive(Clone, Debug)]
pub struct FritzBox {
    /// Who may log in; the last one logged in last.
    pub users: Vec<User>,
    /// Which logins it offers.
    pub login: Login,
    /// How long a nonce lives, in seconds of its clock.
    pub nonce_s: u64,
    /// Whether applications may ask at all.
    pub is_interface_on: bool,
    /// Whether the tree without a login is there.
    pub has_igd: bool,
    /// Its clock, in seconds. Only tests move it.
    pub clock_s: u64,
    /// When it was started, on its clock.
    pub started_s: u64,
    /// Devices.
    pub hosts: Vec<Host>,
    /// Radios, `WLANConfiguration:1` first.
    pub radios: Vec<Radio>,
    /// Forwardings.
    pub forwardings: Vec<Forwarding>,
    /// Calls.
    pub calls: Vec<Call>,
    /// Smart home.
    pub switches: Vec<Switch>,
    /// The log, newest first.
    pub log: String,
    /// The connection to the internet.
    pub line: Line,
    /// The second factor.
    pub second_factor: SecondFactor,
    /// The newer FRITZ!OS, or nothing.
    pub update: String,
    /// Whom it takes every caller for; `None` is the address that the connection came from.
    pub caller: Option<String>,
    /// The host and port in the addresses of its lists; its own if empty.
    pub list_host: String,
    /// How many connections are cut after a restart.
    pub restart_cuts: u32,
    /// How many connections are still cut.
    pub cuts_left: u32,
    /// Which of its two certificates it shows.
    pub has_second_certificate: bool,
    /// Hardware addresses that were woken.
    pub woken: Vec<String>,
    /// Paths of calls that this model does not know.
    pub unknown_paths: BTreeSet<String>,
    /// What goes wrong.
    pub troubles: Vec<Trouble>,
    /// How many connections came.
    pub connections: u32,
    /// Every request: method, what, status.
    pub journal: Vec<String>,
    pub(crate) nonces: Nonces,
    pub(crate) session: String,
    /// Where TLS is spoken.
    pub(crate) tls_port: u16,
}

impl Default for FritzBox {
    fn default() -> Self {
        Self {
            users: vec![User {
                name: "agent".to_owned(),
                password: "schloss-und-riegel".to_owned(),
                rights: "CAPNH".to_owned(),
            }],
            login: Login::Digest,
            nonce_s: 300,
            is_interface_on: true,
            has_igd: true,
            clock_s: 1_000_000,
            started_s: 500_000,
            hosts: Vec::new(),
            radios: vec![
                radio("Zuhause", "normal", true, 6),
                radio("Zuhause", "normal", true, 44),
                radio("Zuhause Gast", "guest", false, 6),
            ],
            forwardings: Vec::new(),
            calls: Vec::new(),
            switches: Vec::new(),
            log: "23.11.26 09:15:00 Internetverbindung wurde erfolgreich hergestellt.".to_owned(),
            line: Line::default(),
            second_factor: SecondFactor::default(),
            update: String::new(),
            caller: None,
            list_host: String::new(),
            restart_cuts: 2,
            cuts_left: 0,
            has_second_certificate: false,
            woken: Vec::new(),
            unknown_paths: BTreeSet::new(),
            troubles: Vec::new(),
            connections: 0,
            journal: Vec::new(),
            nonces: Nonces::default(),
            session: "5e55104e5e55104e".to_owned(),
            tls_port: 0,
        }
    }
}

impl Default for Line {
    fn default() -> Self {
        Self {
            access: "DSL".to_owned(),
            service: "1.WANPPPConnection.1".to_owned(),
            status: "Connected".to_owned(),
            ipv4: "203.0.113.7".to_owned(),
            next_ipv4: vec!["203.0.113.99".to_owned()],
            ipv6: "2001:db8::7".to_owned(),
            connecting_for: 0,
            up_since_s: 600_000,
            sent: 5_000_000_000,
            received: 70_000_000_000,
            has_wide_counters: true,
        }
    }
}

fn radio(ssid: &str, kind: &str, is_on: bool, channel: u32) -> Radio {
    Radio {
        ssid: ssid.to_owned(),
        kind: kind.to_owned(),
        is_on,
        channel,
    }
}

impl FritzBox {
    /// Lets its clock go on.
    pub const fn advance(&mut self, seconds: u64) {
        self.clock_s += seconds;
    }

    /// Presses the button that confirms the second factor.
    pub const fn press_button(&mut self) {
        self.second_factor.is_confirmed = true;
    }

    /// Starts a session of its lists that no address names yet; the old one ends.
    pub fn end_session(&mut self) {
        self.session.push('0');
    }

    /// The session in the addresses of its lists: what no record may hold.
    pub fn session(&self) -> &str {
        &self.session
    }

    /// Restarts: connections are cut for a while, and it counts from zero.
    pub(crate) fn restart(&mut self) {
        self.cuts_left = self.restart_cuts;
        self.clock_s += 60;
        self.started_s = self.clock_s;
        self.line.up_since_s = self.clock_s;
        self.nonces = Nonces::default();
    }

    /// Drops the connection to the internet and dials again.
    pub(crate) fn reconnect(&mut self) {
        if !self.line.next_ipv4.is_empty() {
            self.line.ipv4 = self.line.next_ipv4.remove(0);
        }
        self.clock_s += 3;
        self.line.up_since_s = self.clock_s;
        self.line.connecting_for = self.line.connecting_for.max(1);
    }
}
