//! The client against the stand-in: what it asks, exactly, and what it makes of trouble.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use fritzbox_standin::{FritzBox, Host, Standin, Trouble, TroubleKind};
use tr064::description::Tree;
use tr064::{CallError, Fingerprint, Login, LoginStyle, Pin, Router, Stage, Target, services};

const PASSWORD: &str = "schloss-und-riegel";

fn standin(change: impl FnOnce(&mut FritzBox)) -> Standin {
    let mut fritz_box = FritzBox::default();
    change(&mut fritz_box);
    Standin::start(fritz_box).expect("two ports are free")
}

fn target(standin: &Standin) -> Target {
    Target {
        host: "127.0.0.1".to_owned(),
        port: standin.port(),
        tls: None,
        proxy: None,
        login: Some(Login {
            user: Some("agent".to_owned()),
            password: PASSWORD.to_owned(),
        }),
        style: LoginStyle::Digest,
        budget: Duration::from_secs(20),
    }
}

fn router(standin: &Standin) -> Router {
    Router::new(target(standin))
}

fn count(router: &mut Router) -> Result<Option<u64>, CallError> {
    let answer = router.read(&services::HOSTS, "GetHostNumberOfEntries", &[])?;
    Ok(answer.number("HostNumberOfEntries"))
}

const COUNT: &str = "POST Hosts:1 GetHostNumberOfEntries";

fn lines(answers: &[&str]) -> Vec<String> {
    answers
        .iter()
        .map(|answer| format!("{COUNT} -> {answer}"))
        .collect()
}

#[test]
fn the_password_is_asked_for_once_and_its_nonce_used_again() {
    let standin = standin(|_| {});
    let mut router = router(&standin);
    for _ in 0..3 {
        assert_eq!(count(&mut router).expect("it answers"), Some(0));
    }
    assert_eq!(standin.asked(), lines(&["401", "200", "200", "200"]));
    assert_eq!(router.requests(), 4);
    assert_eq!(
        router
            .local()
            .map(|local| local.ip().to_string())
            .as_deref(),
        Some("127.0.0.1")
    );
}

#[test]
fn a_nonce_that_aged_is_answered_anew() {
    let standin = standin(|_| {});
    let mut router = router(&standin);
    count(&mut router).expect("it answers");
    standin.with(|fritz_box| fritz_box.advance(301));
    count(&mut router).expect("it answers");
    assert_eq!(standin.asked(), lines(&["401", "200", "401", "200"]));
}

#[test]
fn a_wrong_password_is_tried_once() {
    for style in [LoginStyle::Digest, LoginStyle::Legacy] {
        let is_digest = style == LoginStyle::Digest;
        let standin = standin(|fritz_box| {
            if !is_digest {
                fritz_box.login = fritzbox_standin::Login::Legacy;
            }
        });
        let login = Login {
            user: Some("agent".to_owned()),
            password: "geraten".to_owned(),
        };
        let mut router = Router::new(Target {
            login: Some(login),
            style,
            ..target(&standin)
        });
        let error = count(&mut router).expect_err("it is wrong");
        assert!(
            matches!(&error, CallError::Refused { user } if user == "agent"),
            "{error}"
        );
        let refusal = if is_digest { "401" } else { "fault 503" };
        assert_eq!(standin.asked(), lines(&[refusal, refusal]));
    }
}

#[test]
fn the_older_login_goes_from_challenge_to_challenge() {
    let standin = standin(|fritz_box| fritz_box.login = fritzbox_standin::Login::Legacy);
    let mut router = Router::new(Target {
        style: LoginStyle::Legacy,
        ..target(&standin)
    });
    for _ in 0..2 {
        count(&mut router).expect("it answers");
    }
    standin.with(|fritz_box| fritz_box.advance(301));
    count(&mut router).expect("it answers");
    assert_eq!(
        standin.asked(),
        lines(&["fault 503", "200", "200", "fault 503", "200"])
    );
}

