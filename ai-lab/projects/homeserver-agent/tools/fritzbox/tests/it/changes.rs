//! Changes: planned first, carried out from the state that was shown, read back, and refused without a trace.

use fritzbox_standin::{FritzBox, Radio, Trouble, TroubleKind};
use serde_json::{Value, json};

use crate::network::{forwarding, host, switch};
use crate::scene::Scene;

/// Whether any of these requests changed something.
fn writes(asked: &[String]) -> Vec<&String> {
    let is_write = |line: &&String| {
        [
            "SetEnable",
            "AddPortMapping",
            "SetSwitch",
            "WakeOnLAN",
            "ForceTermination",
            "Reboot ",
            "SetConfig",
        ]
        .iter()
        .any(|word| line.contains(word))
            && !line.ends_with("401")
    };
    asked.iter().filter(is_write).collect()
}

#[test]
fn the_guests_wifi_is_planned_switched_read_back_and_taken_back() {
    let scene = Scene::new(|_| {});
    let (plan, input) = scene.planned("guest_wifi", &json!({"enable": true}));
    assert_eq!(
        (&plan["before"]["enabled"], &plan["after"]["enabled"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(
        plan["undo"],
        json!({"action": "guest_wifi", "input": {"enable": false}})
    );
    assert_eq!(writes(&scene.asked()), [""; 0]);
    let done = scene.data("guest_wifi", &input);
    assert_eq!(
        (&done["outcome"], &done["after"]["status"]),
        (&json!("done"), &json!("Up"))
    );
    let asked = scene.asked();
    assert_eq!(
        writes(&asked),
        ["POST WLANConfiguration:3 SetEnable Enable=1 -> 200"]
    );
    assert_eq!(
        asked[asked.len() - 3..],
        [
            "POST WLANConfiguration:3 SetEnable Enable=1 -> 200",
            "POST WLANConfiguration:3 GetInfo -> 200",
            "POST WLANConfiguration:3 X_AVM-DE_GetWLANExtInfo -> 200",
        ]
    );
    assert!(scene.router.with(|fritz_box| fritz_box.radios[2].is_on));
    let same = scene.data("guest_wifi", &json!({"enable": true}));
    assert_eq!(
        (&same["outcome"], &same["precondition"]),
        (&json!("unchanged"), &Value::Null)
    );
    let (_, back) = scene.planned("guest_wifi", &done["undo"]["input"]);
    scene.data("guest_wifi", &back);
    assert!(!scene.router.with(|fritz_box| fritz_box.radios[2].is_on));
}

#[test]
fn a_state_that_changed_since_the_plan_stops_the_change() {
    let scene = Scene::new(|_| {});
    let (_, input) = scene.planned("guest_wifi", &json!({"enable": true}));
    scene
        .router
        .with(|fritz_box| fritz_box.radios[2].ssid = "Anders".to_owned());
    scene.asked();
    let (kind, why) = scene.failed("guest_wifi", &input);
    assert!(
        kind == "precondition_changed" && why.contains("nothing was done"),
        "{why}"
    );
    // Nor does that of one change carry out another.
    scene
        .router
        .with(|fritz_box| fritz_box.switches.push(switch()));
    let other = json!({"ain": switch().ain, "on": true, "precondition": input["precondition"]});
    assert_eq!(scene.failed("switch", &other).0, "precondition_changed");
    assert_eq!(writes(&scene.asked()), [""; 0]);
}

#[test]
fn no_radio_or_two_for_guests_switches_nothing() {
    let radio = |kind: &str| Radio {
        ssid: "x".to_owned(),
        kind: kind.to_owned(),
        is_on: false,
        channel: 1,
    };
    for (kinds, count) in [
        (["normal", "normal", "normal"], "0"),
        (["guest", "normal", "guest"], "2"),
    ] {
        let scene = Scene::new(|fritz_box| fritz_box.radios = kinds.map(radio).to_vec());
        let (kind, why) = scene.failed("guest_wifi", &json!({"enable": true}));
        assert_eq!(
            (kind.as_str(), why),
            (
                "no_guest_wifi",
                format!("{count} radios are declared to be the guests', so nothing was switched")
            )
        );
        assert_eq!(writes(&scene.asked()), [""; 0]);
    }
}

/// On a model whose third radio is 6 GHz, the guests' is found where it is declared.
#[test]
fn the_guests_radio_is_found_by_its_declared_type() {
    let radio = |kind: &str| Radio {
        ssid: kind.to_owned(),
        kind: kind.to_owned(),
        is_on: false,
        channel: 1,
    };
    let scene = Scene::new(|fritz_box| {
        fritz_box.radios = ["guest", "normal", "normal"].map(radio).to_vec();
    });
    let (_, input) = scene.planned("guest_wifi", &json!({"enable": true}));
    scene.data("guest_wifi", &input);
    let on = scene.router.with(|fritz_box| {
        fritz_box
            .radios
            .iter()
            .map(|radio| radio.is_on)
            .collect::<Vec<_>>()
    });
    assert_eq!(on, [true, false, false]);
}

fn forwarding_scene(own: Option<&str>) -> Scene {
    let mut scene = Scene::new(|fritz_box: &mut FritzBox| {
        fritz_box.caller = Some("192.168.178.20".to_owned());
        fritz_box.forwardings = vec![
            forwarding(443, "192.168.178.20"),
            forwarding(8443, "192.168.178.30"),
        ];
    });
    if let Some(own) = own {
        scene.config["own_address"] = json!(own);
    }
    scene
}

#[test]
fn an_own_forwarding_is_switched_and_keeps_everything_else() {
    let scene = forwarding_scene(Some("192.168.178.20"));
    let wish = json!({"external_port": 443, "protocol": "TCP", "enable": false});
    let (plan, input) = scene.planned("forwarding", &wish);
    assert_eq!(
        plan["undo"]["input"],
        json!({"external_port": 443, "protocol": "TCP", "enable": true})
    );
    assert_eq!(writes(&scene.asked()), [""; 0]);
    let done = scene.data("forwarding", &input);
    assert_eq!(
        (&done["outcome"], &done["after"]["enabled"]),
        (&json!("done"), &json!(false))
    );
    assert_eq!(
        writes(&scene.asked()),
        [
            "POST WANPPPConnection:1 AddPortMapping RemoteHost= ExternalPort=443 Protocol=TCP InternalPort=443 \
          InternalClient=192.168.178.20 Enabled=0 PortMappingDescription=web LeaseDuration=0 -> 200"
        ]
    );
    let kept = scene
        .router
        .with(|fritz_box| fritz_box.forwardings[0].clone());
    assert_eq!(
        kept,
        fritzbox_standin::Forwarding {
            is_on: false,
            ..forwarding(443, "192.168.178.20")
        }
    );
}

#[test]
fn a_foreign_forwarding_is_refused_before_anything_is_sent() {
    let wish = json!({"external_port": 8443, "protocol": "TCP", "enable": false});
    let scene = forwarding_scene(Some("192.168.178.20"));
    assert_eq!(
        scene.failed("forwarding", &wish),
        (
            "not_owner".to_owned(),
            "it leads to 192.168.178.30, and this machine is 192.168.178.20: a device may change only what leads to itself"
                .to_owned()
        )
    );
    assert_eq!(writes(&scene.asked()), [""; 0]);
    // Nothing there at all.
    let nothing = json!({"external_port": 1, "protocol": "UDP", "enable": false});
    assert_eq!(scene.failed("forwarding", &nothing).0, "no_such_entry");
    // Outside of the sandbox the connection itself tells the address: here the loopback, which owns nothing.
    let scene = forwarding_scene(None);
    assert_eq!(scene.failed("forwarding", &wish).0, "not_owner");
}

#[test]
fn a_switch_is_switched_by_its_number() {
    let scene = Scene::new(|fritz_box| fritz_box.switches = vec![switch()]);
    let wish = json!({"ain": switch().ain, "on": true});
    let (_, input) = scene.planned("switch", &wish);
    // What it measures goes on changing and is no part of the plan.
    scene
        .router
        .with(|fritz_box| fritz_box.switches[0].power = 9999);
    let done = scene.data("switch", &input);
    assert_eq!(
        (&done["outcome"], &done["after"]["on"]),
        (&json!("done"), &json!(true))
    );
    assert_eq!(
        writes(&scene.asked()),
        ["POST X_AVM-DE_Homeauto:1 SetSwitch AIN=08761 0000434 SwitchState=ON -> 200"]
    );
    assert_eq!(
        scene.failed("switch", &json!({"ain": "1", "on": true})).0,
        "no_such_entry"
    );
    scene
        .router
        .with(|fritz_box| fritz_box.switches[0].state = None);
    assert_eq!(scene.failed("switch", &wish).0, "no_switch");
}

#[test]
fn a_device_is_woken_by_the_router() {
    let scene = Scene::new(|fritz_box| fritz_box.hosts = vec![host(1)]);
    let (plan, input) = scene.planned("wake", &json!({"mac": "02:00:00:00:00:01"}));
    assert_eq!(
        plan["before"],
        json!({"mac": "02:00:00:00:00:01", "name": "host-1", "ip": "192.168.178.1", "active": false})
    );
    assert_eq!(scene.router.with(|fritz_box| fritz_box.woken.len()), 0);
    let done = scene.data("wake", &input);
    assert_eq!(done["outcome"], "done");
    assert_eq!(
        scene.router.with(|fritz_box| fritz_box.woken.clone()),
        ["02:00:00:00:00:01"]
    );
    assert_eq!(
        writes(&scene.asked()),
        ["POST Hosts:1 X_AVM-DE_WakeOnLANByMACAddress MACAddress=02:00:00:00:00:01 -> 200"]
    );
    assert_eq!(
        scene.failed("wake", &json!({"mac": "02:00:00:00:00:99"})).0,
        "no_such_entry"
    );
    assert_eq!(
        scene.failed("wake", &json!({"mac": "host-1"})).0,
        "invalid_input"
    );
}

#[test]
fn a_reconnection_is_waited_for_and_its_address_told() {
    let scene = Scene::new(|_| {});
    let (plan, input) = scene.planned("reconnect", &json!({}));
    assert_eq!(
        plan["before"],
        json!({"status": "Connected", "ipv4": "203.0.113.7"})
    );
    scene
        .router
        .with(|fritz_box| fritz_box.line.connecting_for = 0);
    scene.asked();
    let done = scene.data("reconnect", &input);
    assert_eq!(
        (&done["outcome"], &done["after"]),
        (
            &json!("done"),
            &json!({"status": "Connected", "ipv4": "203.0.113.99"})
        )
    );
    assert_eq!(
        writes(&scene.asked()),
        ["POST WANPPPConnection:1 ForceTermination -> 200"]
    );
}

#[test]
fn a_reconnection_that_nobody_allowed_is_explained() {
    let scene = Scene::new(|fritz_box| {
        fritz_box.troubles = vec![Trouble::times(
            "ForceTermination",
            TroubleKind::Fault(606, "Action not authorized"),
            9,
        )];
    });
    let (_, input) = scene.planned("reconnect", &json!({}));
    let (kind, why) = scene.failed("reconnect", &input);
    assert!(
        kind == "not_allowed" && why.contains("Internet > Freigaben"),
        "{why}"
    );
    assert_eq!(
        scene.router.with(|fritz_box| fritz_box.line.ipv4.clone()),
        "203.0.113.7"
    );
}

#[test]
fn a_line_that_does_not_come_back_is_no_success() {
    let scene = Scene::new(|fritz_box| fritz_box.line.connecting_for = 0);
    let (_, mut input) = scene.planned("reconnect", &json!({"wait_s": 1}));
    input["wait_s"] = json!(1);
    scene
        .router
        .with(|fritz_box| fritz_box.line.connecting_for = 1_000_000);
    // The plan was made while it was there.
    let (kind, _) = scene.failed("reconnect", &input);
    assert_eq!(kind, "precondition_changed");
    scene.router.with(|fritz_box| {
        fritz_box.line.connecting_for = 0;
        fritz_box.line.next_ipv4 = vec!["0.0.0.0".to_owned()];
    });
    let (kind, why) = scene.failed("reconnect", &input);
    assert_eq!(
        (kind.as_str(), why.as_str()),
        (
            "not_confirmed",
            "the router did not do it, or reads back something else"
        )
    );
}

#[test]
fn a_restart_is_waited_for_through_cut_connections() {
    for mut scene in [Scene::new(|_| {}), Scene::secure(|_| {})] {
        scene.config["budget_ms"] = json!(5000);
        let (plan, input) = scene.planned("reboot", &json!({}));
        assert_eq!(
            plan["after"],
            json!({"model": "FRITZ!Box 7590", "firmware": "154.07.29", "restarted": true})
        );
        scene.router.with(|fritz_box| fritz_box.restart_cuts = 5);
        scene.asked();
        let done = scene.data("reboot", &input);
        assert_eq!(
            (&done["outcome"], &done["after"]["restarted"]),
            (&json!("done"), &json!(true))
        );
        let asked = scene.asked();
        let restarts = asked
            .iter()
            .filter(|line| line.contains("Reboot -> 200"))
            .count();
        assert_eq!(restarts, 1, "{asked:?}");
    }
}

#[test]
fn a_restart_whose_answer_is_lost_is_not_asked_for_again() {
    let scene = Scene::new(|fritz_box| {
        fritz_box.troubles = vec![Trouble::times("Reboot", TroubleKind::CutAfter, 9)];
    });
    let (_, input) = scene.planned("reboot", &json!({}));
    let done = scene.data("reboot", &input);
    assert_eq!(done["outcome"], "done");
    let note = done["notes"]
        .as_array()
        .and_then(|notes| notes.last())
        .and_then(Value::as_str)
        .expect("there is one");
    assert!(
        note.starts_with("no answer came to the change itself"),
        "{note}"
    );
    let asked = scene.asked();
    assert_eq!(
        asked
            .iter()
            .filter(|line| line.contains("Reboot -> done"))
            .count(),
        1,
        "{asked:?}"
    );
}

#[test]
fn a_restart_that_does_not_happen_is_no_success() {
    let scene = Scene::new(|fritz_box| {
        fritz_box.troubles = vec![Trouble::once("Reboot", TroubleKind::CutBefore)];
    });
    let (_, mut input) = scene.planned("reboot", &json!({}));
    input["wait_s"] = json!(1);
    assert_eq!(scene.failed("reboot", &input).0, "not_confirmed");
}

fn second_factor_scene() -> (Scene, Value) {
    let scene = Scene::new(|fritz_box| {
        fritz_box
            .second_factor
            .needed_for
            .insert("SetEnable".to_owned());
    });
    let (_, input) = scene.planned("guest_wifi", &json!({"enable": true}));
    scene.asked();
    (scene, input)
}

#[test]
fn the_second_factor_takes_two_calls_and_a_button() {
    let (scene, input) = second_factor_scene();
    let first = scene.data("guest_wifi", &input);
    assert_eq!(first["outcome"], "confirm");
    assert_eq!(
        first["confirm"],
        json!({
            "what": "press any button of the router, or dial *11234 on one of its telephones, then call again just as before",
            "button": true, "dial": "*11234",
        })
    );
    assert!(!first.to_string().contains("token-"), "{first}");
    assert_eq!(
        writes(&scene.asked()),
        [
            "POST WLANConfiguration:3 SetEnable Enable=1 -> fault 866",
            "POST X_AVM-DE_Auth:1 SetConfig Action=start -> 200",
        ]
    );
    // Nobody pressed it: nothing is sent again.
    let waiting = scene.data("guest_wifi", &input);
    assert_eq!(
        (&waiting["outcome"], &waiting["confirm"]),
        (&json!("confirm"), &first["confirm"])
    );
    assert_eq!(writes(&scene.asked()), [""; 0]);
    scene.router.with(FritzBox::press_button);
    let done = scene.data("guest_wifi", &input);
    assert_eq!(done["outcome"], "done");
    assert_eq!(
        writes(&scene.asked()),
        ["POST WLANConfiguration:3 SetEnable Enable=1 with token -> 200"]
    );
    assert_eq!(scene.remembered("second-factors.json"), json!({}));
}

#[test]
fn a_second_factor_that_came_to_nothing_is_told_and_begun_anew() {
    let (scene, input) = second_factor_scene();
    scene.data("guest_wifi", &input);
    scene
        .router
        .with(|fritz_box| fritz_box.second_factor.token = None);
    let (kind, why) = scene.failed("guest_wifi", &input);
    assert!(
        kind == "second_factor_ended" && why.contains("stopped"),
        "{why}"
    );
    assert_eq!(scene.data("guest_wifi", &input)["outcome"], "confirm");
    for (block, expected) in [
        (true, "second_factor_blocked"),
        (false, "second_factor_busy"),
    ] {
        let (scene, input) = second_factor_scene();
        scene.router.with(|fritz_box| {
            fritz_box.second_factor.is_blocked = block;
            fritz_box.second_factor.is_busy = !block;
        });
        assert_eq!(scene.failed("guest_wifi", &input).0, expected);
        assert!(!scene.router.with(|fritz_box| fritz_box.radios[2].is_on));
    }
}

#[test]
fn a_change_is_sent_once_whatever_breaks() {
    let cases = [
        (TroubleKind::CutBefore, Err("not_confirmed"), "cut"),
        (TroubleKind::CutAfter, Ok("done"), "done, then cut"),
        (TroubleKind::CutWithin, Ok("done"), "done, half told"),
        (TroubleKind::Page, Err("not_confirmed"), "a page"),
        (TroubleKind::Broken, Err("not_confirmed"), "broken"),
        (TroubleKind::Status(502), Err("not_confirmed"), "502"),
        (TroubleKind::Busy, Err("busy"), "busy"),
        (
            TroubleKind::Fault(501, "Action Failed"),
            Err("router_failed"),
            "fault 501",
        ),
    ];
    for (kind, expected, told) in cases {
        let scene = Scene::new(|_| {});
        let (_, input) = scene.planned("guest_wifi", &json!({"enable": true}));
        scene
            .router
            .with(|fritz_box| fritz_box.troubles = vec![Trouble::times("SetEnable", kind, 9)]);
        scene.asked();
        match expected {
            Ok(outcome) => assert_eq!(
                scene.data("guest_wifi", &input)["outcome"],
                outcome,
                "{told}"
            ),
            Err(expected) => assert_eq!(scene.failed("guest_wifi", &input).0, expected, "{told}"),
        }
        assert_eq!(
            writes(&scene.asked()),
            [&format!(
                "POST WLANConfiguration:3 SetEnable Enable=1 -> {told}"
            )]
        );
    }
}

#[test]
fn a_change_that_cannot_be_read_back_is_told_as_unknown() {
    let scene = Scene::new(|_| {});
    let (_, input) = scene.planned("guest_wifi", &json!({"enable": true}));
    let before = scene
        .asked()
        .iter()
        .filter(|line| line.contains("WLANConfiguration:3 GetInfo"))
        .count();
    assert_eq!(before, 1);
    scene.router.with(|fritz_box| {
        // The look before passes; everything from the change on is silent.
        fritz_box.troubles = vec![
            Trouble::times("SetEnable", TroubleKind::CutAfter, 1),
            Trouble::times(
                "POST WLANConfiguration:3 GetInfo",
                TroubleKind::Delay(std::time::Duration::ZERO),
                1,
            ),
            Trouble::times("POST WLANConfiguration:3 GetInfo", TroubleKind::Busy, 9),
        ];
    });
    let (kind, why) = scene.failed("guest_wifi", &input);
    assert!(kind == "outcome_unknown" && why.contains("busy"), "{why}");
}
