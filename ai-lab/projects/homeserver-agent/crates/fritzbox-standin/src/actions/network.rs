//! Devices, Wi-Fi and forwardings.

use super::{
    Caller, INDEX_INVALID, INVALID_ACTION, NO_SUCH_ENTRY, NOT_AUTHORIZED, VALUE_INVALID, Values,
    flag,
};
use crate::fritz_box::{Forwarding, FritzBox, Host};
use crate::message::{Asked, Fault};

/// The answer, if the action is one of these.
pub(super) fn answer(
    fritz_box: &mut FritzBox,
    service: &str,
    asked: &Asked,
    caller: Caller<'_>,
) -> Option<Result<Values, Fault>> {
    let (name, number) = service.rsplit_once(':')?;
    match name {
        "Hosts" => hosts(fritz_box, asked),
        "WLANConfiguration" => radio(fritz_box, number.parse().ok()?, asked),
        "WANIPConnection" | "WANPPPConnection" => forwarding(fritz_box, asked, caller.ip),
        _other => None,
    }
}

fn hosts(fritz_box: &mut FritzBox, asked: &Asked) -> Option<Result<Values, Fault>> {
    let of_mac = |host: &&Host| host.mac.eq_ignore_ascii_case(asked.get("MACAddress"));
    Some(match asked.action.as_str() {
        "GetHostNumberOfEntries" => Ok(vec![(
            "HostNumberOfEntries",
            fritz_box.hosts.len().to_string(),
        )]),
        "GetGenericHostEntry" => {
            let index: Option<usize> = asked.get("Index").parse().ok();
            let found = index.and_then(|index| fritz_box.hosts.get(index));
            found.map(host_values).ok_or(INDEX_INVALID)
        }
        "GetSpecificHostEntry" => fritz_box
            .hosts
            .iter()
            .find(of_mac)
            .map(host_values)
            .ok_or(NO_SUCH_ENTRY),
        "X_AVM-DE_GetHostListPath" => Ok(vec![(
            "X_AVM-DE_HostListPath",
            format!("/devicehostlist.lua?sid={}", fritz_box.session),
        )]),
        "X_AVM-DE_WakeOnLANByMACAddress" => {
            let mac = asked.get("MACAddress").to_owned();
            if !fritz_box.hosts.iter().any(|host| of_mac(&host)) {
                return Some(Err(NO_SUCH_ENTRY));
            }
            fritz_box.woken.push(mac);
            Ok(Vec::new())
        }
        _other => return None,
    })
}

fn host_values(host: &Host) -> Values {
    vec![
        ("IPAddress", host.ip.clone()),
        ("AddressSource", "DHCP".to_owned()),
        ("MACAddress", host.mac.clone()),
        ("InterfaceType", host.interface.clone()),
        ("Active", flag(host.is_active)),
        ("HostName", host.name.clone()),
    ]
}

fn radio(fritz_box: &mut FritzBox, number: usize, asked: &Asked) -> Option<Result<Values, Fault>> {
    let Some(radio) = number
        .checked_sub(1)
        .and_then(|index| fritz_box.radios.get_mut(index))
    else {
        return Some(Err(INVALID_ACTION));
    };
    let status = if radio.is_on { "Up" } else { "Disabled" };
    Some(Ok(match asked.action.as_str() {
        "GetInfo" => vec![
            ("Enable", flag(radio.is_on)),
            ("Status", status.to_owned()),
            ("MaxBitRate", "Auto".to_owned()),
            ("Channel", radio.channel.to_string()),
            ("SSID", radio.ssid.clone()),
            ("BeaconType", "11iandWPA3".to_owned()),
            ("Standard", "ax".to_owned()),
        ],
        "X_AVM-DE_GetWLANExtInfo" => vec![
            ("X_AVM-DE_APEnabled", flag(radio.is_on)),
            ("X_AVM-DE_APType", radio.kind.clone()),
        ],
        "GetTotalAssociations" => vec![("TotalAssociations", "2".to_owned())],
        "GetSecurityKeys" => vec![("KeyPassphrase", "geheimes-funkwort".to_owned())],
        "SetEnable" => {
            radio.is_on = asked.get("Enable") == "1";
            Vec::new()
        }
        _other => return None,
    }))
}

fn forwarding(
    fritz_box: &mut FritzBox,
    asked: &Asked,
    caller: &str,
) -> Option<Result<Values, Fault>> {
    let port = asked.get("ExternalPort").parse().unwrap_or(0);
    let place = fritz_box
        .forwardings
        .iter()
        .position(|one| one.external_port == port && one.protocol == asked.get("Protocol"));
    Some(match asked.action.as_str() {
        "GetPortMappingNumberOfEntries" => Ok(vec![(
            "PortMappingNumberOfEntries",
            fritz_box.forwardings.len().to_string(),
        )]),
        "GetGenericPortMappingEntry" => {
            let index: Option<usize> = asked.get("PortMappingIndex").parse().ok();
            let found = index.and_then(|index| fritz_box.forwardings.get(index));
            found.map(forwarding_values).ok_or(INDEX_INVALID)
        }
        "GetSpecificPortMappingEntry" => place
            .map(|place| forwarding_values(&fritz_box.forwardings[place]))
            .ok_or(NO_SUCH_ENTRY),
        "AddPortMapping" => add(fritz_box, asked, caller, place),
        "DeletePortMapping" => match place {
            None => Err(NO_SUCH_ENTRY),
            Some(place) if fritz_box.forwardings[place].client != caller => Err(NOT_AUTHORIZED),
            Some(place) => {
                fritz_box.forwardings.remove(place);
                Ok(Vec::new())
            }
        },
        _other => return None,
    })
}

/// A device may add and change what leads to itself, nothing else.
fn add(
    fritz_box: &mut FritzBox,
    asked: &Asked,
    caller: &str,
    place: Option<usize>,
) -> Result<Values, Fault> {
    let new = Forwarding {
        external_port: asked
            .get("ExternalPort")
            .parse()
            .map_err(|_| VALUE_INVALID)?,
        protocol: asked.get("Protocol").to_owned(),
        client: asked.get("InternalClient").to_owned(),
        internal_port: asked
            .get("InternalPort")
            .parse()
            .map_err(|_| VALUE_INVALID)?,
        is_on: asked.get("Enabled") == "1",
        description: asked.get("PortMappingDescription").to_owned(),
    };
    if new.client != caller {
        return Err(NOT_AUTHORIZED);
    }
    match place {
        Some(place) if fritz_box.forwardings[place].client != new.client => {
            Err((718, "ConflictInMappingEntry"))
        }
        Some(place) => {
            fritz_box.forwardings[place] = new;
            Ok(Vec::new())
        }
        None => {
            fritz_box.forwardings.push(new);
            Ok(Vec::new())
        }
    }
}

fn forwarding_values(one: &Forwarding) -> Values {
    vec![
        ("RemoteHost", String::new()),
        ("ExternalPort", one.external_port.to_string()),
        ("Protocol", one.protocol.clone()),
        ("InternalPort", one.internal_port.to_string()),
        ("InternalClient", one.client.clone()),
        ("Enabled", flag(one.is_on)),
        ("PortMappingDescription", one.description.clone()),
        ("LeaseDuration", "0".to_owned()),
    ]
}