#[test]
fn without_a_name_the_user_who_logged_in_last_is_taken() {
    let standin = standin(|_| {});
    let login = Login {
        user: None,
        password: PASSWORD.to_owned(),
    };
    let mut router = Router::new(Target {
        login: Some(login.clone()),
        ..target(&standin)
    });
    count(&mut router).expect("it answers");
    assert_eq!(router.user(), Some("agent"));
    let list = "POST LANConfigSecurity:1 X_AVM-DE_GetUserList -> 200".to_owned();
    assert_eq!(
        standin.asked(),
        [lines(&["401"]), vec![list], lines(&["200"])].concat()
    );
    assert!(!format!("{login:?} {router:?}").contains(PASSWORD));
}

#[test]
fn without_a_password_nothing_is_tried() {
    let standin = standin(|_| {});
    let mut router = Router::new(Target {
        login: None,
        ..target(&standin)
    });
    assert!(matches!(count(&mut router), Err(CallError::NoLogin)));
    assert_eq!(standin.asked(), lines(&["401"]));
    // What is open to everybody needs none.
    let status = router
        .read(&services::IGD_IP, "GetStatusInfo", &[])
        .expect("it answers");
    assert_eq!(status.text("ConnectionStatus"), Some("Connected"));
}

#[test]
fn a_broken_connection_is_mended_for_reads_and_never_for_writes() {
    for kind in [TroubleKind::CutBefore, TroubleKind::CutWithin] {
        let standin = standin(|_| {});
        let mut router = router(&standin);
        count(&mut router).expect("it answers");
        standin.asked();
        standin.with(|fritz_box| fritz_box.troubles = vec![Trouble::once("Get", kind.clone())]);
        count(&mut router).expect("the second time it answers");
        assert_eq!(standin.asked().len(), 2);
        standin.with(|fritz_box| fritz_box.troubles = vec![Trouble::times("SetEnable", kind, 9)]);
        let radio = router
            .description(Tree::Tr064)
            .expect("it is there")
            .all_named("WLANConfiguration")[2]
            .clone();
        standin.asked();
        let error = router
            .write(&radio, "SetEnable", &[("Enable", "1")], None)
            .expect_err("it is cut");
        assert!(
            matches!(
                error,
                CallError::Lost {
                    stage: Stage::Sent,
                    ..
                }
            ),
            "{error}"
        );
        assert!(error.may_have_happened());
        assert_eq!(standin.asked().len(), 1);
    }
}

#[test]
fn a_connection_that_the_router_closed_meanwhile_is_not_written_to() {
    // A router that closes after each answer, without saying so.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let serving = std::thread::spawn(move || {
        let body = "<s:Envelope xmlns:s=\"x\"><s:Body><u:RebootResponse xmlns:u=\"y\"/></s:Body></s:Envelope>";
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        for _ in 0..2 {
            let (mut stream, _from) = listener.accept().expect("somebody connects");
            let mut bytes = [0; 8192];
            let length = stream.read(&mut bytes).expect("a request comes");
            assert!(bytes[..length].starts_with(b"POST "), "one piece");
            stream.write_all(answer.as_bytes()).expect("it is read");
        }
    });
    let standin = standin(|_| {});
    let mut router = Router::new(Target {
        port: address.port(),
        ..target(&standin)
    });
    for _ in 0..2 {
        router
            .write(&services::DEVICE_CONFIG, "Reboot", &[], None)
            .expect("it is answered");
    }
    serving.join().expect("both were served");
}

#[test]
fn what_is_no_answer_is_told_as_what_it_is() {
    let cases: [(TroubleKind, &str); 6] = [
        (TroubleKind::Busy, "the router is busy (HTTP 503)"),
        (
            TroubleKind::Page,
            "the router sent text/html instead of XML",
        ),
        (
            TroubleKind::Status(403),
            "the router answered with HTTP 403",
        ),
        (
            TroubleKind::Fault(820, "Internal Error"),
            "the router refuses: 820 Internal Error",
        ),
        (
            TroubleKind::Endless,
            "the answer is longer than 4194304 bytes",
        ),
        (TroubleKind::Broken, "the answer is no XML: "),
    ];
    for (kind, expected) in cases {
        let standin =
            standin(|fritz_box| fritz_box.troubles = vec![Trouble::times("Get", kind, 9)]);
        let error = count(&mut router(&standin)).expect_err("it is none");
        assert!(error.to_string().starts_with(expected), "{error}");
        assert_eq!(standin.asked().len(), 2, "{error}");
    }
}

