//! What no record may hold: passwords, sessions, passphrases, tokens, telephone numbers.

use fritzbox_standin::{FritzBox, Trouble, TroubleKind};
use serde_json::{Value, json};

use crate::network::{call, forwarding, host, switch};
use crate::scene::{PASSWORD, Scene};

/// What must not be seen, wherever it stood.
const NEVER: [&str; 9] = [
    PASSWORD,
    "5e55104e",
    "geheimes-funkwort",
    "token-",
    "1711234567",
    "4930998877",
    "anschluss@provider",
    "nonce=",
    "/data/tam/rec",
];

/// Every action with an input that it takes.
const CALLS: [(&str, &str); 17] = [
    ("discover", "{}"),
    ("trust", "{}"),
    ("device", "{}"),
    ("log", "{}"),
    ("rights", "{}"),
    ("wan", "{}"),
    ("hosts", "{}"),
    ("wifi", "{}"),
    ("forwardings", "{}"),
    ("calls", "{}"),
    ("switches", "{}"),
    ("guest_wifi", r#"{"enable": true}"#),
    (
        "forwarding",
        r#"{"external_port": 443, "protocol": "TCP", "enable": false}"#,
    ),
    ("wake", r#"{"mac": "02:00:00:00:00:01"}"#),
    ("switch", r#"{"ain": "08761 0000434", "on": true}"#),
    ("reconnect", r#"{"wait_s": 1}"#),
    ("reboot", r#"{"wait_s": 1}"#),
];

fn full(fritz_box: &mut FritzBox) {
    fritz_box.hosts = vec![host(1)];
    fritz_box.switches = vec![switch()];
    fritz_box.forwardings = vec![forwarding(443, "127.0.0.1")];
    fritz_box.calls = vec![
        call(2, "01711234567", "Ada 01711234567"),
        call(3, "01711234567", ""),
    ];
    "23.11.26 09:15:00 Anruf von 01711234567 an 4930998877, sid=5e55104e5e55104e"
        .clone_into(&mut fritz_box.log);
    for action in ["SetEnable", "AddPortMapping"] {
        fritz_box.second_factor.needed_for.insert(action.to_owned());
    }
}

#[test]
fn no_answer_and_no_log_line_tells_a_secret() {
    let troubles = [
        None,
        Some(TroubleKind::Page),
        Some(TroubleKind::CutWithin),
        Some(TroubleKind::Fault(820, "Internal Error")),
        Some(TroubleKind::Status(403)),
    ];
    for trouble in troubles {
        let scene = Scene::secure(full);
        for (action, input) in CALLS {
            let input: Value = serde_json::from_str(input).expect("it is JSON");
            let (plan, written) = scene.answered(action, &input);
            check(action, &written);
            let mut input = input;
            input["precondition"] = plan["data"]["precondition"].clone();
            if input["precondition"].is_string() {
                let kind = trouble.clone().map(|kind| Trouble::times("Get", kind, 1));
                scene
                    .router
                    .with(|fritz_box| fritz_box.troubles = kind.into_iter().collect());
                check(action, &scene.answered(action, &input).1);
            }
            let kind = trouble.clone().map(|kind| Trouble::times("lua", kind, 9));
            scene
                .router
                .with(|fritz_box| fritz_box.troubles = kind.into_iter().collect());
            check(action, &scene.answered(action, &input).1);
            scene.router.with(|fritz_box| fritz_box.troubles.clear());
        }
        // What is remembered is the tool's own: the token of a second factor is there, and nothing else.
        let remembered = scene.all_remembered();
        for secret in NEVER.iter().filter(|secret| **secret != "token-") {
            assert!(!remembered.contains(secret), "{secret}: {remembered}");
        }
    }
}

fn check(action: &str, written: &str) {
    for secret in NEVER {
        assert!(
            !written.contains(secret),
            "{action} tells {secret}: {written}"
        );
    }
}

#[test]
fn without_a_password_what_is_open_is_told_and_the_rest_asks_for_one() {
    let mut scene = Scene::new(full);
    scene.password = String::new();
    // By hand, without the framework: nothing was handed over at all.
    let told = scene.by_hand("wan");
    assert_eq!(told["data"]["connected"], json!(true), "{told}");
    let told = scene.by_hand("log");
    assert_eq!(told["error"]["kind"], "no_password", "{told}");
}
