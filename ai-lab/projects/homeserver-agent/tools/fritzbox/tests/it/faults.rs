//! What goes wrong around a read, and how it is told.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use fritzbox_standin::{Login, Trouble, TroubleKind};
use serde_json::json;

use crate::network::host;
use crate::scene::Scene;

/// Trouble, the kind of error, whether it may pass by itself, and how its sentence begins.
const TROUBLES: &[(TroubleKind, &str, bool, &str)] = &[
    (
        TroubleKind::Busy,
        "busy",
        true,
        "the router is busy (HTTP 503); it also says so to whoever logs in wrong too often",
    ),
    (
        TroubleKind::Page,
        "odd_answer",
        false,
        "the router sent text/html instead of XML",
    ),
    (
        TroubleKind::Status(403),
        "odd_answer",
        false,
        "the router answered with HTTP 403",
    ),
    (
        TroubleKind::Endless,
        "odd_answer",
        false,
        "the answer is longer than 4194304 bytes",
    ),
    (
        TroubleKind::CutBefore,
        "connection_lost",
        true,
        "the connection ended before the answer did: ",
    ),
    (
        TroubleKind::CutWithin,
        "connection_lost",
        true,
        "the connection ended before the answer did: ",
    ),
    (
        TroubleKind::Fault(606, "Action not authorized"),
        "not_allowed",
        false,
        "the user lacks the right, or this device its permission: look at `rights`",
    ),
    (
        TroubleKind::Fault(820, "Internal Error"),
        "router_failed",
        false,
        "the router could not do it this time",
    ),
];

#[test]
fn each_trouble_is_one_sentence_with_its_cause() {
    for (kind, expected, retryable, sentence) in TROUBLES {
        let scene = Scene::new(|fritz_box| {
            fritz_box.troubles = vec![Trouble::times("GetDeviceLog", kind.clone(), 9)];
        });
        let (answer, _) = scene.answered("log", &json!({}));
        let error = &answer["error"];
        assert_eq!(
            (&error["kind"], &error["retryable"]),
            (&json!(expected), &json!(retryable)),
            "{answer}"
        );
        let message = error["message"].as_str().expect("a sentence");
        assert!(message.starts_with(*sentence), "{message}");
    }
}

#[test]
fn one_broken_connection_is_mended_unseen() {
    let scene = Scene::new(|fritz_box| {
        fritz_box.hosts = vec![host(1)];
        fritz_box.troubles = vec![Trouble::once("devicehostlist", TroubleKind::CutWithin)];
    });
    assert_eq!(scene.data("hosts", &json!({}))["total"], 1);
}

#[test]
fn a_list_that_is_a_page_or_no_xml_is_told() {
    for (kind, sentence) in [
        (
            TroubleKind::Page,
            "the router sent text/html instead of XML",
        ),
        (TroubleKind::Broken, "the router's list is no XML: "),
    ] {
        let scene = Scene::new(|fritz_box| {
            fritz_box.troubles = vec![Trouble::once("devicehostlist", kind)];
        });
        let (kind, why) = scene.failed("hosts", &json!({}));
        assert!(kind == "odd_answer" && why.starts_with(sentence), "{why}");
    }
}

#[test]
fn a_silent_router_takes_no_longer_than_the_budget() {
    let mut scene = Scene::new(|fritz_box| {
        fritz_box.troubles = vec![Trouble::times("Get", TroubleKind::Silence, 9)];
    });
    scene.config["budget_ms"] = json!(1000);
    let start = Instant::now();
    assert_eq!(
        scene.failed("device", &json!({})),
        (
            "late".to_owned(),
            "the router did not answer within 1000 ms".to_owned()
        )
    );
    assert!(start.elapsed() < Duration::from_secs(8));
}

#[test]
fn nobody_there_is_told_with_where_to_look() {
    let free = TcpListener::bind("127.0.0.1:0")
        .expect("a port is free")
        .local_addr()
        .expect("it is bound")
        .port();
    let mut scene = Scene::new(|_| {});
    scene.config["port"] = json!(free);
    let (kind, why) = scene.failed("wan", &json!({}));
    assert_eq!(kind, "unreachable");
    assert!(
        why.starts_with(&format!("cannot connect to 127.0.0.1:{free}: "))
            && why.ends_with("is its name"),
        "{why}"
    );
}

#[test]
fn a_wrong_password_is_tried_once() {
    for login in ["digest", "legacy"] {
        let mut scene = Scene::new(|fritz_box| {
            if login == "legacy" {
                fritz_box.login = Login::Legacy;
            }
        });
        scene.config["login"] = json!(login);
        scene.password = "falsch-geraten".to_owned();
        let (answer, _) = scene.answered("log", &json!({}));
        let error = &answer["error"];
        assert_eq!(
            (&error["kind"], &error["retryable"]),
            (&json!("login_refused"), &json!(false)),
            "{answer}"
        );
        let message = error["message"].as_str().expect("a sentence");
        assert!(
            message.contains("nothing is tried again") && !message.contains("falsch"),
            "{message}"
        );
        // One without a login, one with it: the password went out once.
        assert_eq!(scene.asked().len(), 2, "{login}");
    }
}