#[test]
fn nothing_takes_longer_than_the_whole_budget() {
    for kind in [
        TroubleKind::Silence,
        TroubleKind::Delay(Duration::from_millis(600)),
    ] {
        let standin =
            standin(|fritz_box| fritz_box.troubles = vec![Trouble::times("Get", kind, 9)]);
        let mut router = Router::new(Target {
            budget: Duration::from_millis(300),
            ..target(&standin)
        });
        let start = Instant::now();
        let error = count(&mut router).expect_err("it is late");
        assert!(
            matches!(
                error,
                CallError::Late {
                    stage: Stage::Sent,
                    budget_ms: 300
                }
            ),
            "{error}"
        );
        assert!(start.elapsed() < Duration::from_secs(5));
        // The next one is late before it is sent, and with another budget it is not.
        let error = count(&mut router).expect_err("it is later still");
        assert!(
            matches!(
                error,
                CallError::Late {
                    stage: Stage::Unsent,
                    ..
                }
            ) && !error.may_have_happened(),
            "{error}"
        );
        standin.with(|fritz_box| fritz_box.troubles.clear());
        router.renew(Duration::from_secs(20));
        count(&mut router).expect("it answers");
    }
}

#[test]
fn a_certificate_is_pinned_and_a_change_sends_no_request() {
    let standin = standin(|_| {});
    let secure = |pin| {
        Router::new(Target {
            port: standin.tls_port(),
            tls: Some(pin),
            ..target(&standin)
        })
    };
    let mut first = secure(Pin::FirstUse);
    count(&mut first).expect("it answers");
    let shown = first.fingerprint().expect("it was shown");
    assert_eq!(shown, Fingerprint::of(standin.certificate()));
    count(&mut secure(Pin::Exactly(shown))).expect("it answers");
    standin.asked();
    standin.with(|fritz_box| fritz_box.has_second_certificate = true);
    let error = count(&mut secure(Pin::Exactly(shown))).expect_err("it changed");
    let changed = Fingerprint::of(standin.certificate());
    assert!(
        matches!(error, CallError::Certificate { expected, found } if expected == shown && found == changed),
        "{error}"
    );
    assert_eq!(standin.asked(), [""; 0]);
    // And plain HTTP where TLS is expected is no connection.
    let plain = Target {
        tls: Some(Pin::FirstUse),
        ..target(&standin)
    };
    let error = count(&mut Router::new(plain)).expect_err("it is no TLS");
    assert!(
        matches!(
            error,
            CallError::Tls(_)
                | CallError::Lost {
                    stage: Stage::Unsent,
                    ..
                }
        ),
        "{error}"
    );
}

#[test]
fn a_service_that_moved_is_found_by_its_declared_type() {
    let standin = standin(|fritz_box| {
        fritz_box
            .unknown_paths
            .insert("/upnp/control/hosts".to_owned());
    });
    let mut router = router(&standin);
    let error = count(&mut router).expect_err("the description says the same path");
    assert!(
        matches!(&error, CallError::Absent(kind) if kind.ends_with("Hosts:1")),
        "{error}"
    );
    let moved = tr064::Service::new(services::HOSTS.kind, "/moved");
    standin.with(|fritz_box| fritz_box.unknown_paths.clear());
    let answer = router
        .read(&moved, "GetHostNumberOfEntries", &[])
        .expect("it is found");
    assert_eq!(answer.number("HostNumberOfEntries"), Some(0));
}

