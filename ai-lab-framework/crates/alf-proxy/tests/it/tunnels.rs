//! What goes through.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::thread;

use crate::scene::{Scene, host, listener, read_all};

#[test]
fn a_tunnel_carries_every_byte_both_ways_and_each_end_closes_by_itself() {
    let (at, heard) = host(b"all of it\0\xff");
    let scene = Scene::new(&[at.to_string()]);
    // What follows the head at once belongs to the host already.
    let answer =
        scene.say(format!("CONNECT {at} HTTP/1.1\r\nHost: x\r\n\r\n\x16\x03\x01").as_bytes());
    // The tool has said all before the host answers: half of the connection is closed while the other half flows.
    assert_eq!(
        answer,
        b"HTTP/1.1 200 Connection established\r\n\r\nall of it\0\xff"
    );
    assert_eq!(heard.join().expect("no panic"), b"\x16\x03\x01");
    assert_eq!(scene.proxy.refusals().take(), Vec::<String>::new());
}

#[test]
fn a_host_that_has_said_all_still_hears_the_tool() {
    let listener = listener();
    let at = listener.local_addr().expect("bound");
    let heard = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody comes");
        stream.write_all(b"bye").expect("somebody listens");
        stream.shutdown(Shutdown::Write).expect("it is ours");
        read_all(&mut stream)
    });
    let scene = Scene::new(&[at.to_string()]);
    let mut stream = scene.connect();
    let asked = format!("CONNECT {at} HTTP/1.1\r\n\r\n");
    stream.write_all(asked.as_bytes()).expect("it listens");
    let answer = read_all(&mut stream);
    assert!(answer.ends_with(b"\r\n\r\nbye"));
    stream.write_all(b"still here").expect("it listens");
    stream.shutdown(Shutdown::Write).expect("it is ours");
    assert_eq!(heard.join().expect("no panic"), b"still here");
}

