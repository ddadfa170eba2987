//! Devices, Wi-Fi, forwardings, calls and switches, as they are read.

use fritzbox_standin::{Call, Forwarding, FritzBox, Host, Radio, Switch, Trouble, TroubleKind};
use serde_json::{Value, json};

use crate::scene::Scene;

pub(crate) fn host(number: usize) -> Host {
    Host {
        name: format!("host-{number}"),
        ip: format!("192.168.178.{}", number % 250),
        mac: format!("02:00:00:00:{:02X}:{:02X}", number / 256, number % 256),
        is_active: number.is_multiple_of(2),
        is_guest: false,
        interface: "Ethernet".to_owned(),
    }
}

pub(crate) fn forwarding(port: u16, client: &str) -> Forwarding {
    Forwarding {
        external_port: port,
        protocol: "TCP".to_owned(),
        client: client.to_owned(),
        internal_port: 443,
        is_on: true,
        description: "web".to_owned(),
    }
}

pub(crate) fn switch() -> Switch {
    Switch {
        ain: "08761 0000434".to_owned(),
        name: "Lampe".to_owned(),
        state: Some("OFF".to_owned()),
        is_present: true,
        power: 1234,
        temperature: -55,
    }
}

#[test]
fn any_number_of_hosts_is_three_requests() {
    for count in [1, 70, 600] {
        let scene = Scene::new(|fritz_box| fritz_box.hosts = (0..count).map(host).collect());
        let told = scene.data("hosts", &json!({}));
        assert_eq!(
            (told["hosts"].as_array().map(Vec::len), &told["total"]),
            (Some(count), &json!(count))
        );
        assert_eq!(
            scene.asked(),
            [
                "POST Hosts:1 X_AVM-DE_GetHostListPath -> 401",
                "POST Hosts:1 X_AVM-DE_GetHostListPath -> 200",
                "GET /devicehostlist.lua -> 200",
            ]
        );
    }
}

#[test]
fn who_came_after_the_first_list_is_new() {
    let scene = Scene::new(|fritz_box| fritz_box.hosts = vec![host(1), host(2)]);
    let first = scene.data("hosts", &json!({}));
    assert_eq!(
        first["hosts"][1],
        json!({
            "name": "host-2", "ip": "192.168.178.2", "mac": "02:00:00:00:00:02", "active": true, "guest": false,
            "interface": "Ethernet", "speed_mbit_s": 100, "internet": true, "first_seen": null,
        })
    );
    scene.router.with(|fritz_box| fritz_box.hosts.push(host(3)));
    let since = first["known_since"].as_str().expect("a moment");
    let new = scene.data("hosts", &json!({"new_since": since}));
    let names: Vec<&Value> = new["hosts"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|host| &host["name"])
        .collect();
    assert_eq!(
        (names, &new["total"], &new["notes"]),
        (vec![&json!("host-3")], &json!(3), &json!([]))
    );
    // It stays new since then, and is not since later.
    let again = scene.data("hosts", &json!({"new_since": since}));
    assert_eq!(again["hosts"], new["hosts"]);
    assert_eq!(
        scene.data("hosts", &json!({"new_since": "2999-01-01T00:00:00Z"}))["hosts"],
        json!([])
    );
    let early = scene.data("hosts", &json!({"new_since": "2000-01-01T00:00:00Z"}));
    assert_eq!(
        early["notes"],
        json!(["who came before `known_since` is not told as new"])
    );
    let (kind, why) = scene.failed("hosts", &json!({"new_since": "yesterday"}));
    assert!(
        kind == "invalid_input" && why.starts_with("`new_since` is no moment"),
        "{why}"
    );
}