#[test]
fn a_list_is_fetched_from_the_router_whatever_host_its_address_names() {
    let standin = standin(|fritz_box| {
        fritz_box.list_host = "elsewhere.example".to_owned();
        fritz_box.hosts.push(Host {
            name: "nas".to_owned(),
            ip: "192.168.178.20".to_owned(),
            mac: "02:00:00:00:00:01".to_owned(),
            is_active: true,
            is_guest: false,
            interface: "Ethernet".to_owned(),
        });
    });
    let mut router = router(&standin);
    let answer = router
        .read(&services::ON_TEL, "GetCallList", &[])
        .expect("it answers");
    let address = answer.text("CallListURL").expect("there is one").to_owned();
    assert!(
        address.starts_with("http://elsewhere.example/"),
        "{address}"
    );
    let list = router.fetch(&address).expect("it is the router's");
    assert!(list.contains("<root>"), "{list}");
    assert!(matches!(router.fetch("ftp:x"), Err(CallError::Absent(_))));
    standin.with(FritzBox::end_session);
    let error = router.fetch(&address).expect_err("the session is over");
    assert_eq!(error.to_string(), "the router answered with HTTP 403");
    assert!(standin.asked().iter().all(|line| !line.contains("sid")));
}

/// A proxy as the sandbox has it: one way out, or none.
fn proxy(to: Option<u16>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        let (mut stream, _from) = listener.accept().expect("somebody connects");
        let mut bytes = [0; 1024];
        let length = stream.read(&mut bytes).expect("a request comes");
        assert!(bytes[..length].starts_with(b"CONNECT fritz.box:49000 HTTP/1.1\r\n"));
        let Some(port) = to else {
            stream
                .write_all(b"HTTP/1.1 403 host not granted\r\n\r\n")
                .expect("it is read");
            return;
        };
        let mut router = TcpStream::connect(("127.0.0.1", port)).expect("it is there");
        stream
            .write_all(b"HTTP/1.1 200 OK\r\n\r\n")
            .expect("it is read");
        let mut back = (
            router.try_clone().expect("a copy"),
            stream.try_clone().expect("a copy"),
        );
        std::thread::spawn(move || std::io::copy(&mut back.0, &mut back.1));
        let _ended = std::io::copy(&mut stream, &mut router);
    });
    address
}

#[test]
fn the_sandboxs_proxy_is_the_way_out() {
    let standin = standin(|_| {});
    let through = |to| Target {
        host: "fritz.box".to_owned(),
        port: 49000,
        proxy: Some(proxy(to)),
        ..target(&standin)
    };
    let mut router = Router::new(through(Some(standin.port())));
    assert_eq!(count(&mut router).expect("it answers"), Some(0));
    assert_eq!(router.local(), None);
    let error = count(&mut Router::new(through(None))).expect_err("there is no way");
    assert_eq!(
        error.to_string(),
        "the way to fritz.box:49000 is not open: 403 host not granted"
    );
}

#[test]
fn nobody_there_is_told_with_the_name() {
    let free = TcpListener::bind("127.0.0.1:0")
        .expect("a port is free")
        .local_addr()
        .expect("it is bound");
    let standin = standin(|_| {});
    let mut router = Router::new(Target {
        port: free.port(),
        ..target(&standin)
    });
    let error = count(&mut router).expect_err("nobody is there");
    assert_eq!(
        error.to_string(),
        format!("cannot connect to 127.0.0.1:{}", free.port())
    );
    let mut router = Router::new(Target {
        host: "no such host".to_owned(),
        ..target(&standin)
    });
    assert!(matches!(count(&mut router), Err(CallError::Connect { .. })));
}

#[test]
fn an_interface_that_is_switched_off_says_so() {
    let standin = standin(|fritz_box| fritz_box.is_interface_on = false);
    let error = count(&mut router(&standin)).expect_err("it is off");
    let fault = error.fault().expect("it is a fault");
    assert_eq!(
        tr064::fault::meaning(fault, true),
        tr064::Meaning::SwitchedOff
    );
}
