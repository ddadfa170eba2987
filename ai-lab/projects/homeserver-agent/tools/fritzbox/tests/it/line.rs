//! The line, the device, its log, its user.

use fritzbox_standin::{FritzBox, Trouble, TroubleKind, User};
use serde_json::{Value, json};

use crate::scene::Scene;

const WITHOUT_LOGIN: [&str; 5] = [
    "POST igd WANIPConnection:1 GetStatusInfo -> 200",
    "POST igd WANIPConnection:1 GetExternalIPAddress -> 200",
    "POST igd WANIPConnection:1 X_AVM_DE_GetExternalIPv6Address -> 200",
    "POST igd WANCommonInterfaceConfig:1 GetCommonLinkProperties -> 200",
    "POST igd WANCommonInterfaceConfig:1 GetAddonInfos -> 200",
];

#[test]
fn the_line_is_told_in_five_requests_without_a_login() {
    let scene = Scene::new(|_| {});
    let told = scene.data("wan", &json!({}));
    assert_eq!(
        told,
        json!({
            "connected": true, "status": "Connected", "uptime_s": 400_000, "last_error": null,
            "ipv4": "203.0.113.7", "ipv6": "2001:db8::7", "access": "DSL", "link_up": true,
            "max_down_bit_s": 292_030_000, "max_up_bit_s": 46_720_000,
            "down_byte_s": 340_000, "up_byte_s": 12_000,
            "totals": {
                "received": {"bytes": 70_000_000_000_u64, "reliable": "exact"},
                "sent": {"bytes": 5_000_000_000_u64, "reliable": "exact"},
            },
            "dns": ["203.0.113.53", "203.0.113.54"], "with_login": false, "notes": [],
        })
    );
    assert_eq!(scene.asked(), WITHOUT_LOGIN);
}

#[test]
fn the_figures_of_a_call_are_told_beside_its_answer() {
    let scene = Scene::new(|_| {});
    let (answer, _) = scene.answered("wan", &json!({}));
    assert_eq!(
        answer["metrics"],
        json!([{"name": "wan_connected", "value": 1.0}, {"name": "router_requests", "value": 5.0}])
    );
}

#[test]
fn a_router_that_tells_nothing_without_a_login_is_asked_with_one() {
    let scene = Scene::new(|fritz_box| fritz_box.has_igd = false);
    let told = scene.data("wan", &json!({}));
    assert_eq!(
        (&told["connected"], &told["ipv4"], &told["with_login"]),
        (&json!(true), &json!("203.0.113.7"), &json!(true))
    );
    assert_eq!(told["dns"], json!(["203.0.113.53", "203.0.113.54"]));
    assert_eq!(
        told["totals"]["sent"],
        json!({"bytes": 705_032_704, "reliable": "modulo4_gib"})
    );
    let note = told["notes"][0].as_str().expect("there is one");
    assert!(note.contains("Statusinformationen über UPnP"), "{note}");
    assert_eq!(
        scene.asked(),
        [
            "POST /igdupnp/control/WANIPConn1 -> 404",
            "GET /igddesc.xml -> 404",
            "POST Layer3Forwarding:1 GetDefaultConnectionService -> 401",
            "POST Layer3Forwarding:1 GetDefaultConnectionService -> 200",
            "POST WANPPPConnection:1 GetInfo -> 200",
            "POST WANCommonInterfaceConfig:1 GetCommonLinkProperties -> 200",
            "POST WANCommonInterfaceConfig:1 GetTotalBytesReceived -> 200",
            "POST WANCommonInterfaceConfig:1 GetTotalBytesSent -> 200",
        ]
    );
    // The provider's user name stands in the same answer, and is nobody's business.
    assert!(!told.to_string().contains("anschluss@"), "{told}");
}

