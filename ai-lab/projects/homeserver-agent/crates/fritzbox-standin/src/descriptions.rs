//! What can be called, from the service descriptions of a real one.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use roxmltree::{Document, Node};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        /// Every description by its path.
        pub(crate) const FILES: &[(&str, &str)] =
            &[$((concat!("/", $name), include_str!(concat!("../descriptions/", $name)))),*];
    };
}

files![
    "tr64desc.xml",
    "igddesc.xml",
    "any.xml",
    "deviceconfigSCPD.xml",
    "deviceinfoSCPD.xml",
    "ethifconfigSCPD.xml",
    "hostsSCPD.xml",
    "igd2ipv6fwcSCPD.xml",
    "igdconnSCPD.xml",
    "igddslSCPD.xml",
    "igdicfgSCPD.xml",
    "lanconfigsecuritySCPD.xml",
    "lanhostconfigmgmSCPD.xml",
    "layer3forwardingSCPD.xml",
    "mgmsrvSCPD.xml",
    "timeSCPD.xml",
    "userifSCPD.xml",
    "wancommonifconfigSCPD.xml",
    "wandslifconfigSCPD.xml",
    "wandsllinkconfigSCPD.xml",
    "wanethlinkconfigSCPD.xml",
    "wanipconnSCPD.xml",
    "wanpppconnSCPD.xml",
    "wlanconfigSCPD.xml",
    "x_appsetupSCPD.xml",
    "x_authSCPD.xml",
    "x_contactSCPD.xml",
    "x_dectSCPD.xml",
    "x_filelinksSCPD.xml",
    "x_homeautoSCPD.xml",
    "x_homeplugSCPD.xml",
    "x_hostfilterSCPD.xml",
    "x_myfritzSCPD.xml",
    "x_remoteSCPD.xml",
    "x_speedtestSCPD.xml",
    "x_storageSCPD.xml",
    "x_tamSCPD.xml",
    "x_upnpSCPD.xml",
    "x_voipSCPD.xml",
    "x_webdavSCPD.xml",
];

/// One argument of an action, without the leading `New`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Argument {
    pub(crate) name: String,
    /// What it may be; empty is anything.
    pub(crate) allowed: Vec<String>,
    /// What stands there when nothing is known.
    pub(crate) empty: &'static str,
}

/// One action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Action {
    pub(crate) takes: Vec<Argument>,
    pub(crate) gives: Vec<Argument>,
}

/// One service.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    /// The whole type.
    pub(crate) kind: String,
    /// Such as `Hosts:1`, or `igd WANIPConnection:1` for the tree without a login.
    pub(crate) name: String,
    pub(crate) actions: BTreeMap<String, Action>,
}

impl Service {
    /// Whether it belongs to the tree without a login.
    pub(crate) fn is_open(&self) -> bool {
        self.name.starts_with("igd ")
    }
}

/// All services by the path that calls are posted to.
pub(crate) fn services() -> &'static BTreeMap<String, Service> {
    static SERVICES: OnceLock<BTreeMap<String, Service>> = OnceLock::new();
    SERVICES.get_or_init(|| {
        [("/tr64desc.xml", ""), ("/igddesc.xml", "igd ")]
            .into_iter()
            .flat_map(|(path, mark)| listed(path, mark))
            .collect()
    })
}

/// The text of a description.
pub(crate) fn file(path: &str) -> Option<&'static str> {
    let found = FILES.iter().find(|(name, _)| *name == path);
    found.map(|(_, text)| *text)
}

fn parsed(path: &str) -> Document<'static> {
    let text = file(path).expect("because every description that is named is here");
    Document::parse(text).expect("because the descriptions are XML")
}

fn listed(path: &str, mark: &str) -> Vec<(String, Service)> {
    let document = parsed(path);
    let services = document
        .descendants()
        .filter(|node| node.tag_name().name() == "service");
    services
        .map(|service| {
            let kind = text(service, "serviceType");
            let mut parts = kind.rsplit(':');
            let (number, name) = (
                parts.next().unwrap_or_default(),
                parts.next().unwrap_or_default(),
            );
            let service_of = Service {
                name: format!("{mark}{name}:{number}"),
                actions: actions(&text(service, "SCPDURL")),
                kind: kind.clone(),
            };
            (text(service, "controlURL"), service_of)
        })
        .collect()
}

fn actions(path: &str) -> BTreeMap<String, Action> {
    let document = parsed(path);
    let nodes = |name: &'static str| {
        document
            .descendants()
            .filter(move |node| node.tag_name().name() == name)
    };
    let variables: BTreeMap<String, Node<'_, '_>> = nodes("stateVariable")
        .map(|variable| (text(variable, "name"), variable))
        .collect();
    nodes("action")
        .map(|action| {
            let mut read = Action::default();
            for argument in action
                .descendants()
                .filter(|node| node.tag_name().name() == "argument")
            {
                let name = text(argument, "name");
                let variable = variables.get(&text(argument, "relatedStateVariable"));
                let argument_of = Argument {
                    name: name.strip_prefix("New").unwrap_or(&name).to_owned(),
                    allowed: variable.map(allowed).unwrap_or_default(),
                    empty: variable.map_or("", |variable| empty(&text(*variable, "dataType"))),
                };
                if text(argument, "direction") == "in" {
                    read.takes.push(argument_of);
                } else {
                    read.gives.push(argument_of);
                }
            }
            (text(action, "name"), read)
        })
        .collect()
}

fn allowed(variable: &Node<'_, '_>) -> Vec<String> {
    let values = variable
        .descendants()
        .filter(|node| node.tag_name().name() == "allowedValue");
    values
        .filter_map(|value| value.text().map(str::to_owned))
        .collect()
}

fn empty(data_type: &str) -> &'static str {
    match data_type {
        "string" | "uuid" => "",
        "dateTime" => "0001-01-01T00:00:00",
        _number => "0",
    }
}

fn text(node: Node<'_, '_>, name: &str) -> String {
    let found = node
        .children()
        .find(|child| child.tag_name().name() == name);
    found
        .and_then(|child| child.text())
        .unwrap_or_default()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_trees_are_read_with_their_actions() {
        let services = services();
        assert_eq!(services.len(), 40, "{:?}", services.keys());
        let hosts = &services["/upnp/control/hosts"];
        assert_eq!((hosts.name.as_str(), hosts.is_open()), ("Hosts:1", false));
        let set = &hosts.actions["X_AVM-DE_WakeOnLANByMACAddress"];
        assert_eq!(
            set.takes
                .iter()
                .map(|argument| &argument.name)
                .collect::<Vec<_>>(),
            ["MACAddress"]
        );
        let switch = &services["/upnp/control/x_homeauto"].actions["SetSwitch"];
        assert_eq!(
            switch.takes[1].allowed,
            ["OFF", "ON", "TOGGLE", "UNDEFINED"]
        );
        assert!(services["/igdupnp/control/WANIPConn1"].is_open());
    }
}