#[test]
fn hosts_are_filtered_after_they_were_remembered() {
    let scene = Scene::new(|fritz_box| fritz_box.hosts = vec![host(1), host(2)]);
    assert_eq!(
        scene.data("hosts", &json!({"active": true}))["hosts"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    assert_eq!(
        scene.data("hosts", &json!({"contains": "HOST-1"}))["hosts"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    let kept = scene.remembered("devices.json");
    let devices = kept
        .as_object()
        .and_then(|all| all.values().next())
        .map(|known| &known["devices"]);
    assert_eq!(
        devices.and_then(Value::as_object).map(serde_json::Map::len),
        Some(2)
    );
}

#[test]
fn an_old_fritz_os_without_a_list_is_asked_host_by_host() {
    let scene = Scene::new(|fritz_box| {
        fritz_box.hosts = (0..100).map(host).collect();
        fritz_box.troubles = vec![Trouble::times(
            "GetHostListPath",
            TroubleKind::Fault(401, "Invalid Action"),
            9,
        )];
    });
    let told = scene.data("hosts", &json!({}));
    assert_eq!(told["hosts"].as_array().map(Vec::len), Some(64));
    assert_eq!(told["hosts"][2]["name"], "host-2");
    assert_eq!(
        told["notes"],
        json!(["this FRITZ!OS has no list: each of at most 64 devices was asked for alone"])
    );
    assert_eq!(scene.asked().len(), 67);
}

#[test]
fn radios_are_told_with_what_they_are_declared_to_be() {
    let scene = Scene::new(|_| {});
    let told = scene.data("wifi", &json!({}));
    assert_eq!(
        told["radios"][2],
        json!({
            "number": "3", "kind": "guest", "ssid": "Zuhause Gast", "enabled": false, "status": "Disabled",
            "channel": 6, "standard": "ax", "security": "11iandWPA3",
        })
    );
    assert_eq!(
        scene.asked()[..4],
        [
            "GET /tr64desc.xml -> 200",
            "POST WLANConfiguration:1 GetInfo -> 401",
            "POST WLANConfiguration:1 GetInfo -> 200",
            "POST WLANConfiguration:1 X_AVM-DE_GetWLANExtInfo -> 200",
        ]
    );
}

#[test]
fn no_call_asks_for_a_passphrase() {
    let scene = Scene::new(|fritz_box| {
        fritz_box.radios.push(Radio {
            ssid: "x".to_owned(),
            kind: "normal".to_owned(),
            is_on: true,
            channel: 1,
        });
    });
    for action in ["wifi", "guest_wifi"] {
        scene.answered(
            action,
            &json!(if action == "wifi" {
                json!({})
            } else {
                json!({"enable": true})
            }),
        );
    }
    let asked = scene.asked();
    assert!(
        asked
            .iter()
            .all(|line| !line.contains("Key") && !line.contains("Security")),
        "{asked:?}"
    );
}

#[test]
fn forwardings_say_whose_they_are() {
    let mut scene = Scene::new(|fritz_box| {
        fritz_box.forwardings = vec![
            forwarding(443, "192.168.178.20"),
            forwarding(8443, "192.168.178.30"),
        ];
    });
    scene.config["own_address"] = json!("192.168.178.20");
    let told = scene.data("forwardings", &json!({}));
    assert_eq!(
        told["forwardings"][0],
        json!({
            "external_port": 443, "protocol": "TCP", "client": "192.168.178.20", "internal_port": 443, "enabled": true,
            "description": "web", "remote_host": null, "lease_s": 0, "changeable": true,
        })
    );
    assert_eq!(
        (&told["forwardings"][1]["changeable"], &told["own_address"]),
        (&json!(false), &json!("192.168.178.20"))
    );
    assert_eq!(
        told["notes"],
        json!(["forwardings of IPv6 are not in this list: TR-064 does not tell them"])
    );
    assert_eq!(
        scene.asked(),
        [
            "POST Layer3Forwarding:1 GetDefaultConnectionService -> 401",
            "POST Layer3Forwarding:1 GetDefaultConnectionService -> 200",
            "POST WANPPPConnection:1 GetPortMappingNumberOfEntries -> 200",
            "POST WANPPPConnection:1 GetGenericPortMappingEntry PortMappingIndex=0 -> 200",
            "POST WANPPPConnection:1 GetGenericPortMappingEntry PortMappingIndex=1 -> 200",
        ]
    );
    // One is taken away while the list is read.
    let gone = TroubleKind::Fault(713, "SpecifiedArrayIndexInvalid");
    scene
        .router
        .with(|fritz_box| fritz_box.troubles = vec![Trouble::once("PortMappingIndex=1", gone)]);
    assert_eq!(
        scene.data("forwardings", &json!({}))["forwardings"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

pub(crate) fn call(kind: u32, number: &str, name: &str) -> Call {
    Call {
        kind,
        number: number.to_owned(),
        name: name.to_owned(),
        own: "4930998877".to_owned(),
        date: "23.11.26 09:15".to_owned(),
        duration: "0:03".to_owned(),
    }
}

#[test]
fn calls_have_names_for_numbers() {
    let scene = Scene::new(|fritz_box| {
        fritz_box.calls = vec![
            call(2, "01711234567", "Ada"),
            call(3, "01711234567", ""),
            call(1, "", ""),
        ];
    });
    let told = scene.data("calls", &json!({"limit": 10, "days": 7}));
    let calls = told["calls"].as_array().expect("a list");
    let kinds: Vec<&Value> = calls.iter().map(|call| &call["kind"]).collect();
    assert_eq!(kinds, ["missed", "outgoing", "incoming"]);
    assert_eq!(calls[0]["other"], calls[1]["other"]);
    assert_eq!(calls[0]["own"], calls[1]["own"]);
    assert_ne!(calls[0]["other"], calls[0]["own"]);
    assert_eq!(calls[2]["other"], Value::Null);
    assert_eq!(
        (
            &calls[0]["name"],
            &calls[0]["at"],
            &calls[0]["minutes"],
            &calls[0]["device"]
        ),
        (
            &json!("Ada"),
            &json!("23.11.26 09:15"),
            &json!(3),
            &json!("Telefon [number]")
        )
    );
    assert_eq!(
        scene.asked(),
        [
            "POST X_AVM-DE_OnTel:1 GetCallList -> 401",
            "POST X_AVM-DE_OnTel:1 GetCallList -> 200",
            "GET /calllist.lua -> 200",
        ]
    );
    let missed = scene.data("calls", &json!({"missed": true}));
    assert_eq!(missed["calls"].as_array().map(Vec::len), Some(1));
    assert_eq!(missed["calls"][0]["other"], calls[0]["other"]);
    assert_eq!(
        scene.data("calls", &json!({"limit": 2}))["calls"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
}

#[test]
fn switches_are_told_until_the_last_one() {
    let scene = Scene::new(|fritz_box: &mut FritzBox| {
        let sensor = Switch {
            state: None,
            is_present: false,
            ..switch()
        };
        fritz_box.switches = vec![switch(), sensor];
    });
    let told = scene.data("switches", &json!({}));
    assert_eq!(
        told["switches"][0],
        json!({
            "ain": "08761 0000434", "name": "Lampe", "product": "FRITZ!DECT 200", "present": true, "on": false,
            "locked": false, "power_w": 12.34, "temperature_c": -5.5,
        })
    );
    let sensor = &told["switches"][1];
    assert_eq!(
        (&sensor["on"], &sensor["present"], &sensor["power_w"]),
        (&Value::Null, &json!(false), &Value::Null)
    );
    let asked = scene.asked();
    assert_eq!(
        asked.last().map(String::as_str),
        Some("POST X_AVM-DE_Homeauto:1 GetGenericDeviceInfos Index=2 -> fault 713")
    );
    assert_eq!(asked.len(), 4);
}