#[test]
fn cable_and_fibre_lack_what_dsl_has_and_are_told_all_the_same() {
    let scene = Scene::new(|fritz_box| {
        fritz_box.line.access = "X_AVM-DE_Fiber".to_owned();
        fritz_box.line.service = "1.WANIPConnection.1".to_owned();
        fritz_box.line.ipv6 = String::new();
        let absent = TroubleKind::Fault(401, "Invalid Action");
        fritz_box.troubles = vec![Trouble::once("GetCommonLinkProperties", absent)];
    });
    let told = scene.data("wan", &json!({}));
    assert_eq!(
        (
            &told["connected"],
            &told["access"],
            &told["ipv6"],
            &told["max_down_bit_s"]
        ),
        (&json!(true), &Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(
        told["notes"],
        json!([
            "the link: this router, line or FRITZ!OS does not have it (the router says: 401 Invalid Action)"
        ])
    );
}

#[test]
fn a_counter_that_starts_over_is_followed_from_call_to_call() {
    let scene = Scene::new(|fritz_box| {
        fritz_box.line.has_wide_counters = false;
        fritz_box.line.sent = 4_294_967_000;
        fritz_box.line.received = 0;
    });
    let sent = || scene.data("wan", &json!({}))["totals"]["sent"].clone();
    assert_eq!(
        sent(),
        json!({"bytes": 4_294_967_000_u64, "reliable": "modulo4_gib"})
    );
    scene.router.with(|fritz_box| fritz_box.line.sent += 1000);
    assert_eq!(
        sent(),
        json!({"bytes": 4_294_968_000_u64, "reliable": "followed"})
    );
    // Restarted: it counts from zero, and nobody knows what was before.
    scene.router.with(|fritz_box| {
        fritz_box.line.up_since_s = fritz_box.clock_s;
        fritz_box.line.sent = 500;
    });
    assert_eq!(sent(), json!({"bytes": 500, "reliable": "modulo4_gib"}));
}

#[test]
fn the_device_is_told_and_a_missing_right_is_a_note() {
    let scene = Scene::new(|fritz_box| fritz_box.update = "154.08.20".to_owned());
    let told = scene.data("device", &json!({}));
    assert_eq!(
        told,
        json!({
            "model": "FRITZ!Box 7590", "firmware": "154.07.29", "hardware": "FRITZ!Box 7590", "uptime_s": 500_000,
            "update_available": true, "update": "154.08.20", "notes": [],
        })
    );
    assert_eq!(
        scene.asked(),
        [
            "POST DeviceInfo:1 GetInfo -> 401",
            "POST DeviceInfo:1 GetInfo -> 200",
            "POST UserInterface:1 GetInfo -> 200",
        ]
    );
    scene
        .router
        .with(|fritz_box| fritz_box.users[0].rights = "P".to_owned());
    let told = scene.data("device", &json!({}));
    assert_eq!(told["update_available"], Value::Null);
    let note = told["notes"][0].as_str().expect("there is one");
    assert!(
        note.starts_with("updates: the user lacks the right"),
        "{note}"
    );
}

#[test]
fn the_log_is_told_without_telephone_numbers() {
    let scene = Scene::new(|fritz_box| {
        fritz_box.log = "23.11.26 09:15:00 Anmeldung der Internetrufnummer 4930123456 war nicht erfolgreich.\n\
                         23.11.26 09:14:00 WLAN-Gerät angemeldet, 192.168.178.20, 02:00:5E:00:F7:B0.\n\n\
                         23.11.26 09:13:00 Dritte Zeile"
            .to_owned();
    });
    let told = scene.data("log", &json!({"lines": 2}));
    assert_eq!(
        told,
        json!({
            "lines": [
                "23.11.26 09:15:00 Anmeldung der Internetrufnummer [number] war nicht erfolgreich.",
                "23.11.26 09:14:00 WLAN-Gerät angemeldet, 192.168.178.20, 02:00:5E:00:F7:B0.",
            ],
            "total": 3, "notes": [],
        })
    );
    let told = scene.data("log", &json!({"contains": "wlan"}));
    assert_eq!(told["lines"].as_array().map(Vec::len), Some(1));
}

#[test]
fn rights_are_told_before_anything_is_tried() {
    let scene = Scene::new(|fritz_box| {
        fritz_box.users = vec![User {
            name: "agent".to_owned(),
            password: crate::scene::PASSWORD.to_owned(),
            rights: "PH".to_owned(),
        }];
    });
    let told = scene.data("rights", &json!({}));
    assert_eq!(told["user"], "agent");
    assert_eq!(
        told["rights"][0],
        json!({"name": "BoxAdmin", "access": "none"})
    );
    let allowed: Vec<&str> = told["actions"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|action| action["allowed"] == true)
        .filter_map(|action| action["action"].as_str())
        .collect();
    assert_eq!(
        allowed,
        [
            "discover", "trust", "rights", "wan", "wake", "device", "hosts", "calls", "switches",
            "switch"
        ]
    );
    // And what it says is so.
    assert_eq!(scene.failed("log", &json!({})).0, "not_allowed");
    scene.data("calls", &json!({}));
}

#[test]
fn a_router_is_found_without_a_login() {
    let mut scene = Scene::new(|_| {});
    scene.password = "falsch-geraten".to_owned();
    let told = scene.data("discover", &json!({}));
    assert_eq!(
        told,
        json!({
            "host": "127.0.0.1", "model": "FRITZ!Box 7590", "name": "FRITZ!Box 7590", "firmware": "154.07.29",
            "services": 35, "tls_port": scene.router.tls_port(), "found": [], "notes": [],
        })
    );
    assert_eq!(
        scene.asked(),
        [
            "GET /tr64desc.xml -> 200",
            "POST DeviceInfo:1 GetSecurityPort -> 200"
        ]
    );
    // Nobody else is in the network of a test, or the question cannot leave it: told, and no failure.
    let told = scene.data("discover", &json!({"ask_network": true, "wait_ms": 100}));
    assert_eq!(told["model"], "FRITZ!Box 7590");
}

#[test]
fn a_repeater_has_no_line_and_says_so() {
    let scene = Scene::new(|fritz_box: &mut FritzBox| fritz_box.line.service = String::new());
    assert_eq!(
        scene.failed("forwardings", &json!({})),
        (
            "unsupported".to_owned(),
            "this device has no connection to the internet of its own, as a repeater has none"
                .to_owned()
        )
    );
}
