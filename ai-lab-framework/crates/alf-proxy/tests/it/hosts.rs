//! Who is reached and who is not.

use std::net::{IpAddr, Ipv4Addr};

use alf_proxy::Bounds;

use crate::scene::{Names, Scene, host, listener};

fn names(all: &[(&'static str, &[[u8; 4]])]) -> Names {
    let addresses = |all: &[[u8; 4]]| all.iter().map(|octets| IpAddr::from(*octets)).collect();
    Names(
        all.iter()
            .map(|(name, all)| (*name, addresses(all)))
            .collect(),
    )
}

#[test]
fn a_host_that_is_not_granted_is_refused_by_name_in_every_way_of_asking_and_counted() {
    let nobody = listener();
    nobody.set_nonblocking(true).expect("it is ours");
    let port = nobody.local_addr().expect("bound").port();
    let granted = ["evil.example:1".to_owned(), "127.0.0.1:1".to_owned()];
    let names = names(&[("evil.example", &[[127, 0, 0, 1]])]);
    let scene = Scene::within(&granted, names, Bounds::default());
    let name = format!("evil.example:{port}");
    let told = format!("HTTP/1.1 403 host {name} not granted");
    assert_eq!(scene.asked_for(&name), told);
    let answer = scene.say_text(&format!("GET http://{name}/x HTTP/1.1\r\n\r\n"));
    assert!(answer.starts_with(&told), "{answer}");
    assert!(
        answer.ends_with(&format!("\r\n\r\nhost {name} not granted\n")),
        "{answer}"
    );
    let address = format!("HTTP/1.1 403 host 127.0.0.1:{port} not granted");
    assert_eq!(scene.asked_for(&format!("127.0.0.1:{port}")), address);
    let [high, low] = port.to_be_bytes();
    let by_name = [
        &[5, 1, 0, 5, 1, 0, 3, 12],
        b"evil.example".as_slice(),
        &[high, low],
    ]
    .concat();
    let by_address = [5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, high, low];
    let by_version_6 = [
        [5, 1, 0, 5, 1, 0, 4].as_slice(),
        &[0; 10],
        &[255, 255, 127, 0, 0, 1, high, low],
    ]
    .concat();
    for asked in [by_name.as_slice(), &by_address, &by_version_6] {
        assert_eq!(scene.say(asked), [5, 0, 5, 2, 0, 1, 0, 0, 0, 0, 0, 0]);
    }
    assert!(nobody.accept().is_err(), "nobody came");
    assert_eq!(
        scene.proxy.refusals().take(),
        [
            format!("host {name} not granted (3 times)"),
            format!("host 127.0.0.1:{port} not granted (3 times)"),
        ]
    );
}

#[test]
fn a_granted_name_that_leads_to_this_machine_is_refused_unless_the_address_is_granted() {
    let (at, heard) = host(b"hello");
    let names = || {
        names(&[
            ("rebound.example", &[[127, 0, 0, 1]]),
            ("cloud.example", &[[169, 254, 169, 254]]),
            ("lan.example", &[[192, 168, 1, 1], [10, 0, 0, 1]]),
            ("nas.lan", &[[0, 0, 0, 0]]),
        ])
    };
    let port = at.port();
    let granted = |name: &str| format!("{name}:{port}");
    let mut grants: Vec<String> = ["rebound.example", "cloud.example", "lan.example", "nas.lan"]
        .map(granted)
        .to_vec();
    let scene = Scene::within(&grants, names(), Bounds::default());
    for (name, address) in [
        ("rebound.example", "127.0.0.1"),
        ("cloud.example", "169.254.169.254"),
        ("lan.example", "192.168.1.1"),
        ("nas.lan", "0.0.0.0"),
    ] {
        let told = format!(
            "HTTP/1.1 403 host {name}:{port} leads to {address}:{port}, which is not granted itself"
        );
        assert_eq!(scene.asked_for(&granted(name)), told);
    }
    assert_eq!(scene.proxy.refusals().take().len(), 4);
    grants.push(granted("127.0.0.1"));
    let scene = Scene::within(&grants, names(), Bounds::default());
    let told = scene.say_text(&format!(
        "CONNECT rebound.example:{port} HTTP/1.1\r\n\r\nhi"
    ));
    assert_eq!(told, "HTTP/1.1 200 Connection established\r\n\r\nhello");
    assert_eq!(heard.join().expect("no panic"), b"hi");
}

#[test]
fn of_a_name_with_several_addresses_only_those_are_tried_that_it_may_lead_to() {
    let inside = listener();
    inside.set_nonblocking(true).expect("it is ours");
    let port = inside.local_addr().expect("bound").port();
    // The second is granted and nobody is there; the first would answer.
    let names = names(&[("two.example", &[[127, 0, 0, 1], [127, 0, 0, 9]])]);
    let grants = [format!("two.example:{port}"), format!("127.0.0.9:{port}")];
    let scene = Scene::within(&grants, names, Bounds::default());
    let told = scene.asked_for(&format!("two.example:{port}"));
    let expected = format!("HTTP/1.1 502 host two.example:{port} cannot be reached: ");
    assert!(told.starts_with(&expected), "{told}");
    assert!(inside.accept().is_err(), "nobody came");
    assert_eq!(scene.proxy.refusals().take(), Vec::<String>::new());
}

/// An address of this machine is as near as its loopback, whatever its number looks like.
#[test]
fn a_name_that_leads_to_an_address_of_this_machine_is_refused() {
    let probe = std::net::UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).expect("a port");
    // Connecting a datagram socket sends nothing: the kernel only chooses the address to send from.
    let own = probe
        .connect((Ipv4Addr::new(192, 0, 2, 1), 9))
        .and_then(|()| probe.local_addr())
        .map(|address| address.ip());
    let Ok(IpAddr::V4(own)) = own else {
        println!("not shown: this machine has no address beside its loopback");
        return;
    };
    let names = names(&[("own.lan", &[own.octets()])]);
    let scene = Scene::within(&["own.lan:80".into()], names, Bounds::default());
    let told =
        format!("HTTP/1.1 403 host own.lan:80 leads to {own}:80, which is not granted itself");
    assert_eq!(scene.asked_for("own.lan:80"), told);
}

#[test]
fn a_name_that_nobody_knows_and_a_host_that_is_not_there_are_told_and_no_refusals() {
    let gone = listener().local_addr().expect("bound").port();
    let grants = ["no.example:80".into(), format!("127.0.0.1:{gone}")];
    let scene = Scene::new(&grants);
    assert_eq!(
        scene.asked_for("no.example:80"),
        "HTTP/1.1 502 the name of host no.example:80 cannot be looked up"
    );
    let told = scene.asked_for(&format!("127.0.0.1:{gone}"));
    assert!(
        told.contains("cannot be reached: Connection refused"),
        "{told}"
    );
    let [high, low] = gone.to_be_bytes();
    let asked = [5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, high, low];
    assert_eq!(scene.say(&asked)[2..4], [5, 5]);
    let unknown = [
        &[5, 1, 0, 5, 1, 0, 3, 10],
        b"no.example".as_slice(),
        &[0, 80],
    ]
    .concat();
    assert_eq!(scene.say(&unknown)[2..4], [5, 4]);
    assert_eq!(scene.proxy.refusals().take(), Vec::<String>::new());
}