#[test]
fn the_older_login_works_where_the_router_wants_it() {
    let mut scene = Scene::new(|fritz_box| fritz_box.login = Login::Legacy);
    scene.config["login"] = json!("legacy");
    assert_eq!(scene.data("device", &json!({}))["model"], "FRITZ!Box 7590");
    assert_eq!(
        scene.asked(),
        [
            "POST DeviceInfo:1 GetInfo -> fault 503",
            "POST DeviceInfo:1 GetInfo -> 200",
            "POST UserInterface:1 GetInfo -> 200",
        ]
    );
}

#[test]
fn without_a_user_the_routers_list_is_asked_once() {
    let mut scene = Scene::new(|_| {});
    scene
        .config
        .as_object_mut()
        .map(|config| config.remove("user"));
    scene.data("device", &json!({}));
    assert_eq!(
        scene.asked()[1],
        "POST LANConfigSecurity:1 X_AVM-DE_GetUserList -> 200"
    );
    assert_eq!(scene.asked().len(), 0);
}

#[test]
fn an_interface_that_is_off_is_told_with_its_menu() {
    let scene = Scene::new(|fritz_box| fritz_box.is_interface_on = false);
    let (kind, why) = scene.failed("device", &json!({}));
    assert!(
        kind == "interface_off" && why.contains("Zugriff für Anwendungen zulassen"),
        "{why}"
    );
}

#[test]
fn a_nonce_that_ages_within_a_call_is_answered_anew() {
    let scene = Scene::new(|fritz_box| fritz_box.nonce_s = 1);
    scene.router.with(|fritz_box| {
        fritz_box.troubles = vec![Trouble::once("UserInterface", TroubleKind::CutBefore)];
    });
    scene.data("device", &json!({}));
    scene.router.with(|fritz_box| fritz_box.advance(10));
    scene.data("device", &json!({}));
}

#[test]
fn the_first_certificate_is_trusted_and_another_one_is_not() {
    let scene = Scene::secure(|_| {});
    let first = scene.data("device", &json!({}));
    let note = first["notes"][0].as_str().expect("there is one");
    assert!(note.contains("is trusted from now on"), "{note}");
    assert_eq!(scene.data("device", &json!({}))["notes"], json!([]));
    let kept = scene.remembered("certificates.json");
    scene
        .router
        .with(|fritz_box| fritz_box.has_second_certificate = true);
    scene.asked();
    let (answer, _) = scene.answered("device", &json!({}));
    let detail = &answer["error"]["detail"];
    assert_eq!(
        (&answer["error"]["kind"], &answer["error"]["retryable"]),
        (&json!("certificate_changed"), &json!(false))
    );
    assert_eq!(
        kept.as_object().and_then(|kept| kept.values().next()),
        Some(&detail["trusted"])
    );
    assert_eq!(
        (scene.asked(), scene.remembered("certificates.json")),
        (Vec::new(), kept)
    );
    // Another one is trusted by its fingerprint alone.
    let shown = scene.data("trust", &json!({}));
    assert_eq!(
        (&shown["shown"], &shown["trusted"]),
        (&detail["shown"], &detail["trusted"])
    );
    assert_eq!(
        scene
            .failed("trust", &json!({"sha256": detail["trusted"]}))
            .0,
        "other_certificate"
    );
    assert_eq!(
        scene.failed("trust", &json!({"sha256": "x"})).0,
        "invalid_input"
    );
    assert_eq!(scene.failed("device", &json!({})).0, "certificate_changed");
    let trusted = scene.data("trust", &json!({"sha256": detail["shown"]}));
    assert_eq!(
        (&trusted["trusted"], &trusted["before"]),
        (&detail["shown"], &detail["trusted"])
    );
    assert_eq!(scene.data("device", &json!({}))["model"], "FRITZ!Box 7590");
}

#[test]
fn a_configured_certificate_goes_before_the_remembered_one() {
    let mut scene = Scene::secure(|_| {});
    scene.data("device", &json!({}));
    scene.config["certificate_sha256"] = json!("00".repeat(32));
    assert_eq!(scene.failed("device", &json!({})).0, "certificate_changed");
    let shown = scene.data("trust", &json!({}))["shown"].clone();
    assert_eq!(
        scene.failed("trust", &json!({"sha256": shown})).0,
        "configured"
    );
    scene.config["certificate_sha256"] = json!("zz");
    assert_eq!(scene.failed("device", &json!({})).0, "invalid_config");
    scene.config["tls"] = json!(false);
    assert_eq!(scene.failed("trust", &json!({})).0, "no_tls");
}

#[test]
fn one_connection_is_enough_for_a_call_over_tls() {
    let scene = Scene::secure(|fritz_box| fritz_box.hosts = vec![host(1)]);
    scene.data("hosts", &json!({}));
    assert_eq!(scene.router.connections(), 1);
}

#[test]
fn a_folder_that_cannot_be_written_trusts_nobody() {
    let scene = Scene::secure(|_| {});
    std::fs::File::create(scene.at.path().join(".state")).expect("a file in its place");
    let (kind, why) = scene.failed("device", &json!({}));
    assert!(
        kind == "no_memory" && why.contains(".state/certificates.json"),
        "{why}"
    );
    assert_eq!(scene.asked(), [""; 0]);
}