#[test]
fn socks_carries_what_it_is_given() {
    for kind in [1, 3] {
        let (at, heard) = host(b"pong");
        let scene = Scene::new(&[at.to_string()]);
        let mut stream = scene.connect();
        stream.write_all(&[5, 2, 2, 0]).expect("it listens");
        let mut chosen = [0; 2];
        stream.read_exact(&mut chosen).expect("it answers");
        assert_eq!(chosen, [5, 0]);
        let address: &[u8] = if kind == 1 {
            &[127, 0, 0, 1]
        } else {
            b"\x09127.0.0.1"
        };
        let request = [&[5, 1, 0, kind], address, &at.port().to_be_bytes()].concat();
        stream.write_all(&request).expect("it listens");
        let mut reply = [0; 10];
        stream.read_exact(&mut reply).expect("it answers");
        assert_eq!(reply, [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        stream.write_all(b"ping").expect("it listens");
        stream.shutdown(Shutdown::Write).expect("it is ours");
        assert_eq!(read_all(&mut stream), b"pong");
        assert_eq!(heard.join().expect("no panic"), b"ping");
    }
}

#[test]
fn what_socks_has_beside_connections_is_refused_by_its_number() {
    let scene = Scene::new(&[]);
    for (asked, answer) in [
        (&[5, 1, 2][..], &[5, 255][..]),
        (&[5, 0], &[5, 255]),
        (
            &[5, 1, 0, 5, 2, 0, 1, 127, 0, 0, 1, 0, 80],
            &[5, 0, 5, 7, 0, 1, 0, 0, 0, 0, 0, 0],
        ),
        (
            &[5, 1, 0, 5, 3, 0, 1, 127, 0, 0, 1, 0, 80],
            &[5, 0, 5, 7, 0, 1, 0, 0, 0, 0, 0, 0],
        ),
        (
            &[5, 1, 0, 5, 1, 0, 9],
            &[5, 0, 5, 8, 0, 1, 0, 0, 0, 0, 0, 0],
        ),
        (
            &[5, 1, 0, 5, 1, 0, 3, 0, 0, 80],
            &[5, 0, 5, 8, 0, 1, 0, 0, 0, 0, 0, 0],
        ),
        (
            &[5, 1, 0, 5, 1, 0, 3, 2, 0xff, 0xfe, 0, 80],
            &[5, 0, 5, 8, 0, 1, 0, 0, 0, 0, 0, 0],
        ),
        (
            &[5, 1, 0, 4, 1, 0, 1],
            &[5, 0, 5, 1, 0, 1, 0, 0, 0, 0, 0, 0],
        ),
        (&[5, 3, 0], &[]),
        (&[], &[]),
    ] {
        assert_eq!(scene.say(asked), answer, "{asked:?}");
    }
}

#[test]
fn a_request_with_a_whole_url_reaches_its_host_as_one_of_its_own_and_is_the_connections_last() {
    let (at, heard) =
        host(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok");
    let scene = Scene::new(&[at.to_string()]);
    let request = format!(
        "POST http://{at}/a HTTP/1.1\r\nHost: other.example\r\nProxy-Connection: keep-alive\r\nContent-Length: 4\r\n\r\nbody"
    );
    assert_eq!(
        scene.say_text(&request),
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
    );
    let passed = format!(
        "POST /a HTTP/1.1\r\nHost: {at}\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody"
    );
    assert_eq!(
        String::from_utf8_lossy(&heard.join().expect("no panic")),
        passed
    );
}

#[test]
fn a_host_that_does_not_speak_http_to_a_request_is_cut_off() {
    let (at, heard) = host(b"SSH-2.0-nobody\r\n");
    let scene = Scene::new(&[at.to_string()]);
    assert_eq!(
        scene.say_text(&format!("GET http://{at}/ HTTP/1.1\r\n\r\n")),
        ""
    );
    assert!(!heard.join().expect("no panic").is_empty());
}

#[test]
fn much_goes_through_in_both_directions_at_once() {
    let listener = listener();
    let at = listener.local_addr().expect("bound");
    let echoed = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody comes");
        let mut back = stream.try_clone().expect("it is ours");
        std::io::copy(&mut stream, &mut back).expect("it goes through")
    });
    let scene = Scene::new(&[at.to_string()]);
    let mut stream = scene.connect();
    let asked = format!("CONNECT {at} HTTP/1.1\r\n\r\n");
    stream.write_all(asked.as_bytes()).expect("it listens");
    let mut head = [0; 39];
    stream.read_exact(&mut head).expect("it answers");
    let sent: Vec<u8> = (0..8_000_000_u32)
        .map(|n| n.to_le_bytes()[n as usize % 3])
        .collect();
    let (mut there, bytes) = (stream.try_clone().expect("it is ours"), sent.clone());
    let sending = thread::spawn(move || {
        there.write_all(&bytes).expect("it listens");
        there.shutdown(Shutdown::Write).expect("it is ours");
    });
    assert!(
        read_all(&mut stream) == sent,
        "what comes back is what was sent"
    );
    sending.join().expect("no panic");
    assert_eq!(echoed.join().expect("no panic"), 8_000_000);
}

#[test]
fn what_the_proxy_does_not_serve_is_told() {
    let scene = Scene::new(&[]);
    for (asked, answer) in [
        (
            "GET / HTTP/1.1\r\n\r\n",
            "HTTP/1.1 400 this is a proxy: ask by CONNECT or with the whole http:// URL",
        ),
        (
            "GET https://a.example/ HTTP/1.1\r\n\r\n",
            "HTTP/1.1 400 this is a proxy: ask by CONNECT or with the whole http:// URL",
        ),
        (
            "CONNECT nowhere HTTP/1.1\r\n\r\n",
            "HTTP/1.1 400 the request names no host",
        ),
        (
            "\u{4}\u{1}nonsense\n",
            "HTTP/1.1 400 this is neither HTTP nor SOCKS5",
        ),
    ] {
        let told = scene.say_text(asked);
        assert_eq!(told.lines().next(), Some(answer), "{asked:?}");
    }
    assert_eq!(scene.proxy.refusals().take().len(), 3);
}
